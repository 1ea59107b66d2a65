"""The explanation of a comment."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.danmaku.sections import made_up
from tests.danmaku.sections.page import BOTH
from tests.report.browser import DESKTOP, PHONE, Visit, Visits


@pytest.fixture
def explain(visits: Visits, report: Path) -> Callable[[dict[str, Any]], Visit]:
    """Opens the first comment's explanation by a click, or a tap, at 2 s."""

    def explain(device: dict[str, Any]) -> Visit:
        visit = visits(report, **device)
        visit.seek(2.0)
        stage: Any = visit.page.locator("#stage").bounding_box()
        overlay, x = visit.page.locator("#overlay"), 0.3 * stage["width"]
        if device is PHONE:  # a finger may miss the model's comment, at the top, by a little
            overlay.tap(position={"x": x, "y": 0.09 * stage["height"] + 5})
        else:
            overlay.click(position={"x": x, "y": 0.05 * stage["height"]})
        expect(visit.page.locator("#explained-text")).to_have_text("チノちゃんかわいい")
        visit.settle()
        return visit

    return explain


Explain = Callable[[dict[str, Any]], Visit]


@BOTH
def test_an_explanation_gives_figures_and_similar_pictures(
    explain: Explain, device: dict[str, Any]
) -> None:
    visit = explain(device)
    page = visit.page
    assert visit.time == pytest.approx(0.75, abs=0.01)
    assert page.evaluate("location.hash") == "#c0"
    facts = page.locator("#facts").inner_text()
    for figure in ("4 training", "+1.25", "rank 1 of 2", "2.50 nats", "perplexity of 12"):
        assert figure in facts
    assert "3rd most likely of 100" in facts
    expect(page.locator("#near figure")).to_have_count(2)
    expect(page.locator("#near figcaption").first).to_contain_text("nekomachi-02.mp4 at 1:05")
    expect(page.locator("#near figcaption").first).to_contain_text("similarity 93 %")
    expect(page.locator("#near li").last).to_contain_text("3 more")


@BOTH
def test_each_word_has_its_own_heat_map(explain: Explain, device: dict[str, Any]) -> None:
    visit = explain(device)
    page = visit.page
    buttons = page.locator("#word-buttons button")
    shares = ["チノ\n10 %", "ちゃん\n30 %", "かわいい\n50 %", "end\n70 %"]
    assert buttons.all_inner_texts() == shares
    visit.until("() => !document.getElementById('heat').hidden")
    heated = [visit.stage()]
    page.keyboard.press("ArrowRight")  # the focus is on the words
    expect(buttons.nth(1)).to_have_attribute("aria-pressed", "true")
    heated.append(visit.stage())
    for n, pixels in enumerate(heated):  # map n is hot at position n, in the first row
        height, width = pixels.shape[0] // made_up.SIDE, pixels.shape[1] // made_up.SIDE
        redness = (pixels[..., 0] - pixels[..., 2])[:height]
        means = [redness[:, c * width : (c + 1) * width].mean() for c in range(made_up.SIDE)]
        assert int(np.argmax(means)) == n and means[n] > 60


@BOTH
def test_saliency_has_heat_maps_of_its_own(explain: Explain, device: dict[str, Any]) -> None:
    visit = explain(device)
    visit.page.locator("#heat-kinds button").nth(1).click()
    words = visit.page.locator("#word-buttons button").all_inner_texts()
    assert words[0] == "チノ\n20 %", "its own shares, too"
    expect(visit.page.locator("#heat-help")).to_contain_text("more likely")
    visit.settle()
    green = visit.stage()
    assert (green[..., 1] - green[..., 0]).max() > 60


def test_words_say_how_likely_they_were_and_heat_what_it_is_worth(explain: Explain) -> None:
    visit = explain(DESKTOP)
    page = visit.page
    expect(page.locator("#word-place")).to_have_text(
        "Probability 50 %: the most likely word at this place."
    )
    expect(page.locator("#heat-even")).to_have_text("even share 6.3 %")
    expect(page.locator("#heat-most")).to_have_text("13 %")
    visit.press("ArrowRight")
    expect(page.locator("#word-place")).to_contain_text("25 %: the 2nd most likely")
    expect(page.locator("#heat-most")).to_have_text("30 %")
    page.locator("#heat-opacity").fill("0")
    assert page.locator("#heat").evaluate("canvas => canvas.style.opacity") == "0"


@BOTH
def test_words_can_be_stepped_through_and_closed(explain: Explain, device: dict[str, Any]) -> None:
    visit = explain(device)
    page = visit.page
    buttons = page.locator("#word-buttons button")
    for _ in range(3):
        page.locator("#word-after").click()
    expect(buttons.last).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#word-after")).to_be_disabled()
    page.locator("#word-play").click()  # from the start, by itself
    expect(buttons.nth(1)).to_have_attribute("aria-pressed", "true")
    page.locator("#close").click()
    visit.settle()
    assert visit.time == pytest.approx(2.0, abs=0.01)
    assert page.evaluate("location.hash") == ""
    expect(page.locator("#explanation")).to_be_hidden()
    expect(page.locator("#list")).to_be_visible()


def test_addresses_of_comments_open_their_explanations(visits: Visits, report: Path) -> None:
    visit = visits(report, "report.html#c4", **DESKTOP)
    page = visit.page
    expect(page.locator("#explained-text")).to_have_text("かわいい")
    facts = page.locator("#facts").inner_text()
    assert "Novel" in facts and "-0.50" in facts.replace("−", "-") and "not ranked" in facts
    expect(page.locator("#near")).to_be_hidden()
    page.evaluate("location.hash = '#c0'")
    expect(page.locator("#explained-text")).to_have_text("チノちゃんかわいい")
    page.evaluate("location.hash = '#c7'")  # a viewer's
    expect(page.locator("#explanation")).to_be_hidden()
    expect(page.locator("#chosen-text")).to_have_text("おつ")
    page.evaluate("location.hash = '#c99'")
    expect(page.locator("#chosen-text")).to_have_text("おつ")
