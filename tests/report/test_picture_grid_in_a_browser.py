"""The grid of pictures as people see and use it, on a desk and on a phone."""

import csv
import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Locator, expect

from pipeline.report.picture_grid import Line, PictureGrid, Tile
from pipeline.report.tile_sheets import Sheets
from tests.conftest import MakeOnce
from tests.report import made_up_grid
from tests.report.browser import DESKTOP, PHONE, Visit, Visits, for_everybody
from tests.report.made_up_grid import COUNT, GREEN, RED

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

_BOTH = pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=["desktop", "phone"])
_MANY = 20_000


@pytest.fixture(scope="session")
def report(make_once: MakeOnce) -> Path:
    def fill(folder: Path) -> None:
        made_up_grid.write_page(folder, made_up_grid.ordinary(folder))

    return make_once("grid", fill)


@pytest.fixture(scope="session")
def large(make_once: MakeOnce) -> Path:
    def fill(folder: Path) -> None:
        made_up_grid.write_page(folder, made_up_grid.many(folder, _MANY))

    return make_once("large-grid", fill)


def option(visit: Visit, place: int) -> Locator:
    """The tile at a place in the order, from 0."""
    return visit.page.locator(f"#tiles [aria-posinset='{place + 1}']")


def captions(visit: Visit, count: int) -> list[str]:
    """What is below the first tiles, in their order."""
    return [option(visit, place).locator("bdi").inner_text() for place in range(count)]


def assert_colour(visit: Visit, element: Locator, colour: tuple[int, int, int]) -> None:
    """Wait until the picture at the top of an element is painted in a colour."""
    painted = None
    for _ in range(50):
        box: Any = element.bounding_box()  # which moves as long as the page scrolls
        x, y = round(box["x"] + box["width"] / 2), round(box["y"] + box["width"] / 3)
        image = Image.open(BytesIO(visit.page.screenshot(scale="css"))).convert("RGB")
        if x < image.width and y < image.height:
            painted = np.asarray(image, np.int16)[y, x]
            if np.abs(painted - colour).max() < 12:
                return
    pytest.fail(f"{painted} instead of {colour}")


def settle(visit: Visit) -> None:
    """Wait until what was done has been painted."""
    visit.page.evaluate(
        "() => new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)))"
    )


def choose(visit: Visit, **values: str) -> None:
    """Set the controls of these names."""
    for name, value in values.items():
        control = visit.page.locator(f"#grid-controls [name={name}]")
        if control.evaluate("e => e.tagName") == "SELECT":
            control.select_option(value)
        else:
            control.fill(value)


@_BOTH
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_each_picture_is_drawn_at_its_tile(
    visits: Visits, report: Path, device: dict[str, Any], scheme: str
) -> None:
    visit = visits(report, **device, color_scheme=scheme)
    page = visit.page
    expect(page.locator("#grid-count")).to_have_text("Pictures: 100")
    page.locator("#tiles").scroll_into_view_if_needed()
    settle(visit)
    for place in range(4):
        assert_colour(visit, option(visit, place), (RED, GREEN)[place % 2])
    box: Any = option(visit, 0).bounding_box()
    page.locator("#tiles").focus()
    visit.press("End")
    settle(visit)
    last: Any = option(visit, COUNT - 1).bounding_box()
    assert_colour(visit, option(visit, COUNT - 1), (RED, GREEN)[(COUNT - 1) % 2])
    assert (
        last["width"] == box["width"] and last["x"] + last["width"] <= device["viewport"]["width"]
    )
    at_end = page.locator("#tiles").evaluate("t => [t.scrollTop + t.clientHeight, t.scrollHeight]")
    assert at_end[1] - at_end[0] < 2, "nothing lies below the last row"


def test_pictures_are_drawn_for_the_pixels_of_the_screen(visits: Visits, report: Path) -> None:
    visit = visits(report, **DESKTOP, device_scale_factor=2)
    settle(visit)
    wide, shown = visit.page.locator("#tile-canvas").evaluate("c => [c.width, c.clientWidth]")
    assert wide == 2 * shown
    assert_colour(visit, option(visit, 1), GREEN)


