"""The data of a grid of pictures, and what a reader without scripts sees of it."""

from pathlib import Path
from urllib.parse import unquote, urljoin

import lxml.html
import msgspec
import pytest

from pipeline.report.language import Message
from pipeline.report.page import page_html
from pipeline.report.picture_grid import (
    Line,
    NumberColumn,
    PictureGrid,
    Tile,
    address_of,
)
from pipeline.report.section import Page
from pipeline.report.tile_sheets import Sheets
from tests.report.made_up_grid import grid_section


def sheets(count: int) -> Sheets:
    return Sheets(128, 4, [(128, 128)] * count)


@pytest.mark.parametrize(
    ("tile", "problem"),
    [
        (Tile("a.png", facts=[1.0, 2.0]), r"a\.png has 2 numbers for 1 columns"),
        (Tile("a.png", lines=[Line("x", [1.0])]), r"a\.png has 1 numbers for 0 columns"),
        (Tile("a.png", flags=["good"]), r"a\.png has flags without a name: \['good'\]"),
        (Tile("a.png", lines=[Line("x", flags=["old"])]), r"without a name: \['old'\]"),
        (Tile("a.png", near=[(2, 0.5)]), "similar to a picture that is not there"),
        (Tile("a.png", near=[(-1, 0.5)]), "similar to a picture that is not there"),
    ],
)
def test_parts_that_do_not_fit_are_refused(tile: Tile, problem: str) -> None:
    facts = [NumberColumn("size")]
    PictureGrid(sheets(2), [Tile("b.png")], [Tile("c.png", near=[(0, 1.0)])], facts, [], ["new"])
    with pytest.raises(ValueError, match=problem):
        PictureGrid(sheets(2), [tile], [Tile("c.png")], facts, [], ["new"])
    with pytest.raises(ValueError, match=problem):
        PictureGrid(sheets(2), [Tile("c.png")], [tile], facts, [], ["new"])


def test_every_picture_is_on_a_sheet() -> None:
    with pytest.raises(ValueError, match="2 tiles, 3 on sheets"):
        PictureGrid(sheets(3), [Tile("a.png"), Tile("b.png")])


def test_what_is_not_known_takes_no_room() -> None:
    grid = PictureGrid(sheets(1), [Tile("a.png", lines=[Line("x")])])
    assert msgspec.to_builtins(grid)["tiles"] == [{"name": "a.png", "lines": [{"text": "x"}]}]


@pytest.mark.parametrize("name", ["a b.png", "猫#1?.png", "http:x.png", "%41.png", "a/../b.png"])
def test_addresses_lead_to_files_whatever_they_are_called(tmp_path: Path, name: str) -> None:
    folder, file = tmp_path / "workdir" / "album" / "report", tmp_path / "pictures" / name
    address = address_of(file, folder)
    page = f"file://{folder}/index.html"
    assert Path(unquote(urljoin(page, address).removeprefix("file://"))) == file.resolve()


def test_without_scripts_there_is_a_table_of_the_first(tmp_path: Path) -> None:
    tiles = [
        Tile(f"<{n}>.png", "./x.png" if n else "", [n / 8], [Line("a & b"), Line("c")])
        for n in range(300)
    ]
    grid = PictureGrid(sheets(300), tiles, facts=[NumberColumn("humour", 3)])
    page = page_html(
        Page("Album", Message("grid.count", {"n": 300}), [grid_section(tmp_path, grid)])
    )
    table = lxml.html.document_fromstring(page).find(".//noscript//table")
    assert table is not None
    rows = [
        ["".join(map(str, cell.itertext())) for cell in row] for row in table.findall("tbody/tr")
    ]
    assert len(rows) == 200
    assert rows[1] == ["<1>.png", "a & bc", "0.125"]
    links = [link.get("href") for link in table.iter("a")]
    assert links == ["./x.png"] * 199, "the first has no source"


def test_equal_grids_give_equal_text(tmp_path: Path) -> None:
    page = Page(
        "Album",
        Message("grid.count", {"n": 1}),
        [grid_section(tmp_path, PictureGrid(sheets(1), [Tile("a.png")]))],
    )
    assert page_html(page) == page_html(page)


def test_a_column_without_a_phrase_is_refused(tmp_path: Path) -> None:
    grid = PictureGrid(sheets(1), [Tile("a.png")], facts=[NumberColumn("weight")])
    with pytest.raises(KeyError, match=r"jokes\.weight"):
        page_html(Page("A", Message("grid.count", {"n": 1}), [grid_section(tmp_path, grid)]))
