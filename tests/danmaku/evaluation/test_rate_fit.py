import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.danmaku.evaluation.rate_fit import rate_fit

DRAWS = np.random.default_rng(3)
BLOCKS = np.arange(240) // 10
ACTUAL = DRAWS.poisson(4.0, 240).astype(np.float64)


@pytest.mark.parametrize("noise", [0, 1e-16, 1e-12])
def test_a_rate_that_is_constant_up_to_rounding_correlates_with_nothing(noise: float) -> None:
    constant = 3.7 * (1 + noise * DRAWS.standard_normal(240))
    assert rate_fit(constant, ACTUAL, BLOCKS) is None
    assert rate_fit(ACTUAL, constant, BLOCKS) is None


def test_a_rate_that_hardly_varies_still_correlates() -> None:
    found = rate_fit(1000 + 1e-3 * ACTUAL, ACTUAL, BLOCKS)
    assert found is not None
    assert found.pearson.mean == pytest.approx(1, abs=1e-6)
    assert found.spearman.mean == pytest.approx(1)


def test_comments_in_few_blocks_have_no_interval() -> None:
    """Resamples without either of the two busy blocks leave the correlation undefined."""
    busy = np.where(BLOCKS < 2, ACTUAL + 1, 0)
    found = rate_fit(busy + DRAWS.random(240), busy, BLOCKS)
    assert found is not None
    assert 0.5 < found.pearson.mean <= 1
    assert (found.pearson.low, found.pearson.high) == (None, None)
    short = rate_fit(ACTUAL[:70] + DRAWS.random(70), ACTUAL[:70], BLOCKS[:70])
    assert short is not None
    assert short.pearson.low is None


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
