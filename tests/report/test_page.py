"""A system without a video makes a page of its own: a folder of pictures, one gallery."""

from pathlib import Path
from typing import ClassVar

import lxml.html
import msgspec
import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from pipeline.report.gallery import GalleryPicture, write_picture
from pipeline.report.language import Message, Phrase, Phrases
from pipeline.report.page import WEB, page_html
from pipeline.report.section import Page, Section
from pipeline.report.summary import Column, save_summary
from pipeline.report.table import write_table
from pipeline.runtime.clock import clock_text
from tests.report.browser import DESKTOP, Visits

_TEMPLATE = """{% from "gallery.html.j2" import gallery %}
<p>{{ t("album.count", count=pictures | length) }}</p>
{% call(picture) gallery(pictures) %}<bdi>{{ picture.alt }}</bdi>{% endcall %}
"""
_PHRASES = """
album.title: {en: The album, ja: アルバム}
album.subtitle: {en: "by {owner}", ja: "{owner} 作"}
album.count: {en: "{count} pictures", ja: "{count} 枚"}
"""
_SCRIPT = """
const { names } = JSON.parse(byId("album-data").textContent);
document.title = names.join(" ");
listenToKeys({ x: () => { document.title = "pressed"; } });
"""


class Album(msgspec.Struct):
    """Its figures: two columns in the table."""

    system: ClassVar[str] = "albums"
    owner: str
    pictures: int

    def columns(self) -> list[Column]:
        return [
            Column("owner", Phrase("owner", "作者"), self.owner, self.owner),
            Column("pictures", Phrase("pictures", "枚数"), str(self.pictures), self.pictures),
        ]


@pytest.fixture
def parts(tmp_path: Path) -> Path:
    """What the system brings: a template, phrases, a script and a style."""
    folder = tmp_path / "web"
    folder.mkdir()
    (folder / "album.html.j2").write_text(_TEMPLATE)
    (folder / "album.yaml").write_text(_PHRASES)
    (folder / "album.js").write_text(_SCRIPT)
    (folder / "album.css").write_text("#album figcaption { font-weight: 300 }")
    return folder


def album(parts: Path, report: Path) -> Section:
    """Write the pictures of two animals; returns the section that shows them."""
    pictures = [
        GalleryPicture(
            write_picture(report, f"gallery/{n}.jpg", np.full((60, 80, 3), 90 * n, np.uint8)),
            alt,
            link="",
        )
        for n, alt in enumerate(["<cat>", "dog & friend"])
    ]
    return Section(
        name="album",
        folder=parts,
        template="album.html.j2",
        values={"pictures": pictures},
        scripts=["keys.js", "album.js"],
        styles=["album.css"],
        data={"names": ["</script>", "dog"]},
    )


@pytest.fixture
def workdir(tmp_path: Path, parts: Path) -> Path:
    """With the report of one album, and the table."""
    folder = tmp_path / "workdir"
    report = folder / "album" / "report"
    report.mkdir(parents=True)
    subtitle = Message("album.subtitle", {"owner": "<Miki>"})
    page = page_html(Page("Animals", subtitle, [album(parts, report)]))
    (report / "index.html").write_text(page, "utf-8")
    save_summary(folder / "album" / "report.json", Album("<Miki>", 2), [])
    write_table(folder, ["album"])
    return folder


def test_the_page_shows_its_one_section(workdir: Path, visits: Visits) -> None:
    visit = visits(workdir / "album" / "report", "index.html", **DESKTOP)
    page = visit.page
    expect(page.locator("h1")).to_have_text("Animals")
    expect(page.locator(".sub")).to_have_text("by <Miki>")
    expect(page.locator("#album h2")).to_have_text("The album")
    expect(page.locator("#album p")).to_have_text("2 pictures")
    assert page.locator("#album figcaption").all_inner_texts() == ["<cat>", "dog & friend"]
    assert page.locator("nav").count() == 0, "there is nothing to choose from"
    visit.until("() => [...document.images].every((i) => i.complete && i.naturalWidth === 80)")
    weight = "getComputedStyle(document.querySelector('#album figcaption')).fontWeight"
    assert page.evaluate(weight) == "300"