def test_a_narrower_page_has_fewer_columns_and_stays_at_its_place(
    visits: Visits, report: Path
) -> None:
    visit = visits(report, **DESKTOP)
    page = visit.page
    at_top = (
        "() => { const box = document.getElementById('tiles').getBoundingClientRect();"
        " return Number(document.elementFromPoint(box.x + 60, box.y + 60).dataset.place) }"
    )
    page.locator("#tiles").evaluate("t => { t.scrollTop = 500 }")
    settle(visit)
    before = page.evaluate(at_top)
    assert before > 0
    page.set_viewport_size({"width": 500, "height": 800})
    settle(visit)
    assert 0 <= before - page.evaluate(at_top) < 4, "there are four in a row"
    assert_colour(visit, option(visit, before), (RED, GREEN)[before % 2])


@_BOTH
def test_facts_sort_the_pictures(visits: Visits, report: Path, device: dict[str, Any]) -> None:
    visit = visits(report, **device)
    choose(visit, sort="0")
    assert captions(visit, 3) == ["ネコチャンと言い張る", "027.png", "054.png"]
    assert option(visit, 1).locator("small").inner_text() == "0.99"
    choose(visit, order="ascending")
    assert captions(visit, 3) == ["000.png", "073.png", "046.png"]
    visit.page.locator("#tiles").focus()
    visit.press("End")
    expect(option(visit, COUNT - 1).locator("bdi")).to_have_text("099.png")
    assert option(visit, COUNT - 1).locator("small").count() == 0, "it has no number, so it is last"
    choose(visit, sort="-1")
    assert captions(visit, 2) == ["000.png", "001.png"]


_FILTERS: list[tuple[dict[str, str], list[str]]] = [
    ({"text": "ﾈｺﾁｬﾝ"}, ["ネコチャンと言い張る"]),  # in half width
    ({"text": "cAT"}, ["ネコチャンと言い張る"]),  # a tag in full width
    ({"text": "SO TO SAY"}, ["わん"]),  # in the name
    ({"text": "07"}, ["007.png", *(f"07{n}.png" for n in range(10))]),
    ({"flag": "copied"}, ["ネコチャンと言い張る", "わん"]),
    ({"flag": "person"}, ["ネコチャンと言い張る"]),
    ({"fact": "0", "low": "0.99"}, ["ネコチャンと言い張る", "027.png"]),
    ({"fact": "0", "high": "0.01"}, ["000.png", "073.png"]),
    ({"fact": "1", "low": "2", "high": "4"}, ["002.png", "ネコチャンと言い張る", "004.png"]),
    ({"flag": "copied", "sort": "0", "order": "ascending"}, ["わん", "ネコチャンと言い張る"]),
]


@_BOTH
def test_filters_leave_what_matches(visits: Visits, report: Path, device: dict[str, Any]) -> None:
    visit = visits(report, **device)
    for controls, found in _FILTERS:
        visit.page.get_by_role("button", name="Show all").click()
        expect(visit.page.locator("#grid-count")).to_have_text("Pictures: 100")
        choose(visit, **controls)
        expect(visit.page.locator("#grid-count")).to_have_text(f"Pictures: {len(found)} of 100")
        assert captions(visit, len(found)) == found
        assert visit.page.locator("#tiles [role=option]").count() == len(found)


def test_nothing_found_is_said_and_undone(visits: Visits, report: Path) -> None:
    visit = visits(report, **DESKTOP)
    page = visit.page
    choose(visit, text="nowhere", low="1")
    expect(page.locator("#grid-empty")).to_be_visible()
    expect(page.locator("#tiles")).to_be_hidden()
    expect(page.locator("#grid-csv")).to_be_disabled()
    page.get_by_role("button", name="Show all").click()
    expect(page.locator("#grid-count")).to_have_text("Pictures: 100")
    settle(visit)
    assert_colour(visit, option(visit, 1), GREEN)


@_BOTH
def test_keys_go_through_the_grid(visits: Visits, report: Path, device: dict[str, Any]) -> None:
    visit = visits(report, **device)
    page = visit.page
    tiles = page.locator("#tiles")
    page.locator("#grid-json").focus()
    visit.press("Tab")
    expect(tiles).to_be_focused()
    active = "() => document.getElementById(document.getElementById('tiles')"
    active += ".getAttribute('aria-activedescendant')).dataset.place"
    columns = page.evaluate(
        "() => { const [first] = document.querySelectorAll('[role=option]');"
        " return [...document.querySelectorAll('[role=option]')]"
        ".filter((o) => o.offsetTop === first.offsetTop).length }"
    )
    rows = tiles.evaluate(
        "t => Math.floor(t.clientHeight / (t.querySelectorAll('[role=option]')"
        f"[{columns}].offsetTop - t.querySelector('[role=option]').offsetTop))"
    )
    for key, place in [
        ("ArrowRight", 1),
        ("ArrowDown", 1 + columns),
        ("ArrowLeft", columns),
        ("ArrowUp", 0),
        ("ArrowUp", 0),
        ("PageDown", rows * columns),
        ("End", COUNT - 1),
        ("ArrowDown", COUNT - 1),
        ("PageUp", COUNT - 1 - rows * columns),
        ("Home", 0),
    ]:
        visit.press(key)
        assert int(page.evaluate(active)) == place
        expect(option(visit, place)).to_be_in_viewport()
        expect(option(visit, place)).to_have_attribute("aria-selected", "true")
        outline = option(visit, place).evaluate("o => getComputedStyle(o).outlineWidth")
        assert outline == "3px", "which one it is can be seen"
    visit.press("Tab")
    expect(tiles).not_to_be_focused()


