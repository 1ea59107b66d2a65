"""The keys of the page."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.danmaku.sections.page import without_comments
from tests.report.browser import DESKTOP, PHONE, Visits, changed


def test_keys_play_and_seek(visits: Visits, report: Path) -> None:
    visit = visits(report, **DESKTOP)
    visit.press("k")
    visit.until("() => !document.getElementById('video').paused")
    visit.press(" ")
    assert visit.page.locator("#video").evaluate("v => v.paused")
    visit.seek(0.5 / 24)
    for key, time in (("ArrowRight", 5.02), ("ArrowLeft", 0.02)):
        visit.press(key)
        visit.settle()
        assert visit.time == pytest.approx(time, abs=0.01)
    visit.press("Shift+ArrowRight")
    visit.settle()
    assert visit.time == pytest.approx(1.5 / 24, abs=0.001)


def test_keys_change_the_volume(visits: Visits, report: Path) -> None:
    visit = visits(report, **DESKTOP)
    video = visit.page.locator("#video")
    visit.press("ArrowDown")
    assert video.evaluate("v => v.volume") == pytest.approx(0.95)
    visit.press("m")
    assert video.evaluate("v => v.muted")
    visit.press("Control+m")
    assert video.evaluate("v => v.muted"), "not the page's to take"
    visit.page.locator("#volume").focus()
    time = visit.time
    visit.press("ArrowRight")
    assert visit.time == time and not video.evaluate("v => v.muted")


def test_keys_choose_and_explain_comments(visits: Visits, report: Path) -> None:
    visit = visits(report, **DESKTOP)
    page = visit.page
    visit.press("n")
    expect(page.locator("#chosen-text")).to_have_text("チノちゃんかわいい")
    visit.press("n")
    expect(page.locator("#chosen-text")).to_have_text("きたああああ")
    visit.press("p")
    visit.press("e")
    expect(page.locator("#explained-text")).to_have_text("チノちゃんかわいい")
    visit.press("n")
    expect(page.locator("#explained-text")).to_have_text("かわいい")
    visit.press("Escape")
    expect(page.locator("#explanation")).to_be_hidden()


def test_keys_that_somebody_types_do_nothing_else(visits: Visits, report: Path) -> None:
    visit = visits(report, **DESKTOP)
    page = visit.page
    page.locator("#filter").focus()
    page.keyboard.type("k m?")
    expect(page.locator("#filter")).to_have_value("k m?")
    assert page.locator("#video").evaluate("v => v.paused && !v.muted")
    expect(page.locator("#keys")).to_be_hidden()


def test_keys_go_through_the_list(visits: Visits, report: Path) -> None:
    visit = visits(report, **DESKTOP)
    rows = visit.page.locator("#rows button")
    rows.first.focus()
    visit.press("End")
    expect(rows.last).to_be_focused()
    expect(visit.page.locator("#follow")).to_be_visible()


def test_a_key_lists_the_keys(visits: Visits, report: Path) -> None:
    visit = visits(report, **DESKTOP)
    keys = visit.page.locator("#keys")
    visit.press("?")
    expect(keys).to_be_visible()
    visit.press("k")
    assert visit.page.locator("#video").evaluate("v => v.paused"), "the list has the keyboard"
    visit.press("Escape")
    expect(keys).to_be_hidden()


def test_a_key_fills_the_screen(visits: Visits, report: Path) -> None:
    visit = visits(report, **DESKTOP)
    visit.press("f")
    visit.until("() => document.fullscreenElement?.id === 'player'")
    visit.settle()
    wide, tall = visit.page.locator("#stage").evaluate("s => [s.clientWidth, s.clientHeight]")
    assert wide / tall == pytest.approx(16 / 9, abs=0.01)
    assert wide <= 1280 and tall <= 800


def test_where_no_screen_may_be_filled_the_player_fills_the_page(
    visits: Visits, report: Path
) -> None:
    visit = visits(report, **PHONE)
    page = visit.page
    page.evaluate("() => { Element.prototype.requestFullscreen = undefined }")
    visit.seek(1.2)
    page.locator("#fullscreen").click()
    box: Any = page.locator("#player").bounding_box()
    assert (box["width"], box["height"]) == (390, 844)
    visit.settle()
    assert changed(visit.stage(), without_comments(visit)).any(), "comments are drawn there, too"
    page.locator("#fullscreen").click()
    box = page.locator("#player").bounding_box()
    assert box["height"] < 600
