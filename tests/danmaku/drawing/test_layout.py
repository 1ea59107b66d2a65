import math
from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.danmaku.drawing.comment import Layer, ScreenComment
from pipeline.danmaku.drawing.layout import Hidden, Layout, Placed, lay_out
from pipeline.danmaku.drawing.rules import FLASH, FLASH_UNTIL_US, HTML5, SIMPLE, STAGE_HEIGHT
from pipeline.danmaku.drawing.screen import Screen
from pipeline.danmaku.drawing.settings import LayoutSettings
from pipeline.lettering.fonts import Family

WIDE = 1920.0


def square_letters(text: str, family: Family) -> float:
    return float(max(map(len, text.split("\n"))))


def whole(*comments: ScreenComment, width: float = WIDE, **settings: Any) -> Layout:
    return lay_out(comments, square_letters, Screen(width), LayoutSettings(**settings))


def place(*comments: ScreenComment, width: float = WIDE, **settings: Any) -> list[Placed]:
    return whole(*comments, width=width, **settings).placed


def said(
    time: float, text: str = "text", commands: str = "", layer: Layer = "viewer"
) -> ScreenComment:
    return ScreenComment(round(time * 1000), text, tuple(commands.split()), layer)


crowds = st.lists(
    st.builds(
        ScreenComment,
        st.integers(0, 8000),
        st.text("あ\n", min_size=1, max_size=24),
        st.lists(
            st.sampled_from(
                ["ue", "shita", "big", "small", "@1", "@8", "full", "ender", "reverse"]
            ),
            max_size=3,
        ).map(tuple),
        st.sampled_from(["viewer", "owner", "generated"]),
        st.sampled_from([None, FLASH_UNTIL_US - 1, FLASH_UNTIL_US]),
    ),
    max_size=40,
)
rule_sets = st.sampled_from(["auto", "html5", "flash", "simple"])
widths = st.sampled_from([607.5, 1440.0, WIDE, 2520.0])


def overlap(a: Placed, b: Placed, time: float) -> bool:
    """Whether the boxes of two comments share more than a rounding error at ``time``."""
    across = min(a.motion.x(time) + a.block.width, b.motion.x(time) + b.block.width)
    across -= max(a.motion.x(time), b.motion.x(time))
    down = min(a.y + a.block.height, b.y + b.block.height) - max(a.y, b.y)
    return across > 1e-3 and down > 1e-3


@settings(deadline=None, max_examples=60)
@given(crowds, widths, rule_sets, st.sampled_from(["layer", "all"]))
def test_comments_that_fit_never_overlap(
    comments: list[ScreenComment], width: float, rules: str, collide: str
) -> None:
    everyone = place(*comments, width=width, rules=rules, collide=collide)
    fitting = [placed for placed in everyone if placed.fits]
    for a, b in combinations(fitting, 2):
        first = max(a.motion.start, b.motion.start)
        last = min(a.motion.end, b.motion.end)
        collides = a.layer == b.layer or collide == "all"
        if a.style.place == b.style.place and collides and first < last:
            for step in range(11):
                assert not overlap(a, b, first + (last - first) * step / 10)


@settings(deadline=None, max_examples=60)
@given(crowds, widths)
def test_every_comment_is_inside_the_picture_or_centred_over_it(
    comments: list[ScreenComment], width: float
) -> None:
    for placed in place(*comments, width=width):
        above, below = placed.y, STAGE_HEIGHT - placed.y - placed.block.height
        if placed.block.height <= STAGE_HEIGHT:
            assert above > -1e-6
            assert below > -1e-6
        else:
            assert above == pytest.approx(below)


@settings(deadline=None, max_examples=30)
@given(crowds, st.integers(0, 600_000))
def test_places_are_a_function_of_the_comments(comments: list[ScreenComment], later: int) -> None:
    assert place(*comments) == place(*comments)
    moved = [replace(c, time_ms=c.time_ms + later) for c in comments]
    for before, after in zip(place(*comments), place(*moved), strict=True):
        assert after.motion.start - before.motion.start == pytest.approx(later / 1000)
        assert after.fits == before.fits
        if not before.fits:
            break  # it lies elsewhere at another time, and later ones avoid it
        assert after.y == pytest.approx(before.y)


