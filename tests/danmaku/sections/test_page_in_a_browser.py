"""The page as people see and use it, on a desk and on a phone."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.danmaku.sections import made_up
from tests.report.browser import DESKTOP, PHONE, Visit, Visits, changed, extent

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

_BOTH = pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=["desktop", "phone"])
_TEXTS = [comment.text for comment in made_up.ordinary().comments]


@pytest.fixture
def visits(visits: Visits) -> Visits:
    """Pages on which viewers' comments are shown as well, as they are not at first."""

    def visit(folder: Path, name: str = "report.html", **options: Any) -> Visit:
        opened = visits(folder, name, **options)
        if opened.page.locator("#viewers[aria-pressed=false]:visible").count():
            opened.press("v")
        return opened

    return visit


def _bare(visit: Visit) -> Any:
    """The picture without comments; they are shown again afterwards."""
    visit.press("g")
    visit.press("v")
    pixels = visit.stage()
    visit.press("g")
    visit.press("v")
    return pixels


@_BOTH
def test_comments_are_drawn_where_the_video_would_have_them(
    visits: Visits, report: Path, device: dict[str, Any]
) -> None:
    visit = visits(report, **device)
    width, height = made_up.STAGE
    moving = made_up.ordinary().comments[0].drawn
    assert moving
    lefts = []
    for time in (0.9, 1.2):
        visit.seek(time)
        bare = _bare(visit)
        visit.press("v")  # one comment is left
        drawn = changed(bare, visit.stage())
        visit.press("v")
        left, top, right, bottom = extent(drawn)
        x = moving.x - moving.speed * (time - moving.start)
        assert left == pytest.approx(x / width, abs=0.015)
        assert right == pytest.approx((x + moving.width) / width, abs=0.015)
        assert (
            top >= 0 and bottom <= (moving.y + made_up.SHAPES[moving.shape].height) / height + 0.01
        )
        lefts.append(left)
    assert lefts[0] - lefts[1] == pytest.approx(0.3 * moving.speed / width, abs=0.008)
    orange = visit.stage()[drawn]
    assert (np.abs(orange - (255, 170, 60)).max(axis=1) < 30).any(), "the model's are marked"

    visit.seek(4.0)  # "かわいい" stands at 500 px, red unless marked
    bare = _bare(visit)
    visit.press("v")
    left, top, right, bottom = extent(changed(bare, visit.stage()))
    assert (left + right) / 2 == pytest.approx(0.5, abs=0.01)
    assert 500 / height - 0.01 <= top and bottom <= 595.5 / height + 0.01
    visit.page.locator("#coloured").click()
    red = visit.stage() - bare
    assert (red[..., 0] - red[..., 1] > 60).any()


