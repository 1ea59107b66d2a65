"""The page about the lines of an album, opened from disk as people open it."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from pipeline.captions.captions_file import read_captions
from pipeline.captions.texts_file import read_texts
from tests.captions.albums import ALBUM, Albums
from tests.report.browser import DESKTOP, PHONE, Visit, Visits

on_both = pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=["desktop", "phone"])


def opened(albums: Albums, visits: Visits, name: str = "index.html", **options: Any) -> Visit:
    return visits(albums.made_of_album / "captions", name, **options)


def forgive_originals(visit: Visit, albums: Albums) -> None:
    """The original of an opened picture is shown from where it lies."""
    beside = f"fetched: {albums.album.as_uri()}/"
    visit.problems[:] = [problem for problem in visit.problems if not problem.startswith(beside)]


@on_both
@pytest.mark.parametrize(("locale", "title"), [("en-US", "The lines"), ("ja-JP", "一言")])
def test_it_shows_all_lines_in_both_languages(
    finished: Albums, visits: Visits, device: dict[str, Any], locale: str, title: str
) -> None:
    page = opened(finished, visits, **{**device, "locale": locale}).page
    expect(page.locator("h1")).to_have_text(ALBUM)
    expect(page.locator("#lines h2")).to_contain_text(title)
    lines = read_captions(finished.made_of_album / "captions.jsonl")
    expect(page.locator("#grid-count")).to_contain_text(str(len(lines)))
    expect(page.locator("#tiles [aria-posinset='1'] bdi")).to_have_text(lines[0].text)
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= device["viewport"]["width"]


@on_both
def test_an_opened_picture_shows_candidates_people_and_what_was_learned(
    finished: Albums, visits: Visits, device: dict[str, Any]
) -> None:
    visit = opened(finished, visits, "index.html#p0", **device)
    page = visit.page
    made = finished.made_of_album
    line = read_captions(made / "captions.jsonl")[0]
    said = [text.text for text in read_texts(made / "texts.jsonl") if text.frame == 0]
    expect(page.get_by_role("dialog", name=line.picture)).to_be_visible()
    rows = page.locator("#opened-lines tbody tr")
    expect(rows).to_have_count(len(line.candidates) + len(said))
    shown = rows.all_inner_texts()
    for row, one in zip(shown, line.candidates, strict=False):
        assert one.text in row and "by the model" in row
        assert ("word for word as in training" in row) == one.copied
    for row, text in zip(shown[len(line.candidates) :], said, strict=True):
        assert text in row and "by the model" not in row
    near = page.locator("#opened-near figure")
    expect(near).to_have_count(4)
    expect(near.first).to_contain_text("similarity")
    expect(near.first).to_contain_text(".png")
    assert line.picture not in near.first.inner_text()
    forgive_originals(visit, finished)


def test_the_measures_stand_beside_their_baselines(finished: Albums, visits: Visits) -> None:
    page = opened(finished, visits, **DESKTOP).page
    measures = page.locator("#measures")
    measures.scroll_into_view_if_needed()
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    text = measures.inner_text()
    for word in ("PMI", "chrF", "held out"):
        assert word in text, word
    expect(page.locator("#making")).to_contain_text("captions-train")
    expect(page.locator("#making")).to_contain_text("captions.csv")


@on_both
@pytest.mark.parametrize("name", ["index.html", "index.html#p0"])
def test_nothing_hinders_those_who_cannot_see_or_point(
    finished: Albums, visits: Visits, device: dict[str, Any], name: str
) -> None:
    visit = opened(finished, visits, name, **device, bypass_csp=True)
    found = Axe().run(visit.page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
    forgive_originals(visit, finished)
