"""Comments over the video: where they are drawn, and which."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, expect

from tests.danmaku.sections import made_up
from tests.danmaku.sections.page import BOTH, TEXTS, without_comments
from tests.report.browser import DESKTOP, Visits, changed, extent


@BOTH
def test_comments_are_drawn_where_the_video_would_have_them(
    visits: Visits, report: Path, device: dict[str, Any]
) -> None:
    visit = visits(report, **device)
    width, height = made_up.STAGE
    moving = made_up.ordinary().comments[0].drawn
    assert moving
    lefts = []
    for time in (0.9, 1.2):
        visit.seek(time)
        bare = without_comments(visit)
        visit.press("v")  # one comment is left
        drawn = changed(bare, visit.stage())
        visit.press("v")
        left, top, right, bottom = extent(drawn)
        x = moving.x - moving.speed * (time - moving.start)
        assert left == pytest.approx(x / width, abs=0.015)
        assert right == pytest.approx((x + moving.width) / width, abs=0.015)
        assert (
            top >= 0 and bottom <= (moving.y + made_up.SHAPES[moving.shape].height) / height + 0.01
        )
        lefts.append(left)
    assert lefts[0] - lefts[1] == pytest.approx(0.3 * moving.speed / width, abs=0.008)
    orange = visit.stage()[drawn]
    assert (np.abs(orange - (255, 170, 60)).max(axis=1) < 30).any(), "the model's are marked"

    visit.seek(4.0)  # "かわいい" stands at 500 px, red unless marked
    bare = without_comments(visit)
    visit.press("v")
    left, top, right, bottom = extent(changed(bare, visit.stage()))
    assert (left + right) / 2 == pytest.approx(0.5, abs=0.01)
    assert 500 / height - 0.01 <= top and bottom <= 595.5 / height + 0.01
    visit.page.locator("#coloured").click()
    red = visit.stage() - bare
    assert (red[..., 0] - red[..., 1] > 60).any()


@BOTH
def test_at_first_only_the_models_comments_are_shown(
    chromium: Browser, report: Path, device: dict[str, Any]
) -> None:
    page = chromium.new_page(**device)
    page.goto(f"{report.as_uri()}/report.html")
    expect(page.locator("#generated")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#viewers")).to_have_attribute("aria-pressed", "false")
    expect(page.locator("#count")).to_have_text("2")
    page.evaluate("location.hash = '#c7'")
    expect(page.locator("#chosen-text")).to_have_text("おつ")
    expect(page.locator("#viewers")).to_have_attribute("aria-pressed", "true")
    page.close()


def test_comments_can_be_paler_smaller_and_fewer(visits: Visits, report: Path) -> None:
    visit = visits(report, **DESKTOP)
    page = visit.page
    visit.seek(4.0)
    bare = without_comments(visit)
    everything = changed(bare, visit.stage()).sum()
    page.locator("#tune").click()
    inked = {}
    for name, share in {"opacity": "0.2", "size": "0.5", "density": "0.1"}.items():
        page.locator(f"#tune-{name}").fill(share)
        inked[name] = changed(bare, visit.stage()).sum()
        page.locator(f"#tune-{name}").fill("1")
    assert inked["opacity"] < everything / 2
    assert 0 < inked["size"] < everything / 2
    assert inked["density"] < everything
    assert changed(bare, visit.stage()).sum() == everything
    page.locator("#tune-size").fill("0.5")
    page.reload()
    expect(page.locator("#tune-size")).to_have_value("0.5")


def test_words_that_nobody_wants_to_read_are_hidden(visits: Visits, report: Path) -> None:
    visit = visits(report, **DESKTOP)
    page = visit.page
    page.locator("#tune").click()
    page.locator("#unwanted").fill("かわいい, ＴＷＯ")
    expect(page.locator("#count")).to_have_text("6")
    assert not {"かわいい", "チノちゃんかわいい", "two lines"} & set(visit.rows())


@BOTH
def test_each_kind_of_comment_can_be_switched_off(
    visits: Visits, report: Path, device: dict[str, Any]
) -> None:
    visit = visits(report, **device)
    page = visit.page
    assert visit.rows() == [text.replace("\n", " ") for text in TEXTS]
    visit.seek(1.8)
    everything, bare = visit.stage(), without_comments(visit)
    page.locator("#viewers").click()
    models = visit.stage()
    assert visit.rows() == ["チノちゃんかわいい", "かわいい"]
    page.locator("#viewers").click()
    page.locator("#generated").click()
    viewers = visit.stage()
    assert len(visit.rows()) == len(TEXTS) - 2
    assert changed(bare, models).any() and changed(bare, viewers).any()
    top = slice(0, round(0.09 * bare.shape[0]))
    assert not changed(bare, viewers)[top].any(), "only the model's comment is at the top"
    assert not changed(everything, viewers)[round(0.15 * bare.shape[0]) :].any()


@BOTH
def test_a_click_on_the_picture_chooses_a_comment_or_plays(
    visits: Visits, report: Path, device: dict[str, Any]
) -> None:
    visit = visits(report, **device)
    page = visit.page
    visit.seek(made_up.SECONDS / 2)
    stage: Any = page.locator("#stage").bounding_box()
    page.locator("#overlay").click(  # on "two lines", which is at 700 px by now
        position={"x": 0.85 * stage["width"], "y": 0.7 * stage["height"]}
    )
    expect(page.locator("#chosen-text")).to_have_text("two\nlines")
    assert page.locator("#video").evaluate("v => v.paused")
    page.locator("#overlay").click(position={"x": 5, "y": 0.9 * stage["height"]})
    visit.until("() => !document.getElementById('video').paused")
    page.locator("#overlay").click(position={"x": 5, "y": 0.9 * stage["height"]})
    visit.until("() => document.getElementById('video').paused")
