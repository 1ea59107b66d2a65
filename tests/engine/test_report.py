"""The report of a whole run, opened from disk as people open it."""

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.engine.project import ANNOTATE, Project
from tests.report.browser import DESKTOP, PHONE, Visits, changed
from tests.report.stage_lines import without_japanese

on_both = pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=["desktop", "phone"])
OPEN_ALL = "document.querySelectorAll('details').forEach((one) => { one.open = true })"


def test_what_each_stage_said_can_be_read_in_japanese(finished: Project) -> None:
    assert without_japanese(finished.workdir / ANNOTATE / "report" / "index.html") == []


@on_both
def test_the_report_of_a_run_plays_explains_and_fetches_nothing(
    finished: Project, visits: Visits, device: dict[str, Any]
) -> None:
    visit = visits(finished.workdir / ANNOTATE / "report", "index.html", **device)
    page = visit.page
    page.locator("#start").click()
    visit.until("() => document.getElementById('video').currentTime > 0.3")
    page.locator("#play").click()
    shown = visit.stage()
    visit.press("g")
    visit.press("v")
    assert changed(shown, visit.stage()).any()
    visit.press("g")
    visit.press("v")  # the model's comments alone again

    written = (finished.workdir / ANNOTATE / "generated.jsonl").read_text().count("\n")
    expect(page.locator("#count")).to_have_text(f"{written:,}")
    page.evaluate(OPEN_ALL)
    page.locator("#model .gallery a").first.click()
    expect(page.locator("#explanation")).to_be_visible()
    assert page.locator("#near-gallery figure").count() >= 1
    visit.until("() => [...document.querySelectorAll('#near-gallery img')].every(i => i.width > 9)")
    page.locator("#heat-kinds button").last.click()
    words = page.locator("#word-buttons button")
    assert words.count() >= 2
    lit = []
    for word in (words.first, words.last):
        word.click()
        visit.settle()
        lit.append(visit.stage())
    assert (lit[0] != lit[1]).any()
    visit.press("Escape")

    for plot in page.locator("img.plot:visible").all():
        plot.scroll_into_view_if_needed()
        visit.until("(plot) => plot.complete && plot.naturalWidth > 0", plot.element_handle())
    assert page.locator("img.plot:visible").count() >= 5
    expect(page.locator("#run")).to_contain_text("generate")


@on_both
def test_nothing_of_it_hinders_those_who_cannot_see_or_point(
    finished: Project, visits: Visits, device: dict[str, Any]
) -> None:
    folder = finished.workdir / ANNOTATE / "report"
    visit = visits(folder, "index.html", **device, bypass_csp=True)
    visit.page.evaluate(OPEN_ALL)
    found = Axe().run(visit.page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []


def test_the_table_over_all_videos_leads_to_it(finished: Project, visits: Visits) -> None:
    visit = visits(finished.workdir, "index.html", **DESKTOP)
    visit.page.get_by_role("link", name=ANNOTATE).click()
    expect(visit.page.locator("h1")).to_have_text(f"{ANNOTATE}.mp4")
    assert Path(visit.page.url.removeprefix("file://")).parent.name == "report"


def test_a_report_that_is_removed_leaves_the_table(project: Project) -> None:
    table = project.workdir / "index.html"
    assert ANNOTATE in table.read_text()
    project.made("plan")  # learns that the videos moved along
    project.made("clean", "--video", str(project.show / f"{ANNOTATE}.mp4"))
    assert not table.exists()