def test_its_scripts_run_in_every_language(workdir: Path, visits: Visits) -> None:
    visit = visits(workdir / "album" / "report", "index.html", locale="ja-JP")
    expect(visit.page).to_have_title("</script> dog")
    expect(visit.page.locator("#album p")).to_have_text("2 枚")
    visit.press("x")
    expect(visit.page).to_have_title("pressed")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["album/report/index.html", "index.html"])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_everybody_can_use_it(workdir: Path, visits: Visits, name: str, scheme: str) -> None:
    visit = visits(workdir, name, **DESKTOP, color_scheme=scheme, bypass_csp=True)
    violations = Axe().run(visit.page).response["violations"]
    serious = [v for v in violations if v["impact"] in ("serious", "critical")]
    assert [(v["id"], [n["target"] for n in v["nodes"]]) for v in serious] == []


def test_scripts_write_times_as_the_pipeline_does(workdir: Path, visits: Visits) -> None:
    page = visits(workdir, "index.html").page
    times = [0, 999, 1999, 59_999, 65_300, 3_599_999, 3_600_000, 5_772_900]
    for digits, tenths in ((0, "false"), (1, "true")):
        texts = page.evaluate(f"times => times.map((ms) => clockText(ms / 1000, {tenths}))", times)
        assert texts == [clock_text(time, digits) for time in times]


def test_it_has_a_row_in_the_table(workdir: Path) -> None:
    root = lxml.html.parse(workdir / "index.html")
    (row,) = root.findall(".//tbody/tr")
    texts = ["".join(cell.itertext()).strip() for cell in row]
    assert [texts[1], *texts[3:5]] == ["album", "<Miki>", "2"]
    headings = ["".join(cell.itertext()) for cell in root.findall(".//thead/tr/th")]
    assert headings == ["item", "In short", "owner", "pictures", "made (UTC)"]


def test_folds_open_by_their_addresses_and_all_together(tmp_path: Path, visits: Visits) -> None:
    (tmp_path / "animals.yaml").write_text(
        "animals.title: {en: Animals, ja: 動物}\n"
        "animals.cats: {en: Cats, ja: 猫}\nanimals.dogs: {en: Dogs, ja: 犬}\n"
    )
    (tmp_path / "animals.html.j2").write_text(
        """{% from "fold.html.j2" import fold %}
        {% call fold("animals.cats") %}<p id="purr">purr</p>{% endcall %}
        {% call fold("animals.dogs") %}<a href="#animals-cats">not here</a>{% endcall %}"""
    )
    sections = [Section("animals", tmp_path, "animals.html.j2")]
    html = page_html(Page("Pets", Message("animals.title"), sections))
    (tmp_path / "report.html").write_text(html, "utf-8")
    page = visits(tmp_path, "report.html#purr", **DESKTOP).page
    cats, dogs = page.locator("#animals-cats"), page.locator("#animals-dogs")
    expect(cats).to_have_attribute("open", "")
    expect(dogs).not_to_have_attribute("open", "")
    contents = page.get_by_role("navigation", name="Contents")
    assert contents.get_by_role("link").all_inner_texts() == ["Animals", "Cats", "Dogs"]
    contents.get_by_role("link", name="Dogs").click()
    expect(dogs).to_have_attribute("open", "")
    contents.get_by_role("button", name="Close all").click()
    expect(cats).not_to_have_attribute("open", "")
    contents.get_by_role("button", name="Open all").click()
    expect(page.locator("#purr")).to_be_visible()
    cats.locator("summary").click()
    dogs.get_by_role("link").click()
    expect(page.locator("#purr")).to_be_visible()
    page.locator("[data-language=ja]").click()
    expect(page.get_by_role("navigation", name="目次").get_by_role("link").first).to_have_text(
        "動物"
    )


def test_equal_sections_give_equal_text(tmp_path: Path, parts: Path) -> None:
    page = Page("Animals", Message("album.subtitle", {"owner": "Miki"}), [album(parts, tmp_path)])
    assert page_html(page) == page_html(page)


def test_two_sections_are_a_choice(tmp_path: Path, parts: Path) -> None:
    section = album(parts, tmp_path)
    root = lxml.html.document_fromstring(
        page_html(Page("Animals", Message("album.count", {"count": 2}), [section, section]))
    )
    assert [link.get("href") for link in root.findall(".//nav/a")] == ["#album", "#album"]


def test_a_key_in_two_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "page.yaml").write_text("page.skip: {en: Skip, ja: 移動}")
    with pytest.raises(ValueError, match=r"repeats page\.skip"):
        Phrases.load([WEB, tmp_path])
