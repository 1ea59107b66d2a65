"""The search as a user calls it; and its page, opened from disk."""

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import expect

from pipeline.runtime.errors import ExitCode
from tests.captions.albums import Albums, new_albums
from tests.conftest import MakeOnce
from tests.networks import tiny_onnx
from tests.report.browser import DESKTOP, PHONE, Visits

VERB = "illustrations-search"


@pytest.fixture(scope="session")
def searched(make_once: MakeOnce) -> Albums:
    """Albums of which one can be searched, with a picture in it that is there twice."""

    def fill(folder: Path) -> None:
        albums = new_albums(folder)
        with Image.open(albums.album / "005.png") as picture:
            picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(albums.album / "mirror.png")
        albums.of(VERB, "--query", "003.png")

    folder = make_once("searched", fill)
    return Albums(folder, folder / "tiny.onnx")


@pytest.fixture
def albums(searched: Albums, tmp_path: Path) -> Albums:
    folder = tmp_path / "copy"
    shutil.copytree(searched.folder, folder)
    copy = Albums(folder, searched.network)
    copy.write_settings()
    return copy


def hits(albums: Albums) -> list[dict[str, Any]]:
    lines = (albums.workdir / "search" / "hits.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_hits_are_listed_the_most_similar_first(searched: Albums) -> None:
    found = hits(searched)
    assert len(found) == 50
    assert "003.png" not in [hit["picture"] for hit in found]
    similarities = [hit["similarity"] for hit in found]
    assert similarities == sorted(similarities, reverse=True)
    with (searched.workdir / "search" / "hits.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert [row["picture"] for row in rows] == [hit["picture"] for hit in found]


def test_a_file_of_no_collection_is_seen_by_the_same_network(albums: Albums) -> None:
    copied = albums.folder / "elsewhere.png"
    shutil.copy(albums.album / "007.png", copied)
    said = albums.made(VERB, "--query", str(copied), "--limit", "3")
    first = hits(albums)[0]
    assert (first["picture"], len(hits(albums))) == ("007.png", 3)
    assert first["similarity"] == pytest.approx(1, abs=1e-3)
    assert "search/index.html" in said
    tiny_onnx(albums.network, 32, scale=2)
    refused = albums.run(VERB, "--query", str(copied))
    tiny_onnx(albums.network, 32)
    assert refused.returncode == ExitCode.BAD_ARTIFACT
    assert "what is there now is tiny.onnx" in refused.stderr


def test_mirrored_pictures_are_one_hit(albums: Albums) -> None:
    albums.made(VERB, "--query", "001", "--limit", "99")
    together = [{hit["picture"], *hit["with_it"]} for hit in hits(albums)]
    assert any({"005.png", "mirror.png"} <= names for names in together)


def test_a_search_of_nothing_says_what_to_name(searched: Albums, tmp_path: Path) -> None:
    empty = Albums(tmp_path, searched.network)
    empty.write_settings()
    done = empty.run(VERB, "--query", "a.png")
    assert done.returncode == ExitCode.USAGE
    assert "Add PICTURES=" in done.stderr


@pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_page_shows_the_query_and_the_hits(
    searched: Albums, visits: Visits, device: dict[str, Any]
) -> None:
    visit = visits(searched.workdir / "search", "index.html", **device, bypass_csp=True)
    page = visit.page
    expect(page.locator("h1")).to_have_text("003.png")
    expect(page.locator("#asked figure").first).to_contain_text("003.png")
    expect(page.locator("#asked")).to_contain_text("widest gap")
    expect(page.locator("#grid-count")).to_contain_text("50")
    first = page.locator("#tiles [aria-posinset='1']")
    expect(first).to_contain_text(hits(searched)[0]["picture"])
    found = Axe().run(page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
