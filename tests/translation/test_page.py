"""The page about a collection's translations, opened from disk as people open it."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Page, expect

from pipeline.engine.stage import Files
from pipeline.media.picture_folder import PictureFolder
from pipeline.report.table import write_table
from pipeline.sources.pointers import StillsSource
from pipeline.translation.samples import Samples
from pipeline.translation.sections.compared import MOST, chosen
from pipeline.translation.training_set import TrainingSet
from pipeline.translation.translations_file import Translations
from stages.pictures import frames
from stages.translation import report
from tests.conftest import MakeOnce
from tests.report.browser import DESKTOP, PHONE, Visit, Visits
from tests.translation import measured, toys

on_both = pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=["desktop", "phone"])


def made_page(workdir: Path) -> None:
    """The page of the collection ``food``: five things in three domains, the last held out."""
    album, model = workdir / "food", workdir / "models" / "translation" / "default"
    album.mkdir()
    model.mkdir(parents=True)
    pictures = TrainingSet.load([toys.write(album)])
    names = pictures.collections[0].names
    for name, pixels in zip(names, pictures.collections[0].pictures, strict=True):
        for at in (f"given/{name}", *(f"translated/{target}/{name}" for target in toys.DOMAINS)):
            path = album / at
            path.parent.mkdir(parents=True, exist_ok=True)
            shade = toys.DOMAINS.index(at.split("/")[1]) * 60 if at[0] == "t" else 0
            Image.fromarray(pixels // 2 + np.uint8(shade)).resize((64, 48)).save(path)
    folder = PictureFolder.open(album / "given")
    stills = album / "source.stills.json"
    StillsSource(str(folder.path), folder.fingerprint, list(folder.files)).save(stills)
    given = Files({"source": [], "stills": [stills]})
    frames.run(given, Files({"frames": [album / "frames.h5"]}), frames.Config(size=32))
    Translations(toys.DOMAINS, sorted(names)).save(album / "translated" / "translation.json")
    samples = Samples(pictures, model / "samples", toys.ALONE.device)
    with torch.inference_mode():
        for epoch in (1, 2, 3):
            samples.draw(toys.networks(3, seed=epoch)[0], epoch, model / "samples.png")
    measured.training().save(model / "training.json")
    measured.evaluation().save(model / "evaluation.json")
    (album / "clusters").mkdir()
    (album / "clusters" / "index.html").touch()
    Image.new("RGB", (60, 20)).save(album / "clusters" / "clusters.png")
    inputs = {
        "stills": [stills],
        "frames": [album / "frames.h5"],
        "translations": [album / "translated" / "translation.json"],
        "pictures": [album / "translation.h5"],
        "training": [model / "training.json"],
        "samples": [model / "samples.png"],
        "evaluation": [model / "evaluation.json"],
    }
    outputs = {
        "figures": [album / "translation.report.json"],
        "page": [album / "translation" / "index.html"],
    }
    report.run(Files(inputs), Files(outputs), report.STAGE.config())
    write_table(workdir, ["food"])


@pytest.fixture(scope="module")
def workdir(make_once: MakeOnce) -> Path:
    return make_once("translation-page", made_page)


def opened(workdir: Path, visits: Visits, **options: Any) -> Visit:
    return visits(workdir / "food", "translation/index.html", **options)


def split(page: Page) -> float:
    """Where the picture ends and its translation begins, as a share of the width."""
    style = "getComputedStyle(document.getElementById('compare-target')).clipPath"
    return float(page.evaluate(style).rsplit(" ", 1)[1].removesuffix("%)")) / 100


def sources(page: Page) -> list[str]:
    images = page.locator("#compare-box img")
    return [str(images.nth(n).get_attribute("src")) for n in (0, 1)]


@on_both
@pytest.mark.parametrize(("locale", "title"), [("en-US", "Before"), ("ja-JP", "変換の前と後")])
def test_verdict_slider_samples_and_measures_fit_both_languages_and_widths(
    workdir: Path, visits: Visits, device: dict[str, Any], locale: str, title: str
) -> None:
    page = opened(workdir, visits, **{**device, "locale": locale}).page
    expect(page.locator("h1")).to_have_text("food")
    expect(page.locator(".finding.good")).to_have_count(4)
    expect(page.locator("#compared h2")).to_contain_text(title)
    expect(page.locator("#compare-sheet tbody tr")).to_have_count(3)  # those held out
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    expect(page.locator("#measures-methods tfoot")).to_contain_text("97.0 %")
    expect(page.locator("#measures-methods tr.best")).to_contain_text("96.0 %")
    sheet = page.locator("#measures-clusters figure > a")
    expect(sheet).to_have_attribute("href", "./../clusters/index.html")
    assert page.evaluate("document.documentElement.scrollWidth") <= device["viewport"]["width"]


def test_the_slider_follows_mouse_finger_and_keys(workdir: Path, visits: Visits) -> None:
    page = opened(workdir, visits, **PHONE).page
    assert split(page) == 0.5
    box = page.locator("#compare-box")
    box.scroll_into_view_if_needed()
    area = box.bounding_box()
    assert area
    page.mouse.move(area["x"] + area["width"] * 0.5, area["y"] + 9)
    page.mouse.down()
    page.mouse.move(area["x"] + area["width"] * 0.2, area["y"] + 9)
    page.mouse.up()
    assert split(page) == pytest.approx(0.2, abs=0.02)
    box.tap(position={"x": area["width"] * 0.75, "y": 20})
    assert split(page) == pytest.approx(0.75, abs=0.02)
    page.locator("#compare-at").focus()
    page.keyboard.press("Home")
    assert split(page) == 0
    page.keyboard.press("ArrowRight")
    assert split(page) == 0.01


def test_sheet_list_and_buttons_choose_what_is_compared(workdir: Path, visits: Visits) -> None:
    page = opened(workdir, visits, **DESKTOP).page
    assert sources(page) == ["pictures/00-0.jpg", "pictures/00-3.jpg"]
    page.locator("#compare-sheet tbody tr").nth(1).locator("button").first.click()
    assert sources(page) == ["pictures/01-0.jpg", "pictures/01-1.jpg"]
    page.locator("#compare-targets").get_by_text("red").click()
    page.locator("#compare-after").click()
    assert sources(page) == ["pictures/02-0.jpg", "pictures/02-3.jpg"]
    expect(page.locator("#compare-after")).to_be_disabled()
    page.locator("#compare-picture").select_option(index=0)
    assert sources(page) == ["pictures/00-0.jpg", "pictures/00-3.jpg"]


def test_epochs_are_chosen_and_played(workdir: Path, visits: Visits) -> None:
    page = opened(workdir, visits, **DESKTOP).page
    expect(page.locator("#sample-number")).to_have_text("epoch 3")
    page.locator("#sample-epoch").focus()
    page.keyboard.press("Home")
    expect(page.locator("#sample")).to_have_attribute("src", "samples/0001.jpg")
    page.locator("#sample-play").click()
    expect(page.locator("#sample-number")).to_have_text("epoch 3")
    expect(page.locator("#sample-play")).to_have_text("Play")


@on_both
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_hinders_those_who_cannot_see_or_point(
    workdir: Path, visits: Visits, device: dict[str, Any], scheme: str
) -> None:
    page = opened(workdir, visits, **device, color_scheme=scheme, bypass_csp=True).page
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    found = Axe().run(page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []


def test_it_has_a_row_in_the_table(workdir: Path) -> None:
    table = (workdir / "index.html").read_text("utf-8")
    assert "./food/translation/index.html" in table and "99.0 %" in table
    assert (workdir / "food" / "translation" / "poster.jpg").is_file()


def test_what_was_not_learned_from_is_shown_first() -> None:
    names = [f"{n}.png" for n in range(40)]
    shown, some = chosen(names, {"3.png", "7.png"})
    assert (shown, some) == ("held_out", ["3.png", "7.png"])
    assert chosen(names, set())[0] == "learned"
    shown, some = chosen(names, None)
    assert shown == "others" and len(some) == MOST and (some[0], some[-1]) == ("0.png", "39.png")
