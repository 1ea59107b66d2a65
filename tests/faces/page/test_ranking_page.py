"""The page of a ranking: scores with intervals and reasons, more like these, and new ratings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import expect

from pipeline.faces.page.ranked import RankedItem, write_ranking_page
from pipeline.faces.ranking.ranks import ranking
from pipeline.faces.scores.scores_file import Alike, Scored
from pipeline.labels.crop_names import crop_name
from pipeline.labels.labels_file import read_labels_file
from pipeline.labels.reading import read_labels
from pipeline.pictures.frames_file import read_names
from tests.conftest import MakeOnce
from tests.faces.toys import BOX, SIDE, write_item
from tests.report.browser import DESKTOP, PHONE, Visits

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

COUNT = 12
WHY = [0.0, 0.1, 0.0, 0.0, 0.9, 0.0, -0.5, 0.0, 0.0]


def write_ranking(folder: Path) -> None:
    """A ranking of pictures whose scores are 1, 1.3 …, the last one the best."""
    item = write_item(folder / "item", COUNT, rated=1)
    names = read_names(item / "frames.h5")
    scores = [
        Scored(
            picture=name,
            frame=number,
            crop=crop_name(name, 1, BOX),
            box=BOX,
            score=1 + 0.3 * number,
            expected=1 + 0.3 * number,
            low=0.5 + 0.3 * number,
            high=1.5 + 0.3 * number,
            alike=[Alike("album/cat.png", 5, 0.9)],
            why=WHY,
        )
        for number, name in enumerate(names)
    ]
    for name in names:
        path = folder / "pictures" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full((SIDE, SIDE, 3), 90, np.uint8)).save(path)
    ranked = ranking(scores, {number: number for number in range(COUNT)}, "highest")
    (item / "ranking").mkdir()
    write_ranking_page(
        item / "ranking" / "index.html",
        RankedItem(
            frames=item / "frames.h5",
            features=item / "features.h5",
            pictures=folder / "pictures",
            labels=list(read_labels_file(item / "labels.jsonl")),
        ),
        ranked,
        scores,
        (1, 5),
        "highest",
    )


@pytest.fixture(scope="session")
def album(make_once: MakeOnce) -> Path:
    return make_once("ranking-page", write_ranking)


def test_a_ranking_is_narrowed_explained_and_rated(album: Path, visits: Visits) -> None:
    visit = visits(album, "item/ranking/index.html", **DESKTOP)
    page = visit.page
    expect(page.locator("#tiles [aria-posinset='1'] small")).to_have_text("4.30")
    page.locator("#faces-limit").fill("3.9")
    expect(page.locator("#grid-count")).to_have_text(f"Pictures: 2 of {COUNT}")
    page.locator("#tiles").focus()
    visit.press("Enter")
    first = page.locator("#opened-name").inner_text()
    assert first.endswith(f"{COUNT - 1:03}.png")
    expect(page.locator("#opened-facts dd")).to_have_text(["4.30", "3.80", "4.80"])
    expect(page.locator("#opened-tags")).to_have_text("5 ★ ≈ album/cat.png")
    visit.press("w")
    expect(page.locator("#face-reason")).to_have_text(
        "Most for the score: middle. Most against it: lower left."
    )
    expect(page.locator(".face-part")).to_have_count(len(WHY))
    visit.press("5")
    expect(page.locator("#face-told")).to_have_text("Face 1, rated 5")
    page.locator("#opened-near button").first.click()
    expect(page.locator("#opened-name")).not_to_have_text(first)
    visit.press("Escape")
    with page.expect_download() as download:
        page.locator("#faces-save").click()
    labels = list(read_labels(Path(download.value.path())))
    before = list(read_labels_file(album / "item" / "labels.jsonl"))
    assert len(labels) == len(before) + 1
    new = labels[-1]
    assert (new.picture, new.kind, new.box, new.weight) == (first, "score", BOX, 5)


def test_everybody_can_use_it(album: Path, visits: Visits) -> None:
    options = PHONE | {"color_scheme": "dark", "locale": "ja-JP", "bypass_csp": True}
    visit = visits(album, "item/ranking/index.html#p0", **options)
    expect(visit.page.locator("[data-box]")).to_have_count(1)
    visit.press("w")
    assert [one["id"] for one in Axe().run(visit.page).response["violations"]] == []
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= 390
