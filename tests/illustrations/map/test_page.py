"""The page of a map, opened from disk as people open it."""

import csv
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import expect

from pipeline.illustrations.map.map_file import PictureMap
from tests.illustrations.map.gallery import COUNT, NAME, SCORED, Gallery, animal, number_in
from tests.report.browser import DESKTOP, PHONE, Pixels, Visit, Visits

on_both = pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=["desktop", "phone"])


def opened(gallery: Gallery, visits: Visits, name: str = "index.html", **options: Any) -> Visit:
    visit = visits(gallery.made_of_it / "map", name, **options)
    settle(visit)
    return visit


def settle(visit: Visit) -> None:
    """Wait until all that is in view is painted."""
    visit.until(
        "() => { const { painter } = mapControls; return painter.small.length"
        " && painter.wanted?.length && painter.wanted.every((one) => one.canvas && !one.isStale"
        " && !one.work && !one.missing.length) }"
    )


def forgive_originals(visit: Visit, gallery: Gallery) -> None:
    """The original of an opened picture is shown from where it lies."""
    beside = f"fetched: {gallery.pictures.as_uri()}/"
    visit.problems[:] = [problem for problem in visit.problems if not problem.startswith(beside)]


def place_of(visit: Visit, name: str) -> tuple[float, float]:
    """Where a picture is on the screen, in CSS pixels."""
    x, y = visit.page.evaluate(
        "(name) => { const { view } = mapControls, number = view.names.indexOf(name);"
        " const { x, y } = view.arrangement; return view.pixelsAt(x[number], y[number]) }",
        name,
    )
    box: Any = visit.page.locator("#map-view").bounding_box()
    return box["x"] + x, box["y"] + y


def painted(visit: Visit) -> Pixels:
    """The page as it is seen, a pixel a CSS pixel."""
    png = visit.page.screenshot(scale="css")
    return np.asarray(Image.open(BytesIO(png)).convert("RGB"), np.int16)


def colours(visit: Visit, shown: list[str]) -> dict[str, Any]:
    """What is painted where the middles of pictures lie, by their names."""
    visit.page.evaluate("mapControls.view.clusters = []; mapControls.view.draw()")
    settle(visit)
    pixels = painted(visit)
    places = {name: place_of(visit, name) for name in shown}
    return {name: pixels[int(y), int(x)] for name, (x, y) in places.items()}


def saved(visit: Visit, button: str) -> Path:
    with visit.page.expect_download() as download:
        visit.page.locator(button).click()
    return Path(download.value.path())


def names(gallery: Gallery) -> list[str]:
    made = PictureMap.load(gallery.made_of_it / "map" / "map.json")
    return [point.name for point in made.points]


def lasso(visit: Visit, left: float, top: float, right: float, bottom: float) -> None:
    """Draw a lasso around a rectangle of the screen."""
    page = visit.page
    page.locator("#map-lasso").click()
    page.mouse.move(left, top)
    page.mouse.down()
    for x, y in ((right, top), (right, bottom), (left, bottom), (left, top)):
        page.mouse.move(x, y, steps=3)
    page.mouse.up()


@on_both
@pytest.mark.parametrize(
    ("locale", "count", "title"),
    [
        ("en-US", f"Pictures: {COUNT}", "What the map distorts"),
        ("ja-JP", f"{COUNT} 枚", "地図の歪み"),
    ],
)
def test_it_is_shown_in_both_languages(
    mapped: Gallery, visits: Visits, device: dict[str, Any], locale: str, count: str, title: str
) -> None:
    page = opened(mapped, visits, **{**device, "locale": locale}).page
    expect(page.locator("h1")).to_have_text(NAME)
    expect(page.locator("#map-told")).to_have_text(count)
    expect(page.locator("#distortion h2")).to_have_text(title)
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= device["viewport"]["width"]


