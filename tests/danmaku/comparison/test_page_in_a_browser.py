"""The page that compares models, on a desk and on a phone."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.conftest import MakeOnce
from tests.danmaku.comparison.made_up import HOSTILE, model, write_comparison
from tests.report.browser import DESKTOP, PHONE, Visits

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture(scope="session")
def page(make_once: MakeOnce) -> Path:
    def fill(folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        other = model("b", 2, text=HOSTILE, basis={"candidates": "other"})
        write_comparison(folder, model("a", 1, 0.5), other)

    return make_once("comparison", fill)


@pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_it_is_accessible_in_both_languages(
    visits: Visits, page: Path, device: dict[str, Any]
) -> None:
    visit = visits(page, "index.html", **device)
    expect(visit.page.locator(".findings")).to_contain_text("“b” foresees viewers' comments best.")
    assert Axe().run(visit.page).response["violations"] == []
    visit.page.locator("[data-language=ja]").click()
    expect(visit.page.locator(".findings")).to_contain_text(
        "視聴者のコメントの予測では「b」が最も優れています。"
    )
    wide = visit.page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0


def test_seconds_are_found_sorted_and_saved(visits: Visits, page: Path, tmp_path: Path) -> None:
    visit = visits(page, "index.html", **DESKTOP)
    rows = visit.page.locator("#seconds-table tbody tr")
    expect(rows).to_have_count(40)
    expect(visit.page.locator("#seconds-count")).to_have_text("60 of 60")
    visit.page.locator("#seconds-more").click()
    expect(rows).to_have_count(60)
    visit.page.locator("#seconds-controls [name=text]").fill("viewer 114")
    expect(rows).to_have_count(1)
    expect(rows.locator("th")).to_have_text("1:54")
    with visit.page.expect_download() as download:
        visit.page.locator("#seconds-csv").click()
    download.value.save_as(tmp_path / "seconds.csv")
    with (tmp_path / "seconds.csv").open(encoding="utf-8-sig") as file:
        saved = list(csv.DictReader(file))
    assert [(row["second"], row["model"]) for row in saved] == [("114", "a"), ("114", "b")]
    assert saved[1]["comment"] == HOSTILE
    visit.page.locator("#seconds-controls [name=text]").fill("")
    visit.page.locator("#seconds-controls [name=sort]").select_option("0")
    with visit.page.expect_download() as download:
        visit.page.locator("#seconds-json").click()
    download.value.save_as(tmp_path / "seconds.json")
    nats = [
        one["by"]["a"][0]["nats"] for one in json.loads((tmp_path / "seconds.json").read_text())
    ]
    assert nats == sorted(nats)
