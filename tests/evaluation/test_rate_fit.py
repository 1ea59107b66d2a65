import numpy as np
import pytest

from pipeline.evaluation.rate_fit import correlation

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
