import numpy as np
import pytest

from pipeline.evaluation.correlation import correlation

DRAWS = np.random.default_rng(3)
BLOCKS = np.arange(240) // 10
ACTUAL = DRAWS.poisson(4.0, 240).astype(np.float64)


def test_pearson_s_coefficient_lies_within_its_interval() -> None:
    expected = DRAWS.gamma(3.0, 5.0, 200)
    actual = DRAWS.poisson(expected).astype(np.float64)
    found = correlation(expected, actual, np.arange(200) // 10)
    assert found.mean == pytest.approx(np.corrcoef(expected, actual)[0, 1])
    assert found.low is not None
    assert found.high is not None
    assert 0.3 < found.low < found.mean < found.high < 1


def test_scale_and_offset_do_not_matter() -> None:
    expected, actual = DRAWS.random(60), DRAWS.random(60)
    blocks = np.arange(60) // 6
    one, other = (
        correlation(expected, actual, blocks),
        correlation(3 * expected + 7, actual, blocks),
    )
    assert one.mean == pytest.approx(other.mean)
    assert correlation(-expected, actual, blocks).mean == pytest.approx(-one.mean)


def test_clusters_of_equal_values_widen_the_interval() -> None:
    expected, noise = DRAWS.random(30), DRAWS.random(30)
    alone = correlation(expected, expected + noise, np.arange(30))
    repeated = np.repeat(expected, 10), np.repeat(expected + noise, 10)
    together = correlation(*repeated, np.repeat(np.arange(30), 10))
    apart = correlation(*repeated, np.arange(300))
    widths = [i.high - i.low for i in (alone, together, apart) if i.high and i.low]
    assert widths[1] == pytest.approx(widths[0], rel=1e-6)
    assert widths[2] < 0.6 * widths[1]


@pytest.mark.parametrize("level", [0.1, 0.3, 0.7, 1.1, 2.3, 3.0, 4.7, 5.1, 6.9, 7.7])
def test_rounding_in_constant_resamples_is_no_correlation(level: float) -> None:
    busy = np.where(BLOCKS < 2, ACTUAL + 20, level)
    for found in (correlation(ACTUAL, busy, BLOCKS), correlation(busy, ACTUAL, BLOCKS)):
        assert (found.low, found.high) == (None, None)


@pytest.mark.parametrize("seed", range(20))
def test_proportional_series_correlate_by_one_and_no_more(seed: int) -> None:
    values = np.random.default_rng(seed).random(97) * 10
    found = correlation(values, 3 * values + 7, np.arange(97) // 5)
    assert found.low is not None and found.high is not None
    assert 1 - 1e-12 < found.low <= found.high <= 1
    assert found.mean <= 1
