"""The page of clusters, opened from disk as people open it."""

import json
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from pipeline.labels.reading import read_labels
from tests.pictures.clusters.conftest import Album
from tests.pictures.clusters.test_whole import ALL, members_in
from tests.report.browser import DESKTOP, PHONE, Visit, Visits

on_both = pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=["desktop", "phone"])


def opened(album: Album, visits: Visits, name: str = "index.html", **options: Any) -> Visit:
    return visits(album.item / "clusters", name, **options)


def saved(visit: Visit) -> dict[str, str]:
    """What the page downloads, read as any label file is."""
    with visit.page.expect_download() as download:
        visit.page.locator("#save-labels").click()
    path = Path(download.value.path())
    assert download.value.suggested_filename == "labels.jsonl"
    found = {label.picture: label.value for label in read_labels(path)}
    assert {json.loads(line)["kind"] for line in path.read_text("utf-8").splitlines()} == {"keep"}
    return found


def forgive_originals(visit: Visit, album: Album) -> None:
    """The original of an opened picture is shown from where it lies."""
    beside = f"fetched: {album.pictures.as_uri()}/"
    visit.problems[:] = [problem for problem in visit.problems if not problem.startswith(beside)]


def test_a_dropped_cluster_is_saved_as_labels(clustered: Album, visits: Visits) -> None:
    visit = opened(clustered, visits, **DESKTOP)
    members = members_in(clustered.item)
    second = {name for name, member in members.items() if member.cluster == 2}
    expect(visit.page.locator("#save-labels")).to_be_disabled()
    visit.page.locator("[data-cluster='2']").check()
    expect(visit.page.locator("#decided")).to_contain_text(f"{len(second)} of {ALL}")
    assert saved(visit) == dict.fromkeys(second, "drop")
    visit.page.locator("[data-cluster='2']").uncheck()
    assert saved(visit) == dict.fromkeys(second, "keep")


def test_what_is_shown_is_dropped_at_once_and_then_found(clustered: Album, visits: Visits) -> None:
    visit = opened(clustered, visits, **DESKTOP)
    page = visit.page
    page.locator("#grid-controls [name=text]").fill("cold/")
    page.locator("#drop-shown").click()
    cold = {name for name in members_in(clustered.item) if name.startswith("cold/")}
    page.locator("#grid-controls [name=text]").fill("")
    page.locator("#grid-controls [name=flag]").select_option("dropped")
    expect(page.locator("#grid-count")).to_have_text(f"Pictures: {len(cold)} of {ALL}")
    assert saved(visit) == dict.fromkeys(cold, "drop")


def test_a_clusters_pictures_are_listed(clustered: Album, visits: Visits) -> None:
    visit = opened(clustered, visits, **DESKTOP)
    members = members_in(clustered.item)
    visit.page.locator("[data-show='3']").click()
    count = sum(member.cluster == 3 for member in members.values())
    expect(visit.page.locator("#grid-count")).to_have_text(f"Pictures: {count} of {ALL}")


def test_an_opened_picture_is_dropped_by_a_key(clustered: Album, visits: Visits) -> None:
    visit = opened(clustered, visits, "index.html#p0", **DESKTOP)
    page = visit.page
    name = page.locator("#opened-name").inner_text()
    page.keyboard.press("d")
    expect(page.locator("#drop-opened")).to_have_text("Keep")
    expect(page.locator("#opened-flags")).to_contain_text("dropped")
    page.keyboard.press("Escape")
    assert saved(visit) == {name: "drop"}
    forgive_originals(visit, clustered)


@on_both
@pytest.mark.parametrize("name", ["index.html", "index.html#p0"])
def test_nothing_hinders_those_who_cannot_see_or_point(
    clustered: Album, visits: Visits, device: dict[str, Any], name: str
) -> None:
    visit = opened(clustered, visits, name, **device, bypass_csp=True)
    found = Axe().run(visit.page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
    assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1")
    forgive_originals(visit, clustered)