@on_both
@pytest.mark.parametrize("arrangement", ["free", "grid"])
def test_each_picture_is_painted_where_it_lies(
    mapped: Gallery, visits: Visits, device: dict[str, Any], arrangement: str
) -> None:
    visit = opened(mapped, visits, **device, color_scheme="dark")
    visit.page.locator("[name=arrangement]").select_option(arrangement)
    for name, colour in colours(visit, names(mapped)).items():
        assert colour.max() > 100, f"{name}: all pictures are brighter than the ground"


def test_zoomed_in_a_picture_is_seen_as_it_is(mapped: Gallery, visits: Visits) -> None:
    visit = opened(mapped, visits, **DESKTOP)
    visit.page.locator("[name=arrangement]").select_option("grid")
    for name in names(mapped)[::10]:
        visit.page.evaluate(
            "(name) => { const { view } = mapControls, number = view.names.indexOf(name);"
            " const { x, y } = view.arrangement; view.fitTo(x[number] - 0.2, y[number] - 0.2,"
            " x[number] + 0.2, y[number] + 0.2) }",
            name,
        )
        with Image.open(mapped.pictures / name) as picture:
            expected = picture.convert("RGB").getpixel((24, 18))
        found = colours(visit, [name])[name]
        assert np.abs(found - np.array(expected)).max() < 40, name


@pytest.mark.parametrize("arrangement", ["free", "grid"])
def test_a_lasso_saves_the_files_inside(mapped: Gallery, visits: Visits, arrangement: str) -> None:
    visit = opened(mapped, visits, **DESKTOP)
    page = visit.page
    page.locator("[name=arrangement]").select_option(arrangement)
    box: Any = page.locator("#map-view").bounding_box()
    middle = box["x"] + box["width"] / 2
    inside = {name for name in names(mapped) if place_of(visit, name)[0] < middle}
    assert 0 < len(inside) < COUNT
    lasso(visit, box["x"] + 2, box["y"] + 2, middle, box["y"] + box["height"] - 2)
    expect(page.locator("#map-told")).to_have_text(f"Chosen: {len(inside)} of {COUNT}")
    expect(page.locator("#grid-count")).to_have_text(f"Pictures: {len(inside)} of {COUNT}")
    assert set(saved(visit, "#map-save-names").read_text("utf-8").splitlines()) == inside
    with saved(visit, "#map-save-table").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["name"]: row["score"] for row in csv.DictReader(file)}
    assert set(rows) == inside
    for name, score in rows.items():
        assert score == (str(1 + number_in(name) % 5) if number_in(name) < SCORED else "")
    page.locator("#map-clear").click()
    expect(page.locator("#map-told")).to_have_text(f"Pictures: {COUNT}")


def test_what_is_searched_for_is_bright(mapped: Gallery, visits: Visits) -> None:
    visit = opened(mapped, visits, **DESKTOP)
    page = visit.page
    for name, value in {"look": "dots", "arrangement": "grid"}.items():
        page.locator(f"[name={name}]").select_option(value)
    page.locator("#grid-controls [name=text]").fill("day/")
    expect(page.locator("#map-told")).to_have_text(f"Chosen: {COUNT // 2} of {COUNT}")
    page.locator("#map-view").scroll_into_view_if_needed()
    for name, colour in colours(visit, names(mapped)).items():
        assert (colour.max() < 200) == name.startswith("day/"), name


def test_a_tag_colours_and_its_legend_chooses(mapped: Gallery, visits: Visits) -> None:
    visit = opened(mapped, visits, **DESKTOP)
    page = visit.page
    bird = animal(2)
    for name, value in {"look": "dots", "arrangement": "grid", "colour": f"tag:{bird}"}.items():
        page.locator(f"[name={name}]").select_option(value)
    found: dict[bool, set[tuple[int, ...]]] = {True: set(), False: set()}
    for name, colour in colours(visit, names(mapped)).items():
        found[animal(number_in(name)) == bird].add(tuple(colour))
    assert len(found[True]) == len(found[False]) == 1
    assert found[True] != found[False]
    page.get_by_role("button", name=bird).click()
    expect(page.locator("#map-told")).to_have_text(f"Chosen: {COUNT // 3} of {COUNT}")


