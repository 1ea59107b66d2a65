"""Boxes are corrected on the page as people do it: what is saved is what was drawn."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from pipeline.labels.boxes import Box
from pipeline.labels.importing import LabelImport
from pipeline.labels.record import Label
from tests.conftest import MakeOnce
from tests.faces.page.made_up import (
    DOUBTFUL,
    EARLIER,
    EYE,
    FIRST,
    HOSTILE,
    NAMES,
    PERSONS,
    SECOND,
    SIZE,
    TURNED,
    write_album,
)
from tests.report.browser import DESKTOP, PHONE, Visit, Visits

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

PAGE = "made/faces-page/index.html"
BEFORE = [EYE, EARLIER, Label(picture="corrected.png", kind="box", value="face", box=PERSONS)]
"""What people had said."""


@pytest.fixture(scope="session")
def album(make_once: MakeOnce) -> Path:
    return make_once("face-page", write_album)


def opened(album: Path, visits: Visits, picture: str = "", **options: Any) -> Visit:
    visit = visits(album, PAGE, **(options or DESKTOP))
    if picture:
        open_picture(visit, picture)
    return visit


def open_picture(visit: Visit, name: str) -> None:
    places = visit.page.evaluate("pictureGrid.grid.tiles.map(({ name }) => name)")
    visit.page.evaluate("number => { location.hash = `#p${number}` }", places.index(name))
    expect(visit.page.locator("#opened-name")).to_have_text(name)


def close(visit: Visit) -> None:
    visit.page.evaluate("document.getElementById('opened').close()")
    visit.until("() => location.hash === ''")


def saved(visit: Visit) -> list[Label]:
    """What the page downloads, imported as any file of labels is."""
    close(visit)
    with visit.page.expect_download() as download:
        visit.page.locator("#faces-save").click()
    assert download.value.suggested_filename == "labels.jsonl"
    path = Path(download.value.path())
    assert all(json.loads(line).get("by", "person") == "person" for line in path.open())
    labels = list(LabelImport([path], NAMES, sizes=dict.fromkeys(NAMES, SIZE)))
    return [replaced(label) for label in labels]


def replaced(label: Label) -> Label:
    """A label without the file that it came from."""
    return Label(
        picture=label.picture,
        kind=label.kind,
        value=label.value,
        box=label.box,
        weight=label.weight,
        by=label.by,
    )


def of(labels: Iterable[Label], picture: str, kind: str = "box") -> list[Any]:
    """The boxes of faces on a picture, or its scores."""
    about = (one for one in labels if one.picture == picture and one.kind == kind)
    found = [one for one in about if one.value != EYE.value]
    return [one.box if kind == "box" else (one.weight, one.box) for one in found]


def scale(visit: Visit) -> float:
    """CSS pixels of a pixel of the picture."""
    box: Any = visit.page.locator(".face-layer").bounding_box()
    return float(box["width"]) / SIZE[0]


def point(visit: Visit, x: float, y: float) -> tuple[float, float]:
    """Where on the screen a pixel of the picture is."""
    box: Any = visit.page.locator(".face-layer").bounding_box()
    return box["x"] + x * scale(visit), box["y"] + y * scale(visit)


def drag(visit: Visit, start: tuple[float, float], end: tuple[float, float]) -> None:
    """By mouse, from a pixel of the picture to another one."""
    mouse = visit.page.mouse
    mouse.move(*point(visit, *start))
    mouse.down()
    mouse.move(*point(visit, *((a + b) / 2 for a, b in zip(start, end, strict=True))))
    mouse.move(*point(visit, *end))
    mouse.up()


def moved(box: Box, x: float, y: float) -> Box:
    return box[0] + x, box[1] + y, box[2] + x, box[3] + y


def middle(box: Box) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def test_what_people_said_before_is_saved_again(album: Path, visits: Visits) -> None:
    visit = opened(album, visits)
    expect(visit.page.locator("#faces-progress")).to_have_text("2 of 5 corrected; 1 rated")
    labels = saved(visit)
    nothing = Label(picture="nothing.png", kind="box")
    assert sorted(labels, key=repr) == sorted([*BEFORE, nothing], key=repr)


def test_what_the_mouse_draws_moves_resizes_and_deletes_comes_back(
    album: Path, visits: Visits
) -> None:
    visit = opened(album, visits, "0.png")
    page = visit.page
    exact = 1 / scale(visit)  # the screen has no finer pixels
    drag(visit, middle(FIRST), middle(moved(FIRST, 30, -20)))
    page.locator("[data-box='1']").click()
    drag(visit, SECOND[2:], (SECOND[2] + 40, SECOND[3] - 10))
    drag(visit, (180, 200), (260, 310))
    page.keyboard.press("4")
    open_picture(visit, HOSTILE)
    page.locator("[data-box='0']").click()
    page.locator("#face-delete").click()
    open_picture(visit, TURNED)
    page.locator("#face-accept").click()
    expect(page.locator("#faces-progress")).to_have_text("5 of 5 corrected; 2 rated")
    labels = saved(visit)
    first, second, drawn = of(labels, "0.png")[:3]
    assert first == pytest.approx(moved(FIRST, 30, -20), abs=exact)
    assert second == pytest.approx((*SECOND[:2], SECOND[2] + 40, SECOND[3] - 10), abs=exact)
    assert drawn == pytest.approx((180, 200, 260, 310), abs=exact)
    assert of(labels, "0.png", "score") == [(4, drawn)]
    assert of(labels, HOSTILE) == of(labels, TURNED) == [None]
    assert EYE in labels and EARLIER in labels


def test_keys_alone_do_the_same_to_the_pixel(album: Path, visits: Visits) -> None:
    visit = opened(album, visits)
    page, press = visit.page, visit.press
    page.locator("#tiles").focus()
    press("Enter")
    press("Tab")
    press("Tab")
    expect(page.locator("[data-box='1']")).to_be_focused()
    for key in ("ArrowRight", "ArrowDown", "Control+ArrowRight", "Control+Shift+ArrowUp"):
        press(key)
    step = max(SIZE) / 200
    by = 1 + step
    nudged = (SECOND[0] + by, SECOND[1] + step, SECOND[2] + by, SECOND[3] + step - 1)
    press("2")
    press("n")
    press("5")
    press("Delete")
    press("n")
    press("Escape")
    visit.until("() => location.hash === ''")
    press("ArrowRight")
    press("Enter")
    expect(page.locator("#opened-name")).to_have_text(HOSTILE)
    press("x")
    press("a")
    expect(page.locator("#opened-name")).to_have_text(TURNED)
    press("3")
    labels = saved(visit)
    half = 0.1 * SIZE[1]
    new = (SIZE[0] / 2 - half, SIZE[1] / 2 - half, SIZE[0] / 2 + half, SIZE[1] / 2 + half)
    assert of(labels, "0.png") == [FIRST, pytest.approx(nudged), pytest.approx(new)]
    assert of(labels, "0.png", "score") == [(2, pytest.approx(nudged))]
    assert of(labels, HOSTILE) == [None]
    assert of(labels, TURNED, "score") == [(3, None)]
    assert of(labels, TURNED) == [], "a score does not say where faces are"


def test_changes_are_undone_and_redone_at_their_pictures(album: Path, visits: Visits) -> None:
    visit = opened(album, visits, "0.png")
    page = visit.page
    boxes = page.locator("[data-box]")
    page.locator("[data-box='0']").focus()
    for _ in range(5):
        visit.press("ArrowRight")
    visit.press("Delete")
    expect(boxes).to_have_count(1)
    boxes.focus()
    open_picture(visit, HOSTILE)
    visit.press("x")
    expect(boxes).to_have_count(0)
    visit.press("Control+z")
    expect(boxes).to_have_count(1)
    visit.press("z")
    expect(page.locator("#opened-name")).to_have_text("0.png")
    expect(boxes).to_have_count(2)
    visit.press("z")
    expect(page.locator("#face-undo")).to_be_disabled()
    expect(page.locator(".suggested")).to_have_count(2)
    assert of(saved(visit), "0.png") == []
    open_picture(visit, "0.png")
    for _ in range(3):
        page.locator("#face-redo").click()
    expect(page.locator("#face-redo")).to_be_disabled()
    labels = saved(visit)
    assert of(labels, "0.png") == [SECOND]
    assert of(labels, HOSTILE) == [None]


def test_a_reload_loses_nothing(album: Path, visits: Visits) -> None:
    visit = opened(album, visits, "0.png")
    drag(visit, (180, 200), (260, 310))
    visit.press("1")
    progress = visit.page.locator("#faces-progress")
    expect(progress).to_have_text("3 of 5 corrected; 2 rated")
    before = saved(visit)
    expect(visit.page.locator("#faces-unkept")).to_be_hidden()
    open_picture(visit, "0.png")
    visit.page.wait_for_timeout(300)  # Chromium forgets what was written just before a reload
    visit.page.reload()
    expect(progress).to_have_text("3 of 5 corrected; 2 rated")
    expect(visit.page.locator("[data-box]")).to_have_count(3)
    assert saved(visit) == before


def test_it_is_told_where_nothing_is_kept(album: Path, visits: Visits) -> None:
    visit = opened(album, visits)
    deny = "Storage.prototype.setItem = () => { throw new DOMException('full') }"
    visit.page.add_init_script(deny)
    visit.page.reload()
    open_picture(visit, HOSTILE)
    visit.press("x")
    close(visit)
    expect(visit.page.locator("#faces-unkept")).to_be_visible()


def test_a_finger_draws_on_a_picture_that_is_turned_upright(album: Path, visits: Visits) -> None:
    visit = opened(album, visits, TURNED, **PHONE)
    size = "image => [image.naturalWidth, image.naturalHeight]"
    assert visit.page.locator("#opened-image").evaluate(size) == [*SIZE]
    touch = visit.page.context.new_cdp_session(visit.page)
    path = [point(visit, *corner) for corner in ((50, 60), (90, 120), (150, 200))]
    for kind, at in zip(("touchStart", "touchMove", "touchMove"), path, strict=True):
        points = [{"x": at[0], "y": at[1]}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(visit.page.locator("[data-box]")).to_have_count(1)
    exact = 1 / scale(visit)
    assert of(saved(visit), TURNED) == [pytest.approx((50, 60, 150, 200), abs=exact)]


def test_the_slider_shows_what_is_less_probable(album: Path, visits: Visits) -> None:
    visit = opened(album, visits)
    for least, count in (("0.1", 3), ("0.55", 2), ("0.8", 1)):
        close(visit)
        visit.page.locator("#faces-threshold").fill(least)
        open_picture(visit, "0.png")
        expect(visit.page.locator("[data-box]")).to_have_count(count)
    visit.press("a")
    expect(visit.page.locator("#opened-name")).to_have_text(HOSTILE)
    assert of(saved(visit), "0.png") == [FIRST]
    assert DOUBTFUL not in of(saved(visit), "0.png")


@pytest.mark.parametrize(
    ("device", "scheme", "locale"), [(DESKTOP, "dark", "ja-JP"), (PHONE, "light", "en-US")]
)
def test_everybody_can_use_it(
    album: Path, visits: Visits, device: dict[str, Any], scheme: str, locale: str
) -> None:
    visit = opened(album, visits, **device, color_scheme=scheme, locale=locale, bypass_csp=True)
    for name in ("", HOSTILE):
        if name:
            open_picture(visit, name)
            visit.page.locator("[data-box='0']").focus()
        visit.until("() => document.getAnimations().length === 0")
        violations = Axe().run(visit.page).response["violations"]
        assert [(v["id"], [n["target"] for n in v["nodes"]]) for v in violations] == []
        width = visit.page.evaluate("document.documentElement.scrollWidth")
        assert width <= device["viewport"]["width"], "nothing sticks out"
