"""The page as a whole: languages, themes, tables, and whoever reads it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.danmaku.sections import made_up
from tests.report.browser import DESKTOP, Visits, for_everybody

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def test_the_language_changes_everything_and_is_remembered(visits: Visits, report: Path) -> None:
    page = visits(report, **DESKTOP).page
    expect(page.locator("#generated")).to_have_text("Model")
    page.locator("[data-language=ja]").click()
    expect(page.locator("html")).to_have_attribute("lang", "ja")
    expect(page.locator("#generated")).to_have_text("モデル")
    expect(page.locator("#filter")).to_have_attribute("placeholder", "コメントを絞り込む")
    expect(page.locator("#rows .mark").first).to_contain_text("モデル")
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "ja")


def test_the_theme_is_remembered(visits: Visits, report: Path) -> None:
    page = visits(report, **DESKTOP).page
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.locator("#theme").select_option("dark")
    assert page.evaluate(ground) != light
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("#theme")).to_have_value("dark")


def test_a_page_without_a_player_follows_the_browser(
    visits: Visits, written: Callable[..., Path]
) -> None:
    page = visits(written(None), locale="ja-JP", color_scheme="dark").page
    expect(page.locator("html")).to_have_attribute("lang", "ja")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_tables_are_sorted_by_their_headings(visits: Visits, written: Callable[..., Path]) -> None:
    page = visits(written(None)).page
    assert page.locator("th button").count() == 2
    first_cells = page.locator("tbody td:first-child")
    for heading, order in {"comments": ["c", "a", "b"], "video": ["a", "b", "c"]}.items():
        button = page.locator("th button", has_text=heading)
        button.click()
        assert first_cells.all_inner_texts() == order
        button.click()
        assert first_cells.all_inner_texts() == order[::-1]
        expect(page.locator("th[aria-sort]")).to_have_attribute("aria-sort", "descending")


def test_without_a_video_heat_or_tags_the_rest_still_works(
    visits: Visits, written: Callable[..., Path]
) -> None:
    content = made_up.player(
        [
            made_up.comment(
                "generated",
                1.0,
                "かわいい",
                explanation=made_up.explanation(0.5, ["か"], 0, peaks=[]),
            )
        ],
        heat=None,
        tags=[],
        media="missing.mp4",
    )
    folder = written(content)
    visit = visits(folder, **DESKTOP)
    page = visit.page
    expect(page.locator("#trouble")).to_contain_text("cannot be played")
    expect(page.locator("#viewers")).to_be_hidden()
    expect(page.locator("#tags")).to_be_hidden()
    page.locator("#rows button").click()
    expect(page.locator("#heat-help")).to_contain_text("as a whole")
    expect(page.locator("#heat")).to_be_hidden()
    visit.press("Escape")
    expect(page.locator("#clock")).to_contain_text("0:01")
    visit.problems.clear()  # the missing video


@for_everybody
def test_everybody_can_use_it(
    visits: Visits, report: Path, device: dict[str, Any], scheme: str, locale: str
) -> None:
    visit = visits(report, **device, color_scheme=scheme, locale=locale, bypass_csp=True)
    steps: list[Callable[[], None]] = [
        lambda: None,
        lambda: visit.page.locator("#rows button").first.click(),
        lambda: visit.press("?"),
    ]
    for step in steps:
        step()
        violations = Axe().run(visit.page).response["violations"]
        serious = [v for v in violations if v["impact"] in ("serious", "critical")]
        assert [(v["id"], [n["target"] for n in v["nodes"]]) for v in serious] == []
        visit.press("Escape")
