import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.danmaku.evaluation.rate_fit import correlation, rate_fit

DRAWS = np.random.default_rng(3)


def test_it_is_pearson_s_coefficient_and_lies_within_its_interval() -> None:
    expected = DRAWS.gamma(3.0, 5.0, 200)
    actual = DRAWS.poisson(expected).astype(np.float64)
    found = correlation(expected, actual, np.arange(200) // 10)
    assert found.mean == pytest.approx(np.corrcoef(expected, actual)[0, 1])
    assert found.low is not None
    assert found.high is not None
    assert 0.3 < found.low < found.mean < found.high < 1


def test_scale_and_place_do_not_matter() -> None:
    expected, actual = DRAWS.random(60), DRAWS.random(60)
    blocks = np.arange(60) // 6
    one, other = (
        correlation(expected, actual, blocks),
        correlation(3 * expected + 7, actual, blocks),
    )
    assert one.mean == pytest.approx(other.mean)
    assert correlation(-expected, actual, blocks).mean == pytest.approx(-one.mean)


def test_blocks_of_equal_seconds_make_it_less_sure() -> None:
    expected, noise = DRAWS.random(30), DRAWS.random(30)
    alone = correlation(expected, expected + noise, np.arange(30))
    repeated = np.repeat(expected, 10), np.repeat(expected + noise, 10)
    together = correlation(*repeated, np.repeat(np.arange(30), 10))
    apart = correlation(*repeated, np.arange(300))
    widths = [i.high - i.low for i in (alone, together, apart) if i.high and i.low]
    assert widths[1] == pytest.approx(widths[0], rel=1e-6)
    assert widths[2] < 0.6 * widths[1]


SECONDS = np.arange(240)
BLOCKS = SECONDS // 10
ACTUAL = DRAWS.poisson(4.0, 240).astype(np.float64)


@pytest.mark.parametrize("noise", [0, 1e-16, 1e-12])
def test_a_rate_that_is_constant_but_for_rounding_correlates_with_nothing(noise: float) -> None:
    constant = 3.7 * (1 + noise * DRAWS.standard_normal(240))
    assert rate_fit(constant, ACTUAL, BLOCKS) is None
    assert rate_fit(ACTUAL, constant, BLOCKS) is None


def test_what_hardly_varies_but_does_correlates() -> None:
    found = rate_fit(1000 + 1e-3 * ACTUAL, ACTUAL, BLOCKS)
    assert found is not None
    assert found.pearson.mean == pytest.approx(1, abs=1e-6)
    assert found.spearman.mean == pytest.approx(1)


def test_comments_of_few_blocks_tell_no_interval() -> None:
    """Draws without any of the two blocks that have comments leave the correlation open."""
    busy = np.where(BLOCKS < 2, ACTUAL + 1, 0)
    found = rate_fit(busy + DRAWS.random(240), busy, BLOCKS)
    assert found is not None
    assert 0.5 < found.pearson.mean <= 1
    assert (found.pearson.low, found.pearson.high) == (None, None)
    short = rate_fit(ACTUAL[:70] + DRAWS.random(70), ACTUAL[:70], BLOCKS[:70])
    assert short is not None
    assert short.pearson.low is None


@pytest.mark.parametrize("level", [0.1, 0.3, 0.7, 1.1, 2.3, 3.0, 4.7, 5.1, 6.9, 7.7])
def test_the_rounding_of_draws_that_are_constant_is_no_correlation(level: float) -> None:
    busy = np.where(BLOCKS < 2, ACTUAL + 20, level)
    for found in (correlation(ACTUAL, busy, BLOCKS), correlation(busy, ACTUAL, BLOCKS)):
        assert (found.low, found.high) == (None, None)


@pytest.mark.parametrize("seed", range(20))
def test_what_agrees_in_all_correlates_by_one_and_no_more(seed: int) -> None:
    values = np.random.default_rng(seed).random(97) * 10
    found = correlation(values, 3 * values + 7, np.arange(97) // 5)
    assert found.low is not None and found.high is not None
    assert 1 - 1e-12 < found.low <= found.high <= 1
    assert found.mean <= 1


@settings(deadline=None)
@given(
    values=st.lists(
        st.tuples(st.floats(-1e9, 1e9, width=32), st.integers(0, 3)), min_size=2, max_size=60
    ),
    noise=st.sampled_from([0.0, 1e-15, 1e-9, 1e-6, 1.0]),
    width=st.integers(1, 10),
)
def test_no_correlation_is_beyond_one(
    values: list[tuple[float, int]], noise: float, width: int
) -> None:
    expected, actual = np.array(values, np.float64).T
    level = np.where(np.arange(len(values)) % 7 == 0, expected, expected[0])
    seconds = np.arange(len(values))
    for rates in (expected, level * (1 + noise * np.sin(seconds))):
        found = rate_fit(rates, actual, seconds // width)
        for interval in (found.pearson, found.spearman) if found else ():
            assert -1 <= interval.mean <= 1
            if interval.low is not None and interval.high is not None:
                assert -1 <= interval.low <= interval.high <= 1