def test_the_active_picture_stays_when_others_are_scrolled_to(visits: Visits, large: Path) -> None:
    visit = visits(large, **DESKTOP)
    tiles = visit.page.locator("#tiles")
    tiles.focus()
    visit.press("ArrowRight")
    tiles.evaluate("t => { t.scrollTop = 90_000 }")
    settle(visit)
    assert option(visit, 1).count() == 1, "so that aria-activedescendant names something"
    visit.press("ArrowRight")
    expect(option(visit, 2)).to_be_in_viewport()


@_BOTH
def test_a_picture_opens_with_all_that_is_known(
    visits: Visits, report: Path, device: dict[str, Any]
) -> None:
    visit = visits(report, **device)
    page = visit.page
    if device is PHONE:
        option(visit, 3).tap()
    else:
        option(visit, 3).click()
    dialog = page.get_by_role("dialog", name="猫.png")
    expect(dialog).to_be_visible()
    assert page.evaluate("location.hash") == "#p3"
    expect(page.locator("#opened-place")).to_have_text("4 of 100")
    rows = page.locator("#opened-lines tbody tr")
    assert [row.split() for row in rows.all_inner_texts()] == [
        ["ネコチャンと言い張る", "by", "a", "person", "1.25"],
        ["<img", "src=x", "onerror=alert(1)>", "copied", "–"],
    ]
    assert page.locator("#opened-facts").inner_text().split() == ["humour", "1.00", "rank", "3"]
    expect(page.locator("#opened-flags")).to_have_text("new")
    expect(page.locator("#opened-tags")).to_have_text("動物 · Ｃａｔ")
    expect(page.locator("#opened-image")).to_be_visible()
    assert page.locator("#opened-image").evaluate("i => i.naturalWidth") == 600
    expect(page.locator("#opened-evidence img")).to_be_visible()
    near = page.locator("#opened-near figure")
    expect(near).to_have_count(2)
    expect(near.first).to_contain_text("training.png · similarity 93 %")
    expect(near.first.locator("li").last).to_have_text("… and 2 more")
    box: Any = dialog.bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= device["viewport"]["width"]
    rows.first.locator("bdi").dblclick()
    assert page.evaluate("String(getSelection()).trim()") in "ネコチャンと言い張る", (
        "it can be copied"
    )


@_BOTH
def test_without_an_original_the_tile_is_shown(
    visits: Visits, report: Path, device: dict[str, Any]
) -> None:
    visit = visits(report, "report.html#p1", **device)
    settle(visit)
    expect(visit.page.locator("#opened-image")).to_be_hidden()
    assert_colour(visit, visit.page.locator("#opened-picture"), GREEN)
    for part in ("#opened-lines", "#opened-near", "#opened-evidence"):
        expect(visit.page.locator(part)).to_be_hidden()


def test_a_bare_grid_works_even_without_its_files(visits: Visits, tmp_path: Path) -> None:
    grid = PictureGrid(Sheets(128, 4, [(128, 128)]), [Tile("gone.png", "./gone.png")])
    visit = visits(made_up_grid.write_page(tmp_path, grid), "report.html#p0", **DESKTOP)
    settle(visit)
    expect(visit.page.get_by_role("dialog", name="gone.png")).to_be_visible()
    expect(visit.page.locator("#opened-image")).to_be_hidden()
    visit.press("Escape")
    expect(option(visit, 0)).to_have_text("gone.png")
    for name in ("flag", "sort", "order", "fact", "low", "high"):
        expect(visit.page.locator(f"[name={name}]")).to_be_hidden()
    assert len(visit.problems) == 2 and all("ERR_FILE_NOT_FOUND" in p for p in visit.problems)
    visit.problems.clear()


