"""How many comments are planned, when, and what they are about."""

import numpy as np
import pytest

from pipeline.danmaku.generation.plan import counts_as_expected, plan_comments
from pipeline.runtime.arrays import Float64s
from tests.danmaku.generation.plans import (
    PER_SECOND,
    RATE,
    SEED,
    counts,
    plan,
    plan_each,
    times,
    video,
)


def test_counts_are_those_of_random_training_seconds() -> None:
    result = counts(video(2000))
    assert result.dtype == np.int64
    shares = {count: int((result == count).sum()) for count in PER_SECOND}
    assert sum(shares.values()) == len(result) == 2000
    assert all(400 < share < 600 for share in shares.values())


@pytest.mark.parametrize("rate", [0.1, 0.5, 1, 2.3])
def test_a_rate_scales_what_is_written_and_not_what_viewers_would_write(rate: float) -> None:
    result = plan(video(3000), rate)
    assert result.viewers.tolist() == counts(video(3000)).tolist()
    assert (abs(result.counts - rate * result.viewers) < 1).all()
    assert result.counts.mean() == pytest.approx(2 * rate, rel=0.12)


@pytest.mark.parametrize(("rate_of_each", "nearest"), [(0, {0}), (3, {3}), (2.25, {2, 3})])
def test_a_fixed_count_is_met_as_nearly_as_can_be(rate_of_each: float, nearest: set[int]) -> None:
    result = plan_each(video(2000), rate_of_each).counts
    assert set(result.tolist()) == nearest
    assert result.mean() == pytest.approx(rate_of_each, abs=0.05)


def expected(seconds: int) -> Float64s:
    return np.tile([0.0, 0.5, 4.0], seconds)[:seconds]


@pytest.mark.parametrize("dispersion", [0.0, 0.5])
def test_counts_vary_about_what_is_expected_of_their_second(dispersion: float) -> None:
    result = counts_as_expected(expected(6000), dispersion, video(6000), SEED)
    for place, mean in enumerate([0.0, 0.5, 4.0]):
        some = result[place::3]
        assert some.mean() == pytest.approx(mean, rel=0.1)
        assert some.var() == pytest.approx(mean + dispersion * mean**2, rel=0.15)


def test_what_is_expected_of_a_second_changes_its_count_alone() -> None:
    before, raised = expected(60), expected(60)
    raised[31] = 100
    result, other = (counts_as_expected(e, 0.5, video(60), SEED) for e in (before, raised))
    assert np.flatnonzero(result != other).tolist() == [31]


@pytest.mark.parametrize("seconds", [20, 20.4])
def test_a_longer_video_has_the_same_counts_in_the_seconds_both_have(seconds: float) -> None:
    short, long = video(seconds), video(40)
    some = int(np.ceil(seconds))
    assert np.array_equal(counts(short), counts(long)[:some])
    result, more = (
        counts_as_expected(expected(n), 0.5, frames, SEED)
        for n, frames in ((some, short), (40, long))
    )
    assert np.array_equal(result, more[:some])


def test_seeds_and_videos_have_draws_of_their_own() -> None:
    shown = video(200)
    assert times(plan(shown)) == times(plan(shown))
    assert times(plan(shown)) != times(plan(video(200, "00fe")))
    other = plan_comments(counts(shown), counts(shown), shown, 0, seed=8)
    assert times(plan(shown)) != times(other)
    assert not np.array_equal(counts(shown), counts(shown, seed=8))
    result = counts_as_expected(expected(200), 0.5, shown, SEED)
    assert not np.array_equal(result, counts_as_expected(expected(200), 0.5, shown, 8))


def test_times_are_in_order_and_spread_over_their_seconds() -> None:
    shown = video(2000)
    result = plan(shown)
    assert result.counts.tolist() == counts(shown).tolist()
    assert np.array_equal(np.repeat(np.arange(2000), result.counts), result.time_ms // 1000)
    assert (np.diff(result.time_ms) >= 0).all()
    tenths = np.bincount(result.time_ms % 1000 // 100) / len(result.time_ms)
    assert tenths == pytest.approx([0.1] * 10, abs=0.02)


@pytest.mark.parametrize("seconds", [20, 20.4])
def test_a_longer_video_has_the_same_comments_in_the_seconds_both_have(seconds: float) -> None:
    short, long = plan(video(seconds), 3), plan(video(40), 3)
    assert times(short) == [time for time in times(long) if time < seconds * 1000]
    assert len(times(long)) > len(times(short)) > 0
    assert np.array_equal(short.counts, np.bincount(short.time_ms // 1000))


def test_comments_are_about_the_frame_a_delay_before_their_time() -> None:
    shown = video(60)
    at_once, late = plan(shown), plan(shown, delay_ms=2300)
    assert times(late) == times(at_once)
    assert np.array_equal(late.counts, at_once.counts)
    assert np.array_equal(at_once.frame, at_once.time_ms * RATE // 1000)
    assert np.array_equal(late.frame, np.maximum(late.time_ms - 2300, 0) * RATE // 1000)


def test_nothing_expected_plans_nothing() -> None:
    result = plan_each(video(20), 0, delay_ms=1000)
    assert len(result.time_ms) == len(result.frame) == 0
    assert not result.counts.any()
