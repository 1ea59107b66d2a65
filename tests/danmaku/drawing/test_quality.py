"""A layout's figures, beside the same found by looking at many moments."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings

from pipeline.danmaku.drawing.comment import ScreenComment
from pipeline.danmaku.drawing.layout import Layout
from pipeline.danmaku.drawing.quality import measure_quality
from pipeline.danmaku.drawing.rules import STAGE_HEIGHT
from tests.danmaku.drawing.test_layout import crowds, overlap, said, whole


def overlap_by_looking(layout: Layout, step: float) -> float:
    total = 0.0
    for a, b in combinations(layout.placed, 2):
        if (a.layer, a.style.place) != (b.layer, b.style.place):
            continue
        first, last = max(a.motion.start, b.motion.start), min(a.motion.end, b.motion.end)
        moments = np.arange(first + step / 2, last, step)
        total += step * sum(overlap(a, b, float(moment)) for moment in moments)
    return total


@settings(deadline=None, max_examples=25)
@given(crowds.filter(lambda comments: len(comments) < 25))
def test_overlap_is_that_of_looking_at_every_moment(comments: list[ScreenComment]) -> None:
    crowded = [ScreenComment(c.time_ms // 8, c.text * 9, c.commands, c.layer) for c in comments]
    layout = whole(*crowded)
    found = measure_quality(layout).overlap_pair_seconds
    seen = overlap_by_looking(layout, 0.02)
    pairs = len(crowded) ** 2
    assert found == pytest.approx(seen, abs=0.02 * pairs * 0.3 + 0.05, rel=0.02)


def test_what_fits_does_not_overlap() -> None:
    report = measure_quality(whole(*(said(1, "あ" * 5) for _ in range(11))))
    assert report.overlap_pair_seconds == 0
    assert report.overflowed == 0
    assert (report.shown, report.most_on_screen) == (11, 11)


def test_two_alike_in_one_lane_overlap_as_long_as_they_are_there() -> None:
    full = [said(1, "あ" * 10, "ue") for _ in range(12)]
    report = measure_quality(whole(*full, rules="html5"))
    assert report.overflowed == 1
    # One of the twelve lies over one or two of the others, for its three seconds.
    assert 3 - 1e-6 <= report.overlap_pair_seconds <= 6 + 1e-6


def test_shrunk_and_hidden_are_counted() -> None:
    report = measure_quality(
        whole(said(0, "あ" * 90, "ue"), said(0, "/a"), said(0, "b", "invisible"))
    )
    assert report.shrunk == 1
    assert report.hidden == {"invisible": 2}
    assert "2 hidden (invisible)" in str(report)


def test_what_is_higher_than_the_picture_is_off_screen_in_part() -> None:
    inside = measure_quality(whole(said(0, "あ" * 3)))
    assert inside.off_screen == pytest.approx(0)
    layout = whole(said(0, "\n".join("あ" * 40), "ender"))
    height = layout.placed[0].block.height
    assert measure_quality(layout).off_screen == pytest.approx(1 - STAGE_HEIGHT / height)


def test_the_peak_is_when_the_most_are_there() -> None:
    comments = [said(20, "あ", "ue"), said(60, "い", "ue"), said(61, "う", "ue")]
    report = measure_quality(whole(*comments))
    assert (report.most_on_screen, report.most_on_screen_at) == (2, 61)


def test_nothing_at_all() -> None:
    report = measure_quality(whole())
    assert (report.shown, report.most_on_screen, report.overlap_pair_seconds) == (0, 0, 0)