def test_a_text_without_a_space_leaves_room_for_its_scores(visits: Visits, tmp_path: Path) -> None:
    grid = made_up_grid.ordinary(tmp_path)
    grid.tiles[0] = Tile("a.png", lines=[Line("w" * 2000, [0.25])])
    visit = visits(made_up_grid.write_page(tmp_path, grid), "report.html#p0", **DESKTOP)
    settle(visit)
    dialog: Any = visit.page.get_by_role("dialog", name="a.png").bounding_box()
    score: Any = visit.page.get_by_role("cell", name="0.25").bounding_box()
    assert score["x"] + score["width"] <= dialog["x"] + dialog["width"]


@_BOTH
def test_an_open_picture_leads_to_the_next_and_back(
    visits: Visits, report: Path, device: dict[str, Any]
) -> None:
    visit = visits(report, **device)
    page = visit.page
    choose(visit, sort="0")
    name = page.locator("#opened-name")
    page.locator("#tiles").focus()
    visit.press("Enter")
    expect(name).to_have_text("猫.png")
    expect(page.locator("#opened-before")).to_be_disabled()
    visit.press("ArrowLeft")
    expect(name).to_have_text("猫.png")
    visit.press("ArrowRight")
    expect(name).to_have_text("027.png")
    page.locator("#opened-after").click()
    expect(name).to_have_text("054.png")
    page.locator("#opened-before").click()
    expect(name).to_have_text("027.png")
    assert page.evaluate("location.hash") == "#p27"
    visit.press("Escape")
    expect(page.locator("#opened")).to_be_hidden()
    expect(page.locator("#tiles")).to_be_focused()
    expect(option(visit, 1)).to_have_attribute("aria-selected", "true")
    visit.until("() => location.hash === ''")
    visit.press(" ")
    expect(name).to_have_text("027.png")
    page.locator("#opened-close").click()
    expect(page.locator("#opened")).to_be_hidden()


def test_going_back_closes_the_picture(visits: Visits, report: Path) -> None:
    visit = visits(report, **DESKTOP)
    page = visit.page
    option(visit, 7).click()
    expect(page.locator("#opened-name")).to_have_text("007.png")
    visit.press("ArrowRight")
    expect(page.locator("#opened-name")).to_have_text("008.png")
    page.go_back()
    expect(page.locator("#opened")).to_be_hidden()
    expect(page.locator("#tiles")).to_be_focused()
    page.go_forward()
    expect(page.locator("#opened-name")).to_have_text("008.png")
    visit.press("Escape")
    visit.until("() => location.hash === ''")


def test_addresses_of_pictures_open_them(visits: Visits, report: Path) -> None:
    visit = visits(report, "report.html#p64", **DESKTOP)
    page = visit.page
    expect(page.locator("#opened-name")).to_have_text("064.png")
    page.evaluate("location.hash = '#p3'")
    expect(page.locator("#opened-name")).to_have_text("猫.png")
    page.get_by_role("button", name="training.png").click()
    expect(page.locator("#opened-name")).to_have_text("training.png")
    expect(page.locator("#opened-place")).to_be_hidden()
    expect(page.locator("#opened-after")).to_be_disabled()
    page.evaluate("location.hash = '#p3'")
    expect(page.locator("#opened-name")).to_have_text("猫.png")
    visit.press("Escape")
    expect(page.locator("#opened")).to_be_hidden()
    visit.until("() => location.hash === ''")
    page.evaluate("location.hash = '#p999'")
    expect(page.locator("#opened")).to_be_hidden()


def test_the_list_is_saved_as_it_is_shown(visits: Visits, report: Path, tmp_path: Path) -> None:
    visit = visits(report, **DESKTOP)
    choose(visit, sort="1", flag="copied")
    with visit.page.expect_download() as download:
        visit.page.locator("#grid-csv").click()
    assert download.value.suggested_filename == "jokes.csv"
    download.value.save_as(tmp_path / "jokes.csv")
    with (tmp_path / "jokes.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows == [
        ["name", "humour", "rank"],
        ["dog, “so to say”.png", "0.5", "5"],
        ["猫.png", "0.995", "3"],
    ]
    with visit.page.expect_download() as download:
        visit.page.locator("#grid-json").click()
    assert download.value.suggested_filename == "jokes.json"
    download.value.save_as(tmp_path / "jokes.json")
    tiles = json.loads((tmp_path / "jokes.json").read_bytes())
    assert [(tile["name"], tile["humour"], tile["rank"]) for tile in tiles] == [
        ("dog, “so to say”.png", 0.5, 5),
        ("猫.png", 0.995, 3),
    ]
    assert any("copied" in line["flags"] and line["text"] for line in tiles[0]["lines"])
    option(visit, 0).click()
    expect(visit.page.locator("#opened-place")).to_have_text("1 of 2, sorted by rank")


