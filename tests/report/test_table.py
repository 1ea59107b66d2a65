"""The table over all items of a working folder."""

import shutil
from pathlib import Path
from typing import ClassVar

import lxml.html
import msgspec
import pytest

from pipeline.report.language import Phrase
from pipeline.report.summary import Column, save_summary
from pipeline.report.table import write_table
from pipeline.report.verdict import Finding
from tests.report.browser import PHONE, Visits

HOSTILE = [
    "javascript:alert(1)",
    "<img src=x onerror=alert(1)>",
    "a%2f..%2fb",
    '"><script>',
    "日本 語#?",
]


FOUND = [Finding.of("jokes", tone, "jokes") for tone in ("good", "unclear", "good")]


class Jokes(msgspec.Struct):
    """The figures of a made-up system."""

    system: ClassVar[str] = "jokes"
    author: str
    jokes: int
    laughs: float | None = None

    def columns(self) -> list[Column]:
        laughs = "" if self.laughs is None else f"{self.laughs:.1f} %"
        return [
            Column("author", Phrase("author", "作者"), self.author, self.author),
            Column("jokes", Phrase("jokes", "ジョーク"), f"{self.jokes:,}", self.jokes),
            Column("laughs", Phrase("laughs", "笑い"), laughs, self.laughs, self.laughs is None),
        ]


class Cats(msgspec.Struct):
    """Those of another one, with a column of the same name."""

    system: ClassVar[str] = "cats"
    jokes: int

    def columns(self) -> list[Column]:
        return [Column("jokes", Phrase("cats' jokes", "猫のジョーク"), str(self.jokes), self.jokes)]


def make_report(workdir: Path, name: str, summary: Jokes | Cats, poster: bool = True) -> None:
    (workdir / name / "report").mkdir(parents=True)
    (workdir / name / "report" / "index.html").write_text("<title>report</title>")
    if poster:
        (workdir / name / "report" / "poster.jpg").touch()
    save_summary(workdir / name / "report.json", summary, FOUND)


def cells(workdir: Path) -> list[list[str]]:
    """The texts of all rows of all tables."""
    rows = lxml.html.parse(workdir / "index.html").findall(".//tbody/tr")
    return [["".join(cell.itertext()).strip() for cell in row] for row in rows]


def text(workdir: Path) -> str:
    return "".join(map(str, lxml.html.parse(workdir / "index.html").getroot().itertext()))


def test_each_report_has_a_row_with_the_columns_of_its_system(tmp_path: Path) -> None:
    make_report(tmp_path, "ep1", Jokes("Miki", 1234, 0.5))
    make_report(tmp_path, "ep3", Jokes("<b>", 1))
    (tmp_path / "ep2").mkdir()
    write_table(tmp_path, ["ep1", "ep2", "ep3"])
    first, second = cells(tmp_path)
    assert first[2].split() == ["Good", "2", "Unclear", "1"]
    assert [first[1], *first[3:6]] == ["ep1", "Miki", "1,234", "0.5 %"]
    assert [second[1], *second[3:6]] == ["ep3", "<b>", "1", "too little data"]
    assert "3 items, 2 with a report" in text(tmp_path)


def test_items_without_a_report_are_listed(tmp_path: Path) -> None:
    make_report(tmp_path, "ep1", Jokes("Miki", 1))
    write_table(tmp_path, ["ep1", "ep2"])
    root = lxml.html.parse(tmp_path / "index.html")
    assert [bdi.text for bdi in root.findall(".//li/bdi")] == ["ep2"]
    assert "make report" in text(tmp_path)


def test_each_system_has_a_table_of_its_own(tmp_path: Path) -> None:
    make_report(tmp_path, "ep1", Jokes("Miki", 1))
    make_report(tmp_path, "album", Cats(2), poster=False)
    write_table(tmp_path, ["album", "ep1"])
    root = lxml.html.parse(tmp_path / "index.html")
    assert [heading.text for heading in root.findall(".//h2")] == ["cats", "jokes"]
    assert [len(row) for row in root.findall(".//thead/tr")] == [5, 7]
    assert [image.get("src") for image in root.iter("img")] == ["./ep1/report/poster.jpg"]