@pytest.mark.parametrize("colour", ["cluster", "class:0", "number:0"])
def test_every_colouring_has_a_legend(mapped: Gallery, visits: Visits, colour: str) -> None:
    visit = opened(mapped, visits, **DESKTOP)
    visit.page.locator("[name=colour]").select_option(colour)
    legend = visit.page.locator("#map-range" if colour == "number:0" else "#map-legend")
    expect(legend).to_be_visible()
    text = legend.inner_text()
    for word in {"cluster": ["猫"], "class:0": ["day", "night"], "number:0": ["1", "5"]}[colour]:
        assert word in text


@on_both
def test_a_click_opens_a_picture_with_its_nearest(
    mapped: Gallery, visits: Visits, device: dict[str, Any]
) -> None:
    visit = opened(mapped, visits, **device)
    page = visit.page
    page.locator("[name=arrangement]").select_option("grid")
    settle(visit)
    name = names(mapped)[0]
    x, y = place_of(visit, name)
    if device is PHONE:
        page.touchscreen.tap(x, y)
    else:
        page.mouse.click(x, y)
    expect(page.get_by_role("dialog", name=name)).to_be_visible()
    near = page.locator("#opened-near figure")
    expect(near).to_have_count(10)
    expect(near.first).to_contain_text("similarity")
    page.keyboard.press("Escape")
    expect(page.locator("#map-view")).to_be_focused()
    forgive_originals(visit, mapped)


def test_the_keyboard_zooms_pans_and_opens(mapped: Gallery, visits: Visits) -> None:
    visit = opened(mapped, visits, **DESKTOP)
    page = visit.page
    page.locator("#map-view").focus()
    for key in ("+", "+", "ArrowLeft", "ArrowDown"):
        page.keyboard.press(key)
    zoom, (x, y) = page.evaluate("[mapControls.view.zoom, mapControls.view.middle]")
    assert (round(zoom, 6), x < 0, y > 0) == (2, True, True)
    page.keyboard.press("0")
    assert page.evaluate("mapControls.view.middle") == [0, 0]
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    forgive_originals(visit, mapped)


def test_two_fingers_zoom_and_one_pans(mapped: Gallery, visits: Visits) -> None:
    visit = opened(mapped, visits, **PHONE)
    page = visit.page
    box: Any = page.locator("#map-view").bounding_box()
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    client = page.context.new_cdp_session(page)

    def touch(kind: str, *places: tuple[float, float]) -> None:
        points = [{"x": x, "y": y, "id": n} for n, (x, y) in enumerate(places)]
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    x, y = middle
    touch("touchStart", (x - 40, y), (x + 40, y))
    for reach in (50, 60, 70, 80):
        touch("touchMove", (x - reach, y), (x + reach, y))
    touch("touchEnd")
    zoom, unmoved = page.evaluate("[mapControls.view.zoom, mapControls.view.middle]")
    assert zoom == pytest.approx(2, rel=0.05)
    touch("touchStart", (x, y))
    for by in (10, 20, 40):
        touch("touchMove", (x + by, y))
    touch("touchEnd")
    assert page.evaluate("mapControls.view.middle")[0] < unmoved[0] - 0.05
    assert not page.locator("#opened").is_visible()


@on_both
@pytest.mark.parametrize("name", ["index.html", "index.html#p0"])
def test_nothing_hinders_those_who_cannot_see_or_point(
    mapped: Gallery, visits: Visits, device: dict[str, Any], name: str
) -> None:
    visit = opened(mapped, visits, name, **device, bypass_csp=True)
    visit.page.locator("[name=colour]").select_option("cluster", force=True)
    found = Axe().run(visit.page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
    forgive_originals(visit, mapped)