@_BOTH
def test_of_twenty_thousand_only_those_in_view_are_drawn(
    visits: Visits, large: Path, device: dict[str, Any]
) -> None:
    visit = visits(large, **device)
    page = visit.page
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    expect(page.locator("#grid-count")).to_have_text("Pictures: 20,000")
    drawn = page.evaluate(_SCROLL)
    box: Any = page.locator("#tiles").bounding_box()
    tile: Any = page.locator("#tiles [role=option]").first.bounding_box()
    columns = int(box["width"] / tile["width"])
    in_view = columns * (box["height"] / tile["height"] + 4)  # and a row above and below
    assert 0 < drawn["pictures"] <= in_view
    assert 0 < drawn["options"] <= in_view + 1
    assert len(requests) < _MANY // 16 // 2, "sheets that were jumped over are not loaded"
    choose(visit, sort="0")
    page.locator("#tiles").focus()
    visit.press("End")
    settle(visit)
    (place,) = [n for n in range(_MANY) if n * 7919 % _MANY == 0]
    expect(option(visit, _MANY - 1).locator("bdi")).to_have_text(f"0 of {place}")
    assert_colour(visit, option(visit, _MANY - 1), (RED, GREEN)[place % 2])


_SCROLL = """() => new Promise((resolve) => {
  const tiles = document.getElementById("tiles"), step = tiles.scrollHeight / 30;
  const prototype = CanvasRenderingContext2D.prototype, { drawImage } = prototype;
  const most = { pictures: 0, options: 0 };
  let pictures = 0, frames = 0;
  prototype.drawImage = function (...values) {
    if (this.canvas.id === "tile-canvas") pictures += 1;
    return drawImage.apply(this, values);
  };
  requestAnimationFrame(function count() {
    const options = tiles.querySelectorAll("[role=option]").length;
    most.pictures = Math.max(most.pictures, pictures);
    most.options = Math.max(most.options, options);
    pictures = 0;
    frames += 1;
    tiles.scrollTop += frames % 3 ? 40 : step;
    if (frames < 90) requestAnimationFrame(count);
    else resolve(most);
  });
})"""


def test_without_scripts_only_the_table_is_shown(visits: Visits, report: Path) -> None:
    page = visits(report, **DESKTOP, java_script_enabled=False).page
    expect(page.get_by_role("row")).to_have_count(1 + COUNT)
    expect(page.locator("#tiles")).to_be_hidden()
    expect(page.locator("#grid-controls")).to_be_hidden()


def test_the_language_changes_everything(visits: Visits, report: Path) -> None:
    visit = visits(report, "report.html#p3", **DESKTOP)
    page = visit.page
    visit.press("Escape")
    page.locator("[data-language=ja]").click()
    expect(page.locator("#grid-count")).to_have_text("100 枚")
    expect(page.locator("[name=sort] option").nth(1)).to_have_text("面白さ")
    expect(page.locator("[name=text]")).to_have_attribute("placeholder", "名前とテキストを検索")
    option(visit, 3).click()
    expect(page.locator("#opened-place")).to_have_text("100 枚中 4 枚目")
    expect(page.locator("#opened-near h4")).to_have_text("最も近い学習画像")
    expect(page.locator("#opened-lines th").last).to_have_text("相互情報量")


@for_everybody
def test_everybody_can_use_it(
    visits: Visits, report: Path, device: dict[str, Any], scheme: str, locale: str
) -> None:
    visit = visits(report, **device, color_scheme=scheme, locale=locale, bypass_csp=True)
    page = visit.page
    steps: list[Callable[[], None]] = [
        lambda: None,
        lambda: choose(visit, sort="0", text="0"),
        lambda: page.locator("#tiles").focus(),
        lambda: page.evaluate("location.hash = '#p3'"),
        lambda: visit.press("Escape"),
        lambda: choose(visit, text="nowhere"),
    ]
    for step in steps:
        step()
        settle(visit)
        violations = Axe().run(page).response["violations"]
        assert [(v["id"], [n["target"] for n in v["nodes"]]) for v in violations] == []
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= device["viewport"]["width"], "nothing sticks out"
