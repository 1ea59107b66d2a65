"""Thumbnails lie on their sheets where pages look for them."""

import weakref
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.media.pixels import Picture
from pipeline.report.tile_sheets import OVERVIEW, Sheets, write_sheets


def plain(grey: int, width: int = 40, height: int = 30) -> Picture:
    return np.full((height, width, 3), grey, np.uint8)


def cell(folder: Path, sheets: Sheets, number: int) -> Picture:
    """The picture of this number, as a page cuts it out."""
    sheet, place = divmod(number, sheets.across**2)
    row, column = divmod(place, sheets.across)
    width, height = sheets.sizes[number]
    top, left = row * sheets.tile, column * sheets.tile
    pixels = np.asarray(Image.open(folder / f"{sheets.folder}/{sheet:04}.jpg"))
    return pixels[top : top + height, left : left + width]


@pytest.mark.parametrize("count", [1, 5, 16, 17, 50])
def test_each_picture_is_in_its_cell(tmp_path: Path, count: int) -> None:
    greys = [5 * n for n in range(count)]
    sheets = write_sheets(tmp_path, map(plain, greys))
    assert len(list((tmp_path / "sheets").iterdir())) == -(-count // sheets.across**2)
    for number, grey in enumerate(greys):
        found = cell(tmp_path, sheets, number)
        assert found.shape == (30, 40, 3)
        assert np.abs(found.astype(int) - grey).max() <= 2, "to the edge"


def test_an_overview_lies_beside_and_is_smaller(tmp_path: Path) -> None:
    write_sheets(tmp_path, [plain(7)])
    greys = [n % 200 for n in range(OVERVIEW.across**2 + 1)]
    sheets = write_sheets(tmp_path, map(plain, greys), OVERVIEW)
    assert sheets.sizes[0] == (32, 24)
    assert len(list((tmp_path / "overview").iterdir())) == 2
    for number in (0, 40, len(greys) - 1):
        assert np.abs(cell(tmp_path, sheets, number).astype(int) - greys[number]).max() <= 3
    assert (tmp_path / "sheets/0000.jpg").exists()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((512, 256), (128, 64)),
        ((100, 1000), (13, 128)),
        ((20, 10), (20, 10)),
        ((4000, 1), (128, 1)),
    ],
)
def test_pictures_keep_their_shape_and_are_never_enlarged(
    tmp_path: Path, before: tuple[int, int], after: tuple[int, int]
) -> None:
    assert write_sheets(tmp_path, [plain(9, *before)]).sizes == [after]


def test_encoded_pictures_are_decoded(tmp_path: Path) -> None:
    jpeg = BytesIO()
    Image.fromarray(plain(77)).save(jpeg, "JPEG")
    sheets = write_sheets(tmp_path, [jpeg.getvalue()])
    assert np.abs(cell(tmp_path, sheets, 0).astype(int) - 77).max() <= 2


def test_no_pictures_need_no_sheet(tmp_path: Path) -> None:
    assert write_sheets(tmp_path, []).sizes == []
    assert list((tmp_path / "sheets").iterdir()) == []


def test_sheets_of_before_go(tmp_path: Path) -> None:
    write_sheets(tmp_path, map(plain, range(40)))
    write_sheets(tmp_path, [plain(1)])
    assert [path.name for path in (tmp_path / "sheets").iterdir()] == ["0000.jpg"]


def test_a_failure_leaves_what_was_there(tmp_path: Path) -> None:
    def breaking() -> Iterator[Picture | bytes]:
        yield from map(plain, range(40))
        yield b"no picture"

    write_sheets(tmp_path, [plain(1)])
    with pytest.raises(OSError, match="cannot identify"):
        write_sheets(tmp_path, breaking())
    assert [path.name for path in tmp_path.rglob("*")] == ["sheets", "0000.jpg"]


def test_large_pictures_are_not_kept(tmp_path: Path) -> None:
    gone = 0
    most = 0

    def count() -> None:
        nonlocal gone
        gone += 1

    def pictures() -> Iterator[Picture]:
        nonlocal most
        for number in range(200):
            picture = plain(number, 300, 200)
            weakref.finalize(picture, count)
            most = max(most, number + 1 - gone)
            yield picture

    write_sheets(tmp_path, pictures())
    assert 1 <= most <= 2