@settings(deadline=None)
@given(st.integers(1, 100), st.sampled_from(["", "@1", "@20", "big"]), widths)
def test_a_scrolling_comment_crosses_the_whole_picture_around_its_time(
    letters: int, commands: str, width: float
) -> None:
    (placed,) = place(said(10, "あ" * letters, commands), width=width)
    motion = placed.motion
    assert motion.start < 9 and motion.end > 10 + placed.style.seconds
    assert motion.x(motion.start) == width
    assert motion.x(motion.end) == pytest.approx(-placed.block.width)


def test_the_crossing_follows_niconicos_formula() -> None:
    (placed,) = place(said(10, "あ" * 10))
    width = 759.0  # ten letters of 75.9 px
    speed = (1530 + 0.95 * width) / 400  # px per centisecond
    assert placed.block.width == pytest.approx(width)
    for after in (-100, 0, 150, 300):  # centiseconds
        x = 1725 - (after + 100) * speed
        assert placed.motion.x(10 + after / 100) == pytest.approx(x)


def test_what_goes_to_the_right_is_the_mirror_image_and_meets_nobody() -> None:
    left, right = place(said(5, "words"), said(5, "words", "reverse"))
    for time in (left.motion.start, 5.0, left.motion.end):
        mirrored = WIDE - left.block.width - left.motion.x(time)
        assert right.motion.x(time) == pytest.approx(mirrored)
    assert (right.motion.start, right.motion.end) == (left.motion.start, left.motion.end)
    assert right.y >= left.y + left.block.height  # they would run into one another


def test_a_short_comment_enters_at_the_same_time_on_any_shape() -> None:
    (wide,) = place(said(10, ""))
    (narrow,) = place(said(10, ""), width=1440.0)
    assert narrow.motion.start == pytest.approx(wide.motion.start)
    assert narrow.motion.end == pytest.approx(wide.motion.end)


def test_fixed_comments_are_centred_and_stacked_from_their_edge() -> None:
    comments = [said(1, "あ", "ue"), said(1, "ああ", "shita"), said(1.5, "あああ", "ue")]
    comments += [said(2, "あ", "shita"), said(10, "あ", "ue")]
    top, bottom, second, above, later = place(*comments)
    assert (top.y, second.y, later.y) == (0, 95.5, 0)
    assert (bottom.y, above.y) == (1080 - 95.5, 1080 - 2 * 95.5)
    for placed in (top, bottom, second, above, later):
        assert placed.motion.x(placed.motion.start) == (WIDE - placed.block.width) / 2
        assert placed.motion.x(placed.motion.end) == (WIDE - placed.block.width) / 2
    assert (top.motion.start, top.motion.end) == (1, 4)


@pytest.mark.parametrize(
    ("size", "box", "pitch", "resized_pitch", "resized_from"),
    [("big", 138.4, 127.2, 67.1, 3), ("", 95.5, 81.3, 42.2, 5), ("small", 65.0, 50.7, 28.2, 7)],
)
def test_many_lines_are_set_smaller(
    size: str, box: float, pitch: float, resized_pitch: float, resized_from: int
) -> None:
    few, many, ender = place(
        said(0, "\n".join("あ" * (resized_from - 1)), size),
        said(0, "\n".join("あ" * resized_from), size),
        said(0, "\n".join("あ" * resized_from), f"{size} ender"),
    )
    assert few.block.height == pytest.approx(pitch * (resized_from - 2) + box)
    assert many.block.pitch == pytest.approx(resized_pitch)
    assert many.block.height < few.block.height
    assert ender.block.height == pytest.approx(pitch * (resized_from - 1) + box)
    assert [p.block.shrunk for p in (few, many, ender)] == [None, "lines", None]