def test_an_item_may_have_a_report_of_each_system(tmp_path: Path) -> None:
    make_report(tmp_path, "ep1", Jokes("Miki", 1))
    (tmp_path / "ep1" / "cats").mkdir()
    (tmp_path / "ep1" / "cats" / "index.html").write_text("<title>cats</title>")
    save_summary(tmp_path / "ep1" / "cats.report.json", Cats(2), FOUND)
    (tmp_path / "ep1" / "lost.report.json").write_bytes(
        (tmp_path / "ep1" / "cats.report.json").read_bytes()
    )
    write_table(tmp_path, ["ep1"])
    root = lxml.html.parse(tmp_path / "index.html")
    assert [heading.text for heading in root.findall(".//h2")] == ["cats", "jokes"]
    links = {link.get("href") for link in root.findall(".//tbody//a")}
    assert links == {"./ep1/cats/index.html", "./ep1/report/index.html"}


def test_reports_by_other_models_have_rows_of_their_own(tmp_path: Path) -> None:
    make_report(tmp_path, "ep1", Jokes("Miki", 1))
    make_report(tmp_path, "ep1/models/b", Jokes("Aoi", 2))
    write_table(tmp_path, ["ep1"])
    root = lxml.html.parse(tmp_path / "index.html")
    assert [row[1:4:2] for row in cells(tmp_path)] == [["ep1", "Miki"], ["ep1", "Aoi"]]
    links = {link.get("href") for link in root.findall(".//tbody//a")}
    assert links == {"./ep1/report/index.html", "./ep1/models/b/report/index.html"}
    assert "1 item, 1 with a report" in text(tmp_path)


def test_what_lies_beside_reports_by_other_models_is_linked(tmp_path: Path) -> None:
    for item in ("ep1", "ep2"):
        make_report(tmp_path, f"{item}/models/b", Jokes("Aoi", 2))
        (tmp_path / item / "models" / "c").mkdir()
    for drawn in ("ep1/annotated.mp4", "ep1/models/c/annotated.mp4"):
        (tmp_path / drawn).touch()
    write_table(tmp_path, ["ep1", "ep2"])
    root = lxml.html.parse(tmp_path / "index.html")
    assert [bdi.text for bdi in root.findall(".//li/bdi")] == ["ep1", "ep1/models/c"]
    assert [link.get("href") for link in root.findall(".//li/a")] == [
        "./ep1/annotated.mp4",
        "./ep1/models/c/annotated.mp4",
    ]
    assert "2 items, 2 with a report" in text(tmp_path)


def test_all_that_people_open_is_linked(tmp_path: Path) -> None:
    make_report(tmp_path, "ep1", Jokes("Miki", 1))
    made = (
        "map/index.html",
        "annotated.mp4",
        "frames.h5",
        "exported/a b.vtt",
        "cards/jpg/cards.json",
    )
    for name in made:
        for item in ("ep1", "ep2"):
            (tmp_path / item / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / item / name).touch()
    write_table(tmp_path, ["ep1", "ep2"])
    root = lxml.html.parse(tmp_path / "index.html")
    for item, links in (("ep1", ".//tbody//div[@class='links']/a"), ("ep2", ".//li/a")):
        assert [(link.text_content(), link.get("href")) for link in root.findall(links)] == [
            ("map", f"./{item}/map/index.html"),
            ("annotated.mp4", f"./{item}/annotated.mp4"),
            ("exported/a b.vtt", f"./{item}/exported/a%20b.vtt"),
            ("cards/jpg", f"./{item}/cards/jpg/"),
        ]