@_BOTH
def test_at_first_only_the_models_comments_are_shown(
    chromium: Browser, report: Path, device: dict[str, Any]
) -> None:
    page = chromium.new_page(**device)
    page.goto(f"{report.as_uri()}/report.html")
    expect(page.locator("#generated")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#viewers")).to_have_attribute("aria-pressed", "false")
    expect(page.locator("#count")).to_have_text("2")
    page.evaluate("location.hash = '#c7'")
    expect(page.locator("#chosen-text")).to_have_text("おつ")
    expect(page.locator("#viewers")).to_have_attribute("aria-pressed", "true")
    page.close()


def test_comments_can_be_paler_smaller_and_fewer(visits: Visits, report: Path) -> None:
    visit = visits(report, **DESKTOP)
    page = visit.page
    visit.seek(4.0)
    bare = _bare(visit)
    everything = changed(bare, visit.stage()).sum()
    page.locator("#tune").click()
    inked = {}
    for name, share in {"opacity": "0.2", "size": "0.5", "density": "0.1"}.items():
        page.locator(f"#tune-{name}").fill(share)
        inked[name] = changed(bare, visit.stage()).sum()
        page.locator(f"#tune-{name}").fill("1")
    assert inked["opacity"] < everything / 2
    assert 0 < inked["size"] < everything / 2
    assert inked["density"] < everything
    assert changed(bare, visit.stage()).sum() == everything
    page.locator("#tune-size").fill("0.5")
    page.reload()
    expect(page.locator("#tune-size")).to_have_value("0.5")


def test_words_that_nobody_wants_to_read_are_hidden(visits: Visits, report: Path) -> None:
    visit = visits(report, **DESKTOP)
    page = visit.page
    page.locator("#tune").click()
    page.locator("#unwanted").fill("かわいい, ＴＷＯ")
    expect(page.locator("#count")).to_have_text("6")
    assert not {"かわいい", "チノちゃんかわいい", "two lines"} & set(visit.rows())


def test_a_stretch_can_be_looped(visits: Visits, report: Path) -> None:
    visit = visits(report, **DESKTOP)
    page, loop = visit.page, visit.page.locator("#loop")
    visit.seek(2.0)
    visit.press("l")
    expect(loop).to_have_attribute("aria-label", "Loop up to here")
    visit.seek(2.5)
    loop.click()
    expect(page.locator("#stretch")).to_be_visible()
    visit.press("k")
    visit.until("() => document.getElementById('video').currentTime < 2.3")
    assert 1.9 < visit.time < 2.7
    visit.press("l")
    expect(page.locator("#stretch")).to_be_hidden()
    expect(loop).to_have_attribute("aria-label", "Loop from here")


def test_the_seek_bar_shows_the_picture_of_a_time(visits: Visits, report: Path) -> None:
    visit = visits(report, **DESKTOP)
    preview = visit.page.locator("#preview")
    expect(preview).to_be_hidden()
    density = visit.page.locator("#density")
    box: Any = density.bounding_box()
    density.hover(position={"x": 0.6 * box["width"], "y": 5})
    expect(preview).to_contain_text("0:03")
    expect(preview.locator("canvas")).to_have_attribute("width", "160")
    visit.page.locator("#filter").hover()
    expect(preview).to_be_hidden()


@_BOTH
def test_the_video_plays_and_pauses(visits: Visits, report: Path, device: dict[str, Any]) -> None:
    visit = visits(report, **device)
    visit.page.locator("#start").click()
    visit.until("() => document.getElementById('video').currentTime > 0.3")
    visit.page.locator("#play").click()
    assert visit.page.locator("#video").evaluate("v => v.paused")


@_BOTH
def test_each_kind_of_comment_can_be_switched_off(
    visits: Visits, report: Path, device: dict[str, Any]
) -> None:
    visit = visits(report, **device)
    page = visit.page
    assert visit.rows() == [text.replace("\n", " ") for text in _TEXTS]
    visit.seek(1.8)
    everything, bare = visit.stage(), _bare(visit)
    page.locator("#viewers").click()
    models = visit.stage()
    assert visit.rows() == ["チノちゃんかわいい", "かわいい"]
    page.locator("#viewers").click()
    page.locator("#generated").click()
    viewers = visit.stage()
    assert len(visit.rows()) == len(_TEXTS) - 2
    assert changed(bare, models).any() and changed(bare, viewers).any()
    top = slice(0, round(0.09 * bare.shape[0]))
    assert not changed(bare, viewers)[top].any(), "only the model's comment is at the top"
    assert not changed(everything, viewers)[round(0.15 * bare.shape[0]) :].any()


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


@_BOTH
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
    assert changed(visit.stage(), _bare(visit)).any()


@_BOTH
def test_the_curve_counts_comments_and_leads_to_times(
    visits: Visits, report: Path, device: dict[str, Any]
) -> None:
    visit = visits(report, **device)
    density = visit.page.locator("#density")
    ends = density.locator("path.viewers").get_attribute("d")
    assert ends and ends.endswith("L240 0.000L240 0Z"), "one behind the end counts for nothing"
    box: Any = density.bounding_box()
    density.click(position={"x": box["width"] / 2, "y": 10})
    visit.settle()
    assert visit.time == pytest.approx(made_up.SECONDS / 2, abs=0.05)
    value = visit.page.locator("#seek").get_attribute("aria-valuetext")
    assert value is not None and value.endswith("of 0:06")


def test_runs_of_a_chosen_tag_lead_to_their_start(visits: Visits, report: Path) -> None:
    visit = visits(report)
    runs = visit.page.locator("#tag-runs button")
    assert [run.get_attribute("title") for run in runs.all()] == [
        "0:01.0 – 0:02.0",
        "0:04.0 – 0:05.5",
    ]
    lane: Any = visit.page.locator("#tag-runs").bounding_box()
    box: Any = runs.nth(1).bounding_box()
    assert (box["x"] - lane["x"]) / lane["width"] == pytest.approx(4 / made_up.SECONDS, abs=0.01)
    assert box["width"] / lane["width"] == pytest.approx(1.5 / made_up.SECONDS, abs=0.01)
    visit.page.locator("#tag").select_option("<b>夜</b>")
    runs.click()
    visit.settle()
    assert visit.time == pytest.approx(3.0, abs=0.05)


@_BOTH
def test_a_click_on_the_picture_chooses_a_comment_or_plays(
    visits: Visits, report: Path, device: dict[str, Any]
) -> None:
    visit = visits(report, **device)
    page = visit.page
    visit.seek(made_up.SECONDS / 2)
    stage: Any = page.locator("#stage").bounding_box()
    page.locator("#overlay").click(  # on "two lines", which is at 700 px by now
        position={"x": 0.85 * stage["width"], "y": 0.7 * stage["height"]}
    )
    expect(page.locator("#chosen-text")).to_have_text("two\nlines")
    assert page.locator("#video").evaluate("v => v.paused")
    page.locator("#overlay").click(position={"x": 5, "y": 0.9 * stage["height"]})
    visit.until("() => !document.getElementById('video').paused")
    page.locator("#overlay").click(position={"x": 5, "y": 0.9 * stage["height"]})
    visit.until("() => document.getElementById('video').paused")


@pytest.fixture
def explain(visits: Visits, report: Path) -> Callable[[dict[str, Any]], Visit]:
    """Opens the first comment's explanation by a click, or a tap, at 2 s."""

    def explain(device: dict[str, Any]) -> Visit:
        visit = visits(report, **device)
        visit.seek(2.0)
        stage: Any = visit.page.locator("#stage").bounding_box()
        overlay, x = visit.page.locator("#overlay"), 0.3 * stage["width"]
        if device is PHONE:  # a finger may miss the model's comment, at the top, by a little
            overlay.tap(position={"x": x, "y": 0.09 * stage["height"] + 5})
        else:
            overlay.click(position={"x": x, "y": 0.05 * stage["height"]})
        expect(visit.page.locator("#explained-text")).to_have_text("チノちゃんかわいい")
        visit.settle()
        return visit

    return explain


Explain = Callable[[dict[str, Any]], Visit]


@_BOTH
def test_an_explanation_gives_figures_and_similar_pictures(
    explain: Explain, device: dict[str, Any]
) -> None:
    visit = explain(device)
    page = visit.page
    assert visit.time == pytest.approx(0.75, abs=0.01)
    assert page.evaluate("location.hash") == "#c0"
    facts = page.locator("#facts").inner_text()
    for figure in ("4 training", "+1.25", "rank 1 of 2", "2.50 nats", "perplexity of 12"):
        assert figure in facts
    assert "3rd most likely of 100" in facts
    expect(page.locator("#near figure")).to_have_count(2)
    expect(page.locator("#near figcaption").first).to_contain_text("nekomachi-02.mp4 at 1:05")
    expect(page.locator("#near figcaption").first).to_contain_text("similarity 93 %")
    expect(page.locator("#near li").last).to_contain_text("3 more")


@_BOTH
def test_each_word_has_its_own_heat_map(explain: Explain, device: dict[str, Any]) -> None:
    visit = explain(device)
    page = visit.page
    buttons = page.locator("#word-buttons button")
    shares = ["チノ\n10 %", "ちゃん\n30 %", "かわいい\n50 %", "end\n70 %"]
    assert buttons.all_inner_texts() == shares
    visit.until("() => !document.getElementById('heat').hidden")
    heated = [visit.stage()]
    page.keyboard.press("ArrowRight")  # the focus is on the words
    expect(buttons.nth(1)).to_have_attribute("aria-pressed", "true")
    heated.append(visit.stage())
    for n, pixels in enumerate(heated):  # map n is hot at position n, in the first row
        height, width = pixels.shape[0] // made_up.SIDE, pixels.shape[1] // made_up.SIDE
        redness = (pixels[..., 0] - pixels[..., 2])[:height]
        means = [redness[:, c * width : (c + 1) * width].mean() for c in range(made_up.SIDE)]
        assert int(np.argmax(means)) == n and means[n] > 60


@_BOTH
def test_saliency_has_heat_maps_of_its_own(explain: Explain, device: dict[str, Any]) -> None:
    visit = explain(device)
    visit.page.locator("#heat-kinds button").nth(1).click()
    words = visit.page.locator("#word-buttons button").all_inner_texts()
    assert words[0] == "チノ\n20 %", "its own shares, too"
    expect(visit.page.locator("#heat-help")).to_contain_text("more likely")
    visit.settle()
    green = visit.stage()
    assert (green[..., 1] - green[..., 0]).max() > 60


def test_words_say_how_likely_they_were_and_heat_what_it_is_worth(explain: Explain) -> None:
    visit = explain(DESKTOP)
    page = visit.page
    expect(page.locator("#word-place")).to_have_text(
        "Probability 50 %: the most likely word at this place."
    )
    expect(page.locator("#heat-even")).to_have_text("even share 6.3 %")
    expect(page.locator("#heat-most")).to_have_text("13 %")
    visit.press("ArrowRight")
    expect(page.locator("#word-place")).to_contain_text("25 %: the 2nd most likely")
    expect(page.locator("#heat-most")).to_have_text("30 %")
    page.locator("#heat-opacity").fill("0")
    assert page.locator("#heat").evaluate("canvas => canvas.style.opacity") == "0"


@_BOTH
def test_words_can_be_stepped_through_and_closed(explain: Explain, device: dict[str, Any]) -> None:
    visit = explain(device)
    page = visit.page
    buttons = page.locator("#word-buttons button")
    for _ in range(3):
        page.locator("#word-after").click()
    expect(buttons.last).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#word-after")).to_be_disabled()
    page.locator("#word-play").click()  # from the start, by itself
    expect(buttons.nth(1)).to_have_attribute("aria-pressed", "true")
    page.locator("#close").click()
    visit.settle()
    assert visit.time == pytest.approx(2.0, abs=0.01)
    assert page.evaluate("location.hash") == ""
    expect(page.locator("#explanation")).to_be_hidden()
    expect(page.locator("#list")).to_be_visible()


def test_addresses_of_comments_open_their_explanations(visits: Visits, report: Path) -> None:
    visit = visits(report, "report.html#c4", **DESKTOP)
    page = visit.page
    expect(page.locator("#explained-text")).to_have_text("かわいい")
    facts = page.locator("#facts").inner_text()
    assert "Novel" in facts and "-0.50" in facts.replace("−", "-") and "not ranked" in facts
    expect(page.locator("#near")).to_be_hidden()
    page.evaluate("location.hash = '#c0'")
    expect(page.locator("#explained-text")).to_have_text("チノちゃんかわいい")
    page.evaluate("location.hash = '#c7'")  # a viewer's
    expect(page.locator("#explanation")).to_be_hidden()
    expect(page.locator("#chosen-text")).to_have_text("おつ")
    page.evaluate("location.hash = '#c99'")
    expect(page.locator("#chosen-text")).to_have_text("おつ")


def test_keys_play_and_seek(visits: Visits, report: Path) -> None:
    visit = visits(report, **DESKTOP)
    visit.press("k")
    visit.until("() => !document.getElementById('video').paused")
    visit.press(" ")
    assert visit.page.locator("#video").evaluate("v => v.paused")
    visit.seek(0.5 / 24)
    for key, time in (("ArrowRight", 5.02), ("ArrowLeft", 0.02)):
        visit.press(key)
        visit.settle()
        assert visit.time == pytest.approx(time, abs=0.01)
    visit.press("Shift+ArrowRight")
    visit.settle()
    assert visit.time == pytest.approx(1.5 / 24, abs=0.001)


def test_keys_change_the_volume(visits: Visits, report: Path) -> None:
    visit = visits(report, **DESKTOP)
    video = visit.page.locator("#video")
    visit.press("ArrowDown")
    assert video.evaluate("v => v.volume") == pytest.approx(0.95)
    visit.press("m")
    assert video.evaluate("v => v.muted")
    visit.press("Control+m")
    assert video.evaluate("v => v.muted"), "not the page's to take"
    visit.page.locator("#volume").focus()
    time = visit.time
    visit.press("ArrowRight")
    assert visit.time == time and not video.evaluate("v => v.muted")


def test_keys_choose_and_explain_comments(visits: Visits, report: Path) -> None:
    visit = visits(report, **DESKTOP)
    page = visit.page
    visit.press("n")
    expect(page.locator("#chosen-text")).to_have_text("チノちゃんかわいい")
    visit.press("n")
    expect(page.locator("#chosen-text")).to_have_text("きたああああ")
    visit.press("p")
    visit.press("e")
    expect(page.locator("#explained-text")).to_have_text("チノちゃんかわいい")
    visit.press("n")
    expect(page.locator("#explained-text")).to_have_text("かわいい")
    visit.press("Escape")
    expect(page.locator("#explanation")).to_be_hidden()


def test_keys_that_somebody_types_do_nothing_else(visits: Visits, report: Path) -> None:
    visit = visits(report, **DESKTOP)
    page = visit.page
    page.locator("#filter").focus()
    page.keyboard.type("k m?")
    expect(page.locator("#filter")).to_have_value("k m?")
    assert page.locator("#video").evaluate("v => v.paused && !v.muted")
    expect(page.locator("#keys")).to_be_hidden()


def test_keys_go_through_the_list(visits: Visits, report: Path) -> None:
    visit = visits(report, **DESKTOP)
    rows = visit.page.locator("#rows button")
    rows.first.focus()
    visit.press("End")
    expect(rows.last).to_be_focused()
    expect(visit.page.locator("#follow")).to_be_visible()


def test_a_key_lists_the_keys(visits: Visits, report: Path) -> None:
    visit = visits(report, **DESKTOP)
    keys = visit.page.locator("#keys")
    visit.press("?")
    expect(keys).to_be_visible()
    visit.press("k")
    assert visit.page.locator("#video").evaluate("v => v.paused"), "the list has the keyboard"
    visit.press("Escape")
    expect(keys).to_be_hidden()


def test_a_key_fills_the_screen(visits: Visits, report: Path) -> None:
    visit = visits(report, **DESKTOP)
    visit.press("f")
    visit.until("() => document.fullscreenElement?.id === 'player'")
    visit.settle()
    wide, tall = visit.page.locator("#stage").evaluate("s => [s.clientWidth, s.clientHeight]")
    assert wide / tall == pytest.approx(16 / 9, abs=0.01)
    assert wide <= 1280 and tall <= 800


def test_where_no_screen_may_be_filled_the_player_fills_the_page(
    visits: Visits, report: Path
) -> None:
    visit = visits(report, **PHONE)
    page = visit.page
    page.evaluate("() => { Element.prototype.requestFullscreen = undefined }")
    visit.seek(1.2)
    page.locator("#fullscreen").click()
    box: Any = page.locator("#player").bounding_box()
    assert (box["width"], box["height"]) == (390, 844)
    visit.settle()
    assert changed(visit.stage(), _bare(visit)).any(), "comments are drawn there, too"
    page.locator("#fullscreen").click()
    box = page.locator("#player").bounding_box()
    assert box["height"] < 600


def test_the_language_changes_everything_and_is_remembered(visits: Visits, report: Path) -> None:
    page = visits(report, **DESKTOP).page
    expect(page.locator("#generated")).to_have_text("Model")
    page.locator("[data-language=ja]").click()
    expect(page.locator("html")).to_have_attribute("lang", "ja")
    expect(page.locator("#generated")).to_have_text("モデル")
    expect(page.locator("#filter")).to_have_attribute("placeholder", "コメントを絞り込む")
    expect(page.locator("#rows .mark").first).to_contain_text("モデル")
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "ja")