def test_wide_fixed_comments_shrink_to_the_four_by_three_area_or_the_stage() -> None:
    fixed, full, scrolling = place(
        said(0, "あ" * 40, "ue"), said(0, "あ" * 40, "ue full"), said(0, "あ" * 40)
    )
    assert 1439 - 40 < fixed.block.width <= 1439
    assert 1920 - 40 < full.block.width <= 1920
    assert scrolling.block.width == pytest.approx(40 * 75.9)
    assert [p.block.shrunk for p in (fixed, full, scrolling)] == ["width", "width", None]
    (both,) = place(said(0, "\n".join(["あ" * 80] * 5), "shita"))
    assert both.block.shrunk == "lines and width"
    assert both.block.width <= 1439 + 1


def test_comments_of_one_time_take_lanes_in_their_order() -> None:
    placed = place(*(said(1, f"{number}") for number in range(12)))
    assert [p.text for p in placed] == [str(number) for number in range(12)]
    assert [p.fits for p in placed] == [True] * 11 + [False]
    assert [p.y for p in placed[:11]] == pytest.approx([95.5 * n for n in range(11)])
    assert [p.lane for p in placed[:11]] == list(range(11))


def test_of_one_time_the_one_posted_first_comes_first() -> None:
    late = ScreenComment(1000, "late", (), posted_us=1_600_000_000_000_001)
    early = ScreenComment(1000, "early", (), posted_us=1_600_000_000_000_000)
    assert [p.text for p in place(late, early)] == ["early", "late"]


def test_a_faster_comment_may_follow_only_if_it_does_not_catch_up() -> None:
    slow = said(0, "あ", "@8")
    assert place(slow, said(2, "あ"))[1].y > 0
    assert place(slow, said(7, "あ"))[1].y == 0


def test_invisible_comments_take_no_lane() -> None:
    layout = whole(said(0, "/script"), said(0, "a", "invisible"), said(0, "b"))
    (placed,) = layout.placed
    assert (placed.text, placed.y) == ("b", 0)
    assert [(h.text, h.why) for h in layout.hidden] == [
        ("/script", "invisible"),
        ("a", "invisible"),
    ]


def test_what_the_video_has_no_time_for_is_hidden() -> None:
    comments = [said(-9, "before"), said(0, "first"), said(19, "last"), said(30, "after")]
    layout = lay_out(comments, square_letters, Screen(seconds=20))
    assert [placed.text for placed in layout.placed] == ["first", "last"]
    assert {hidden.why for hidden in layout.hidden} == {"outside of the video"}


def test_layers_make_way_for_one_another_only_if_asked() -> None:
    comments = [said(1, "a"), said(1, "b", layer="owner"), said(1, "c", layer="generated")]
    assert [p.y for p in place(*comments)] == [0, 0, 0]
    assert [p.y for p in place(*comments, collide="all")] == [0, 95.5, 191]


def test_the_safe_area_stays_free() -> None:
    bottom = 0.8 * STAGE_HEIGHT
    comments = [said(1, "あ" * 30, place) for place in ("shita", "", "ue") * 12]
    for placed in place(*comments, safe_area=0.2):
        assert 0 <= placed.y <= placed.y + placed.block.height <= bottom + 1e-6
    (lowest,) = place(said(1, "a", "shita"), safe_area=0.2)
    assert lowest.y + lowest.block.height == pytest.approx(bottom)


@settings(deadline=None, max_examples=40)
@given(crowds, st.integers(1, 6))
def test_never_more_on_screen_than_allowed(comments: list[ScreenComment], most: int) -> None:
    layout = whole(*comments, max_on_screen=most)
    for placed in layout.placed:
        beside = [
            other
            for other in layout.placed
            if other.motion.start <= placed.motion.start < other.motion.end
        ]
        assert len(beside) <= most
    assert len(layout.placed) + len(layout.hidden) == len(comments)
    if len(comments) <= most:
        assert not layout.hidden


def test_where_there_is_no_room_comments_may_be_hidden() -> None:
    full = [said(1, "あ" * 30) for _ in range(11)]
    layout = whole(*full, said(1, "one"), overflow="hide")
    assert all(placed.fits for placed in layout.placed)
    assert layout.hidden == [Hidden(1000, "one", "viewer", "no room", 0)]


