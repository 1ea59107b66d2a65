"""The page about the tags of an album, from files to what people see of it, opened from disk."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from pipeline.engine.stage import Files
from pipeline.illustrations.collection_evaluation import CollectionEvaluation
from pipeline.illustrations.duplicates.duplicates_file import Duplicate, write_duplicates
from pipeline.illustrations.picture_tags import read_picture_tags
from pipeline.report.summary import ReportFile
from stages.illustrations import evaluate, map, report, vectors  # noqa: A004
from tests.illustrations.toys import TAGS, write_collection
from tests.report.browser import DESKTOP, PHONE, Visit, Visits
from tests.stages.test_illustrations import give, learn

THINGS = 40
on_both = pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=["desktop", "phone"])


def run(stage: Any, folder: Path, **config: object) -> str:
    """Run a stage on what lies in an item's ``folder``."""

    def path(template: str) -> Path:
        return folder / template.removeprefix("{item}/")

    inputs = {name: [path(template)] for name, template in stage.STAGE.inputs.items()}
    for name, template in stage.STAGE.optional.items():
        found = path(template)
        inputs[name] = [found] if found.exists() else []
    outputs = {name: [path(template)] for name, template in stage.STAGE.outputs.items()}
    summary: str = stage.run(Files(inputs), Files(outputs), stage.STAGE.config(**config))
    return summary


def finish(folder: Path) -> str:
    """Make a page of an album with tags."""
    run(evaluate, folder, units="name")
    run(vectors, folder)
    run(map, folder, method="pca", poster_pixels=500)
    return run(report, folder)


@pytest.fixture(scope="module")
def album(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One that was learned from; two of its pictures are the same."""
    folder = tmp_path_factory.mktemp("reported")
    album = write_collection(folder / "album", THINGS)
    learn([album], folder / "model")
    give(album, folder / "model", labels=True)
    pair = [
        Duplicate(group=1, frame=frame, picture=f"flat/{frame:03}.png", mirrored=bool(frame))
        for frame in (0, 1)
    ]
    write_duplicates(album / "duplicates.jsonl", pair)
    finish(album)
    return album


def opened(album: Path, visits: Visits, name: str = "index.html", **options: Any) -> Visit:
    return visits(album / "illustrations", name, **options)


@on_both
@pytest.mark.parametrize(("locale", "title"), [("en-US", "In short"), ("ja-JP", "要点")])
def test_it_begins_with_a_verdict_in_both_languages(
    album: Path, visits: Visits, device: dict[str, Any], locale: str, title: str
) -> None:
    page = opened(album, visits, **{**device, "locale": locale}).page
    expect(page.locator("h1")).to_have_text("album")
    expect(page.locator("#verdict h2")).to_have_text(title)
    expect(page.locator(".finding")).to_have_count(5)
    expect(page.locator("#grid-count")).to_contain_text(str(3 * THINGS))
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= device["viewport"]["width"]


def test_a_tag_that_is_chosen_shows_its_pictures_the_most_probable_first(
    album: Path, visits: Visits
) -> None:
    page = opened(album, visits, **DESKTOP).page
    tagged = read_picture_tags(album / "tags.jsonl")
    red = {
        one.picture: tag.probability for one in tagged for tag in one.tags if tag.name == TAGS[1]
    }
    page.locator("#tag-choice select").select_option(TAGS[1])
    expect(page.locator("#grid-count")).to_have_text(f"Pictures: {len(red)} of {3 * THINGS}")
    shown = page.evaluate(
        "pictureGrid.shown.numbers.map((n) => pictureGrid.grid.tiles[n]"
        ").map(({ name, facts }) => [name, facts[0]])"
    )
    assert dict(shown) == {name: round(p or 0, 3) for name, p in red.items()}
    assert [p for _, p in shown] == sorted((p for _, p in shown), reverse=True)
    page.locator("#tag-choice input").check()
    assert len(page.evaluate("pictureGrid.shown.numbers")) > len(red)
    page.locator("#grid-controls [type=reset]").click()
    expect(page.locator("#grid-count")).to_have_text(f"Pictures: {3 * THINGS}")


def test_the_table_of_tags_leads_to_their_pictures(album: Path, visits: Visits) -> None:
    page = opened(album, visits, "index.html#measures-tags", **DESKTOP).page
    page.locator(f"[data-tag={TAGS[0]}]").click()
    expect(page.locator("#tag-choice select")).to_have_value(TAGS[0])
    expect(page.locator("#grid-count")).to_contain_text(" of ")


def test_an_opened_picture_has_tags_with_probabilities_and_similar_ones(
    album: Path, visits: Visits
) -> None:
    page = opened(album, visits, "index.html#p0", **DESKTOP).page
    expect(page.get_by_role("dialog", name="flat/000.png")).to_be_visible()
    rows = page.locator("#opened-lines tbody tr").all_inner_texts()
    held = read_picture_tags(album / "tags.jsonl")[0].tags
    for row, tag in zip(rows, held, strict=False):
        assert tag.name in row and "by a person" in row
    assert all("nearly holds" in row for row in rows[len(held) :])
    expect(page.locator("#opened-near figure")).to_have_count(8)
    expect(page.locator("#opened-tags")).to_have_text("flat/001.png")


def test_measures_stand_beside_baselines_and_the_map_is_one_click_away(
    album: Path, visits: Visits
) -> None:
    page = opened(album, visits, **DESKTOP).page
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    text = page.locator("#measures").inner_text()
    for word in ("16 × 16 pixels", "how frequent tags are", "cross-validation", "calibration"):
        assert word in text, word
    expect(page.locator("#doubles")).to_contain_text("(mirrored)")
    assert page.locator("#beside figure a").get_attribute("href") == "../map/index.html"


@on_both
@pytest.mark.parametrize("name", ["index.html", "index.html#p0"])
def test_nothing_hinders_those_who_cannot_see_or_point(
    album: Path, visits: Visits, device: dict[str, Any], name: str
) -> None:
    page = opened(album, visits, name, **device, bypass_csp=True).page
    found = Axe().run(page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []


def test_its_figures_are_those_of_pictures_that_were_not_learned_from(album: Path) -> None:
    evaluation = CollectionEvaluation.load(album / "tags.evaluation.json")
    assert evaluation.has_learned_from_it and not evaluation.is_fair
    file = ReportFile.load(album / "illustrations.report.json")
    cells = {column.name: column for column in file.columns}
    assert file.verdict["doubtful"] >= 1  # a picture is there twice
    assert cells["pictures"].value == 3 * THINGS
    assert cells["doubles"].value == 2
    cross_validated = file.summary["tagger"]["training"]["evaluation"]["precision"]
    assert cells["precision"].value == cross_validated["over_tags"]["mean"]


def test_other_pictures_are_measured_by_what_people_said_of_them(
    album: Path, tmp_path: Path
) -> None:
    other = write_collection(tmp_path / "other", THINGS - 1, seed=1)
    give(other, album.parent / "model", labels=True)
    said = finish(other)
    evaluation = CollectionEvaluation.load(other / "tags.evaluation.json")
    assert evaluation.is_fair and evaluation.units < THINGS
    assert f"on {evaluation.pictures} pictures with tags by people" in said


def test_a_page_appears_whole_or_not_at_all(album: Path, tmp_path: Path) -> None:
    copy = tmp_path / "album"
    shutil.copytree(album, copy)
    shutil.rmtree(copy / "illustrations")
    (copy / "map" / "map.png").write_bytes(b"no picture")
    with pytest.raises(OSError, match="cannot identify"):
        run(report, copy)
    assert not (copy / "illustrations").exists()