def test_the_theme_is_remembered(visits: Visits, report: Path) -> None:
    page = visits(report, **DESKTOP).page
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.locator("#theme").select_option("dark")
    assert page.evaluate(ground) != light
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("#theme")).to_have_value("dark")


def test_a_page_without_a_player_follows_the_browser(
    visits: Visits, written: Callable[..., Path]
) -> None:
    page = visits(written(None), locale="ja-JP", color_scheme="dark").page
    expect(page.locator("html")).to_have_attribute("lang", "ja")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_tables_are_sorted_by_their_headings(visits: Visits, written: Callable[..., Path]) -> None:
    page = visits(written(None)).page
    assert page.locator("th button").count() == 2
    first_cells = page.locator("tbody td:first-child")
    for heading, order in {"comments": ["c", "a", "b"], "video": ["a", "b", "c"]}.items():
        button = page.locator("th button", has_text=heading)
        button.click()
        assert first_cells.all_inner_texts() == order
        button.click()
        assert first_cells.all_inner_texts() == order[::-1]
        expect(page.locator("th[aria-sort]")).to_have_attribute("aria-sort", "descending")


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


def test_without_a_video_heat_or_tags_the_rest_still_works(
    visits: Visits, written: Callable[..., Path]
) -> None:
    content = made_up.player(
        [
            made_up.comment(
                "generated",
                1.0,
                "かわいい",
                explanation=made_up.explanation(0.5, ["か"], 0, peaks=[]),
            )
        ],
        heat=None,
        tags=[],
        media="missing.mp4",
    )
    folder = written(content)
    visit = visits(folder, **DESKTOP)
    page = visit.page
    expect(page.locator("#trouble")).to_contain_text("cannot be played")
    expect(page.locator("#viewers")).to_be_hidden()
    expect(page.locator("#tags")).to_be_hidden()
    page.locator("#rows button").click()
    expect(page.locator("#heat-help")).to_contain_text("as a whole")
    expect(page.locator("#heat")).to_be_hidden()
    visit.press("Escape")
    expect(page.locator("#clock")).to_contain_text("0:01")
    visit.problems.clear()  # the missing video


@pytest.mark.parametrize(
    ("device", "scheme", "locale"),
    [
        (DESKTOP, "light", "en-US"),
        (DESKTOP, "dark", "ja-JP"),
        (PHONE, "light", "ja-JP"),
        (PHONE, "dark", "en-US"),
    ],
)
def test_everybody_can_use_it(
    visits: Visits, report: Path, device: dict[str, Any], scheme: str, locale: str
) -> None:
    visit = visits(report, **device, color_scheme=scheme, locale=locale, bypass_csp=True)
    steps: list[Callable[[], None]] = [
        lambda: None,
        lambda: visit.page.locator("#rows button").first.click(),
        lambda: visit.press("?"),
    ]
    for step in steps:
        step()
        violations = Axe().run(visit.page).response["violations"]
        serious = [v for v in violations if v["impact"] in ("serious", "critical")]
        assert [(v["id"], [n["target"] for n in v["nodes"]]) for v in serious] == []
        visit.press("Escape")