def test_many_are_cards_on_a_phone_and_can_be_found(tmp_path: Path, visits: Visits) -> None:
    make_report(tmp_path, "ep-0000", Jokes("Miki", 0))
    for number in range(1, 500):
        name = f"ep-{number:04}"
        (tmp_path / name).symlink_to(tmp_path / "ep-0000")
    write_table(tmp_path, [f"ep-{number:04}" for number in range(500)])
    page = visits(tmp_path, "index.html", **PHONE).page
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator("#find").fill("0499")
    page.locator("#found").get_by_text("1 of 500").wait_for()
    (row,) = page.locator("tbody tr:visible").all()
    author = row.locator("td", has_text="Miki")
    label = "cell => getComputedStyle(cell, '::before').content"
    assert author.evaluate(label) == '"author"'
    page.get_by_role("columnheader").get_by_role("button", name="jokes").click()
    page.locator("#find").fill("")
    assert page.locator("tbody tr:visible").count() == 500


def test_without_reports_it_leads_to_what_else_there_is_to_open(tmp_path: Path) -> None:
    make_report(tmp_path, "ep1", Jokes("Miki", 1))
    (tmp_path / "ep1" / "report.json").unlink()
    write_table(tmp_path, ["ep1"])
    root = lxml.html.parse(tmp_path / "index.html")
    assert root.xpath("//ul[@class='without']//a/@href") == ["./ep1/report/index.html"]
    assert not root.findall(".//table")


def test_there_is_none_with_nothing_to_open(tmp_path: Path) -> None:
    make_report(tmp_path, "ep1", Jokes("Miki", 1))
    write_table(tmp_path, ["ep1"])
    shutil.rmtree(tmp_path / "ep1")
    (tmp_path / "ep1").mkdir()
    write_table(tmp_path, ["ep1"])
    assert not (tmp_path / "index.html").exists()


@pytest.mark.parametrize("left", [b"", b"{", b"[]", b'{"video": 1}'])
def test_what_cannot_be_read_has_no_report(tmp_path: Path, left: bytes) -> None:
    for name in ("ep1", "ep2"):
        make_report(tmp_path, name, Jokes("Miki", 1))
    (tmp_path / "ep1" / "report.json").write_bytes(left)
    write_table(tmp_path, ["ep1", "ep2"])
    assert [row[1] for row in cells(tmp_path)] == ["ep2"]


def test_rows_of_an_older_form_leave_cells_empty(tmp_path: Path) -> None:
    make_report(tmp_path, "ep1", Jokes("Miki", 1, 0.5))
    make_report(tmp_path, "ep2", Jokes("Rin", 2, 0.5))
    path = tmp_path / "ep1" / "report.json"
    older = msgspec.json.decode(path.read_bytes())
    del older["columns"][1]
    path.write_bytes(msgspec.json.encode(older))
    write_table(tmp_path, ["ep1", "ep2"])
    assert [row[3:6] for row in cells(tmp_path)] == [["Miki", "0.5 %", ""], ["Rin", "0.5 %", "2"]]


def test_links_lead_to_reports_whatever_items_are_called(tmp_path: Path, visits: Visits) -> None:
    for number, name in enumerate(HOSTILE):
        make_report(tmp_path, name, Jokes(name, number))
    write_table(tmp_path, HOSTILE)
    visit = visits(tmp_path, "index.html")
    for name in HOSTILE:
        visit.page.get_by_role("link", name=name, exact=True).click()
        visit.page.wait_for_function("document.title == 'report'")
        visit.page.go_back()
    columns = visit.page.get_by_role("columnheader").get_by_role("button")
    columns.filter(has_text="jokes").click()
    assert visit.page.locator("tbody th").all_inner_texts() == HOSTILE
    columns.filter(has_text="jokes").click()
    assert visit.page.locator("tbody th").all_inner_texts() == HOSTILE[::-1]


def test_headings_change_with_the_language(tmp_path: Path, visits: Visits) -> None:
    make_report(tmp_path, "ep1", Jokes("Miki", 1))
    write_table(tmp_path, ["ep1"])
    page = visits(tmp_path, "index.html", locale="ja-JP").page
    assert page.get_by_role("columnheader", name="作者").count() == 1
    assert "データ不足" in page.locator("tbody").inner_text()
