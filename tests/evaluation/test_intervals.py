from collections.abc import Sequence
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.evaluation.intervals import (
    Interval,
    mean_interval,
    paired_difference,
    ratio_interval,
    statistic_interval,
)

VALUES = st.lists(st.tuples(st.floats(-9, 9), st.integers(0, 11)), min_size=1, max_size=40)


def ends(interval: Interval) -> tuple[float, float]:
    assert interval.low is not None
    assert interval.high is not None
    return interval.low, interval.high


def width(interval: Interval) -> float:
    low, high = ends(interval)
    return high - low


def test_dependent_values_widen_the_interval() -> None:
    values = np.random.default_rng(0).normal(size=50)
    once = mean_interval(values, np.arange(50))
    fivefold = np.repeat(values, 5)
    clustered = mean_interval(fivefold, np.repeat(np.arange(50), 5))
    assert ends(clustered) == pytest.approx(ends(once))
    independent = mean_interval(fivefold, np.arange(250))
    assert width(clustered) == pytest.approx(width(independent) * 5**0.5, rel=0.1)


def test_the_interval_is_that_of_the_normal_distribution() -> None:
    values = np.random.default_rng(1).normal(size=400)
    found = mean_interval(values, np.arange(400))
    half = 1.96 * values.std() / 20
    assert ends(found) == pytest.approx((values.mean() - half, values.mean() + half), abs=0.01)


def test_the_interval_has_its_nominal_coverage() -> None:
    draws = np.random.default_rng(2)
    clusters = np.repeat(np.arange(40), 5)
    covered = 0
    for _ in range(200):
        values = np.repeat(draws.normal(size=40), 5) + draws.normal(size=200)
        low, high = ends(mean_interval(values, clusters))
        covered += low <= 0 <= high
    assert 0.89 <= covered / 200 <= 0.99


def test_a_ratio_is_of_sums() -> None:
    """Of eight clusters, four of 1/1 and 6/2 and four of 3/1.

    Of eight draws at least one and at most seven are of either kind in 95 % of cases.
    """
    found = ratio_interval([1, 6, 3] * 4, [1, 2, 1] * 4, np.repeat(range(4), 3) + [0, 0, 4] * 4)
    assert found == Interval(10 / 4, (7 * 7 + 3) / (7 * 3 + 1), (7 + 7 * 3) / (3 + 7))


def test_empty_clusters_are_resampled_but_not_divided_by() -> None:
    found = ratio_interval([0, 1, 2] * 4, [0, 1, 1] * 4, range(12))
    assert found == Interval(1.5, (7 + 2) / 8, (1 + 7 * 2) / 8)


@pytest.mark.parametrize("values", [[1.0], [1.0, 4.0]])
def test_one_cluster_gives_no_interval(values: Sequence[float]) -> None:
    clusters = [7] * len(values)
    assert mean_interval(values, clusters) == Interval(float(np.mean(values)), None, None)
    assert ratio_interval([*values, 0], [*values, 0], [*clusters, 8]).low is None


def test_fewer_than_eight_clusters_give_no_interval() -> None:
    values = np.random.default_rng(4).normal(size=80)
    few = mean_interval(values, np.arange(80) % 7)
    assert (few.low, few.high) == (None, None)
    assert few.mean == pytest.approx(values.mean())
    low, high = ends(mean_interval(values, np.arange(80) % 8))
    assert low < values.mean() < high


def test_a_figure_that_few_clusters_carry_has_no_interval() -> None:
    """A twentieth of the resamples have none of three in twenty clusters."""
    for carrying, has_interval in ((3, False), (15, True)):
        values = np.stack([np.ones(20), np.arange(20) < carrying]).astype(float)
        found = statistic_interval(
            values, np.arange(20), lambda sums: np.where(sums[1] > 0, sums[1] / sums[0], np.nan)
        )
        assert found.mean == carrying / 20
        assert (found.low is not None, found.high is not None) == (has_interval, has_interval)


def test_equal_clusters_have_no_width() -> None:
    assert mean_interval([0.5] * 8, range(8)) == Interval(0.5, 0.5, 0.5)


@pytest.mark.parametrize(
    ("values", "clusters"), [([], []), ([1, np.nan], [1, 2]), ([np.inf], [1]), ([1, 2], [1])]
)
def test_a_mean_of_nothing_is_refused(values: list[float], clusters: list[int]) -> None:
    with pytest.raises(ValueError, match=r"nothing|finite"):
        mean_interval(values, clusters)


def test_pairs_are_compared_with_each_other() -> None:
    draws = np.random.default_rng(3)
    hard = draws.normal(size=100) * 10
    better, clusters = hard + 0.5 + draws.normal(size=100) / 10, np.arange(100)
    difference = paired_difference(better, hard, clusters)
    assert difference.mean == pytest.approx(0.5, abs=0.05)
    assert ends(difference)[0] > 0.4
    assert width(mean_interval(better, clusters)) > 1
    assert paired_difference(hard, hard, clusters) == Interval(0.0, 0.0, 0.0)


@given(VALUES, st.integers(-9, 9), st.randoms(use_true_random=False))
def test_the_mean_is_inside_and_names_and_order_do_not_matter(
    pairs: list[tuple[float, int]], constant: int, random: Random
) -> None:
    values, clusters = zip(*pairs, strict=True)
    found = mean_interval(values, clusters)
    assert found.mean == pytest.approx(np.mean(values))
    assert (found.low is None) == (len(set(clusters)) < 8)
    shuffled = list(pairs)
    random.shuffle(shuffled)
    again = mean_interval(*zip(*((v + constant, c * 3) for v, c in shuffled), strict=True))
    assert again.mean == pytest.approx(found.mean + constant)
    if found.low is not None:
        low, high = ends(found)
        assert min(values) - 1e-9 <= low <= high <= max(values) + 1e-9
        assert ends(again) == pytest.approx((low + constant, high + constant), abs=1e-9)
