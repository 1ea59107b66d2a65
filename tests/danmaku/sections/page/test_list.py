"""The list of comments."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.danmaku.sections import made_up
from tests.danmaku.sections.page import BOTH, without_comments
from tests.report.browser import DESKTOP, Visits, changed


def test_the_list_says_what_is_hidden_and_finds_texts(visits: Visits, report: Path) -> None:
    visit = visits(report, **DESKTOP)
    page = visit.page
    expect(page.locator("#rows .unshown small").first).to_contain_text("invisible")
    page.locator("#filter").fill("ﾁﾉ")  # half-width; finds what is written in either
    assert visit.rows() == ["チノちゃんかわいい"]
    expect(page.locator("#count")).to_have_text("1 of 9")
    page.locator("#filter").fill("nowhere")
    expect(page.locator("#empty")).to_be_visible()


def test_the_list_can_be_sorted_restricted_and_saved(
    visits: Visits, report: Path, tmp_path: Path
) -> None:
    visit = visits(report, **DESKTOP)
    page = visit.page
    models = ["かわいい", "チノちゃんかわいい"]
    page.locator("#order").select_option("nats")
    assert visit.rows()[:2] == models[::-1], "equal ones by time; viewers' have no likelihood"
    page.locator("#only").select_option("new")
    assert visit.rows() == models[:1]
    expect(page.locator("#count")).to_have_text("1 of 9")
    page.locator("#only").select_option("wrong")
    assert visit.rows() == models[:1]
    page.locator("#only").select_option("copied")
    page.locator("#order").select_option("pmi")
    page.locator("#rows button").first.click()
    expect(page.locator("#explained-text")).to_have_text(models[1])
    visit.press("Escape")
    for kind in ("csv", "json"):
        with page.expect_download() as download:
            page.locator(f"#save-{kind}").click()
        download.value.save_as(tmp_path / f"comments.{kind}")
    with (tmp_path / "comments.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["time"], row["text"], row["copies"], row["named"]) == ("1", models[1], "4", "")
    (saved,) = json.loads((tmp_path / "comments.json").read_bytes())
    assert saved == {
        **{"time": 1, "kind": "generated", "text": models[1], "nats": 2.5, "pmi": 1.25},
        **{"rank": 3, "candidates": 100, "copies": 4, "named": None},
    }


@BOTH
def test_a_viewers_comment_in_the_list_leads_to_its_time(
    visits: Visits, report: Path, device: dict[str, Any]
) -> None:
    visit = visits(report, **device)
    page = visit.page
    page.locator("#rows button", has_text="おつ").click()
    visit.settle()
    assert visit.time == pytest.approx(5.0, abs=0.01)
    expect(page.locator("#chosen-text")).to_have_text("おつ")
    expect(page.locator("#explain")).to_be_hidden()
    assert changed(visit.stage(), without_comments(visit)).any()


def test_a_long_list_follows_playback_until_it_is_scrolled(
    visits: Visits, written: Callable[..., Path], video: Path
) -> None:
    content = made_up.crowded(3000, seconds=120.0)
    visit = visits(written(content, video), **DESKTOP)
    page = visit.page
    expect(page.locator("#count")).to_have_text("3,000")
    assert page.locator("#rows li").count() < 60, "only what is in view exists"
    visit.seek(3.0)
    now = page.locator("#rows li.now")
    expect(now).to_be_in_viewport()
    place = int(now.get_attribute("aria-posinset") or 0)
    assert content.comments[place - 1].time <= 3.0 < content.comments[place].time
    page.locator("#scroller").hover()
    page.mouse.wheel(0, 1_000_000)
    expect(page.locator("#rows li[aria-posinset='3000']")).to_be_visible()
    visit.seek(1.0)
    expect(page.locator("#rows li[aria-posinset='3000']")).to_be_visible()
    page.locator("#follow").click()
    expect(now).to_be_in_viewport()
    expect(page.locator("#follow")).to_be_hidden()
    page.locator("#rows button").first.focus()
    visit.press("End")
    expect(page.locator("#rows li[aria-posinset='3000'] button")).to_be_focused()