def test_a_crowded_comment_lies_where_its_own_hash_says() -> None:
    full = [said(1, "あ" * 30) for _ in range(11)]
    alone = place(*full, said(1, "one"))[-1]
    behind = place(*full, said(1, "two"), said(1, "one"))
    assert not alone.fits
    assert behind[-1].y == alone.y
    assert not math.isclose(behind[-2].y, alone.y)


def test_old_comments_follow_the_old_player_unless_they_name_a_font() -> None:
    def rules(posted_us: int | None, commands: str = "") -> object:
        comment = ScreenComment(0, "a", tuple(commands.split()), posted_us=posted_us)
        return place(comment)[0].rules

    assert rules(None) is HTML5
    assert rules(FLASH_UNTIL_US) is HTML5
    assert rules(FLASH_UNTIL_US - 1) is FLASH
    assert rules(FLASH_UNTIL_US - 1, "red big") is FLASH
    assert rules(FLASH_UNTIL_US - 1, "gothic") is HTML5
    assert rules(FLASH_UNTIL_US - 1, "DeFont") is HTML5


@pytest.mark.parametrize(
    ("size", "line", "padding", "resized_line", "resized_from"),
    [("big", 45, 5, 24, 3), ("", 29, 5, 15, 5), ("small", 18, 5, 10, 7)],
)
def test_the_heights_of_the_old_player(
    size: str, line: int, padding: int, resized_line: int, resized_from: int
) -> None:
    """In units of its stage, 384 high."""
    unit = 1920 / 683
    few, many = place(
        said(0, "\n".join("あ" * (resized_from - 1)), size),
        said(0, "\n".join("あ" * resized_from), size),
        rules="flash",
    )
    assert few.block.height == pytest.approx(unit * (line * (resized_from - 1) + padding))
    assert many.block.height == pytest.approx(unit * (resized_line * resized_from + 3))
    assert few.block.outline == 4


def test_the_crossing_of_the_old_player() -> None:
    """(544 w/512 + width) / (long + 1), from 16 of 512 units beside the picture."""
    (placed,) = place(said(10, "あ" * 10), width=1440.0, rules="flash")
    width = 10 * 24 * 1920 / 683
    speed = (1440 * 544 / 512 + width) / 4
    for after in (-1, 0, 2, 3):
        x = 1440 * 528 / 512 - (after + 1) * speed
        assert placed.motion.x(10 + after) == pytest.approx(x)


def test_the_articles_scroll_takes_four_seconds_from_edge_to_edge() -> None:
    for letters in (1, 30):
        (placed,) = place(said(10, "あ" * letters), rules="simple")
        assert placed.rules is SIMPLE
        assert (placed.motion.start, placed.motion.end) == pytest.approx((10, 14))
        assert placed.motion.x(10) == WIDE


def test_larger_comments_take_higher_lanes_and_smaller_ones_lower() -> None:
    comments = [said(5, "あ" * 4, "ue"), said(5, "い" * 4, "ue"), said(5, "う", "big")]
    plain = place(*comments)
    for scale in (0.5, 2.0):
        for one, other in zip(plain, place(*comments, scale=scale), strict=True):
            assert other.block.glyph == pytest.approx(scale * one.block.glyph)
            assert other.block.outline == pytest.approx(scale * one.block.outline)
            assert other.y == pytest.approx(scale * one.y)
            assert (other.lane, other.fits) == (one.lane, True)
    (wide,) = place(said(5, "あ" * 40, "ue"), scale=2.0)
    assert wide.block.width <= 512 * 1920 / 683


def test_comments_are_as_opaque_as_both_they_and_the_settings_say() -> None:
    solid, live = place(said(1), said(1, commands="_live"), opacity=0.6)
    assert solid.style.opacity == pytest.approx(0.6)
    assert live.style.opacity == pytest.approx(0.3)


@pytest.mark.parametrize("rules", ["html5", "flash", "simple"])
def test_strokes_are_as_wide_as_the_settings_say(rules: str) -> None:
    ((plain,), (wide,), (none,)) = (
        place(said(1), rules=rules, outline=outline) for outline in (1.0, 2.5, 0.0)
    )
    assert wide.block.outline == pytest.approx(2.5 * plain.block.outline)
    assert none.block.outline == 0
    assert (wide.y, wide.motion) == (plain.y, plain.motion)
