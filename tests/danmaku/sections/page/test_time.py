"""What plays the video and leads to its times."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.danmaku.sections import made_up
from tests.danmaku.sections.page import BOTH
from tests.report.browser import DESKTOP, Visits


@BOTH
def test_the_video_plays_and_pauses(visits: Visits, report: Path, device: dict[str, Any]) -> None:
    visit = visits(report, **device)
    visit.page.locator("#start").click()
    visit.until("() => document.getElementById('video').currentTime > 0.3")
    visit.page.locator("#play").click()
    assert visit.page.locator("#video").evaluate("v => v.paused")


def test_a_stretch_can_be_looped(visits: Visits, report: Path) -> None:
    visit = visits(report, **DESKTOP)
    page, loop = visit.page, visit.page.locator("#loop")
    visit.seek(2.0)
    visit.press("l")
    expect(loop).to_have_attribute("aria-label", "Loop up to here")
    visit.seek(2.5)
    loop.click()
    expect(page.locator("#stretch")).to_be_visible()
    visit.press("k")
    visit.until("() => document.getElementById('video').currentTime < 2.3")
    assert 1.9 < visit.time < 2.7
    visit.press("l")
    expect(page.locator("#stretch")).to_be_hidden()
    expect(loop).to_have_attribute("aria-label", "Loop from here")


def test_the_seek_bar_shows_the_picture_of_a_time(visits: Visits, report: Path) -> None:
    visit = visits(report, **DESKTOP)
    preview = visit.page.locator("#preview")
    expect(preview).to_be_hidden()
    density = visit.page.locator("#density")
    box: Any = density.bounding_box()
    density.hover(position={"x": 0.6 * box["width"], "y": 5})
    expect(preview).to_contain_text("0:03")
    expect(preview.locator("canvas")).to_have_attribute("width", "160")
    visit.page.locator("#filter").hover()
    expect(preview).to_be_hidden()


@BOTH
def test_the_curve_counts_comments_and_leads_to_times(
    visits: Visits, report: Path, device: dict[str, Any]
) -> None:
    visit = visits(report, **device)
    density = visit.page.locator("#density")
    ends = density.locator("path.viewers").get_attribute("d")
    assert ends and ends.endswith("L240 0.000L240 0Z"), "one behind the end counts for nothing"
    box: Any = density.bounding_box()
    density.click(position={"x": box["width"] / 2, "y": 10})
    visit.settle()
    assert visit.time == pytest.approx(made_up.SECONDS / 2, abs=0.05)
    value = visit.page.locator("#seek").get_attribute("aria-valuetext")
    assert value is not None and value.endswith("of 0:06")


def test_runs_of_a_chosen_tag_lead_to_their_start(visits: Visits, report: Path) -> None:
    visit = visits(report)
    runs = visit.page.locator("#tag-runs button")
    assert [run.get_attribute("title") for run in runs.all()] == [
        "0:01.0 – 0:02.0",
        "0:04.0 – 0:05.5",
    ]
    lane: Any = visit.page.locator("#tag-runs").bounding_box()
    box: Any = runs.nth(1).bounding_box()
    assert (box["x"] - lane["x"]) / lane["width"] == pytest.approx(4 / made_up.SECONDS, abs=0.01)
    assert box["width"] / lane["width"] == pytest.approx(1.5 / made_up.SECONDS, abs=0.01)
    visit.page.locator("#tag").select_option("<b>夜</b>")
    runs.click()
    visit.settle()
    assert visit.time == pytest.approx(3.0, abs=0.05)
