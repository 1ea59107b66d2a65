"""Comments leave regions free, such as faces, as far as there is room beside them."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.danmaku.drawing.avoidance import Regions
from pipeline.danmaku.drawing.comment import ScreenComment
from pipeline.danmaku.drawing.lanes import Motion
from pipeline.danmaku.drawing.layout import Layout, lay_out
from pipeline.danmaku.drawing.rules import STAGE_HEIGHT
from pipeline.danmaku.drawing.screen import Region, Screen
from tests.danmaku.drawing.test_layout import crowds, overlap, said, square_letters

ALWAYS = (-100.0, 100.0)
EVERYWHERE = Region(*ALWAYS, -1e4, -1e4, 1e4, 1e4)

edges = st.floats(-100, 2000)
times = st.floats(0, 10)


def sides(values: st.SearchStrategy[float]) -> st.SearchStrategy[tuple[float, float]]:
    return (
        st.tuples(values, values)
        .map(lambda pair: (min(pair), max(pair)))
        .filter(lambda pair: pair[1] - pair[0] > 0.1)
    )


regions = st.builds(
    lambda time, across, down: Region(time[0], time[1], across[0], down[0], across[1], down[1]),
    sides(times),
    sides(edges),
    sides(edges),
)


def avoiding(comments: list[ScreenComment], *avoided: Region) -> Layout:
    return lay_out(comments, square_letters, Screen(avoided=avoided))


@settings(deadline=None, max_examples=40)
@given(
    st.lists(regions, max_size=4),
    sides(times),
    st.floats(-500, 2000),
    st.sampled_from([0.0, 400.0, -400.0]),
    st.floats(1, 900),
    st.floats(0, 1000),
)
def test_what_is_covered_is_what_many_moments_say(
    some: list[Region],
    during: tuple[float, float],
    x: float,
    speed: float,
    width: float,
    top: float,
) -> None:
    motion, height = Motion(*during, x, speed, width), 90.0
    (covered,) = Regions(some).covered(motion, np.array([top]), height)

    moments = np.linspace(*during, 20_001)
    left = motion.x_start - speed * (moments - during[0])
    area = np.zeros(len(moments))
    for one in some:
        across = np.minimum(left + width, one.right) - np.maximum(left, one.left)
        down = min(top + height, one.bottom) - max(top, one.top)
        there = (one.start <= moments) & (moments < one.end)
        area += there * np.maximum(across, 0) * max(down, 0)
    assert covered == pytest.approx(np.trapezoid(area, moments), rel=0.01, abs=100)


@given(st.lists(regions, max_size=8), sides(times))
def test_regions_are_found_by_time(some: list[Region], during: tuple[float, float]) -> None:
    start, end = during
    found = {Region._make(row) for row in Regions(some).during(start, end).T}
    assert found == {one for one in some if one.start < end and one.end > start}


def test_a_comment_passes_below_a_face_and_stays_above_one() -> None:
    face = Region(*ALWAYS, 800, 0, 1000, 300)
    for place in ("ue", "naka"):
        (placed,) = avoiding([said(1, "text" * 5, place)], face).placed
        assert 300 <= placed.y < 300 + placed.block.height
    low = Region(*ALWAYS, 800, 900, 1000, STAGE_HEIGHT)
    (placed,) = avoiding([said(1, "text" * 5, "shita")], low).placed
    assert 900 - placed.block.height < placed.y + placed.block.height <= 900


def test_a_face_that_is_gone_before_a_comment_comes_is_in_nobodys_way() -> None:
    gone = Region(0, 9, 0, 0, 1920, 300)
    beside = Region(*ALWAYS, 0, 0, 300, 300)
    fixed = [said(20, "text", "ue")]
    assert avoiding(fixed, gone, beside).placed[0].y == 0


@settings(deadline=None, max_examples=30)
@given(crowds)
def test_where_all_lanes_cover_as_much_comments_are_where_they_were(
    comments: list[ScreenComment],
) -> None:
    before, after = lay_out(comments, square_letters), avoiding(comments, EVERYWHERE)
    assert [one.fits for one in after.placed] == [one.fits for one in before.placed]
    if all(one.fits for one in before.placed):
        assert after.placed == before.placed


@settings(deadline=None, max_examples=30)
@given(crowds, st.lists(regions, max_size=4))
def test_the_same_comments_are_shown_and_none_lies_over_another(
    comments: list[ScreenComment], some: list[Region]
) -> None:
    before, after = lay_out(comments, square_letters), avoiding(comments, *some)
    assert [one.number for one in after.placed] == [one.number for one in before.placed]
    assert after.hidden == before.hidden
    for one, other in combinations([one for one in after.placed if one.fits], 2):
        first = max(one.motion.start, other.motion.start)
        last = min(one.motion.end, other.motion.end)
        if one.style.place == other.style.place and one.layer == other.layer and first < last:
            assert not any(overlap(one, other, t) for t in np.linspace(first, last, 7))


def test_faces_are_covered_only_where_nothing_else_is_free() -> None:
    upper = Region(*ALWAYS, 0, 0, 1920, STAGE_HEIGHT / 2)
    comments = [said(1 + n / 100, "text" * 5, "ue") for n in range(11)]
    placed = avoiding(comments, upper).placed
    free = [one for one in placed if one.y >= STAGE_HEIGHT / 2]
    assert placed[: len(free)] == free
    assert 4 <= len(free) < len(placed) == 11
    assert all(one.fits for one in placed)
