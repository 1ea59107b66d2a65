import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.runtime.sample_size import MIN_VALUES, ROUNDING_32, is_constant, is_enough


def test_thirty_values_are_enough() -> None:
    assert (is_enough(MIN_VALUES - 1), is_enough(MIN_VALUES)) == (False, True)


@given(st.floats(-1e300, 1e300), st.integers(1, 50), st.integers(0, 2**32 - 1))
def test_equal_values_are_constant_whatever_rounding_did_to_them(
    value: float, count: int, seed: int
) -> None:
    noise = 1 + 1e-12 * np.random.default_rng(seed).standard_normal(count)
    assert is_constant(np.full(count, value))
    assert is_constant(value * noise)


@given(st.floats(1e-150, 1e150), st.floats(1e-6, 1e6))
def test_what_varies_is_not_however_small_or_large_it_is(scale: float, step: float) -> None:
    assert not is_constant(scale * np.array([1.0, 1.0, 1.0 + step]))


def test_a_sum_of_nothing_and_a_level_is_constant() -> None:
    """As the rate is where nothing could be learned: its standard deviation is above 0."""
    rates = np.exp(np.random.default_rng(0).random((200, 12)) @ np.zeros(12) + 0.1)
    assert rates.std() > 0
    assert is_constant(rates)


def test_columns_are_judged_one_by_one() -> None:
    table = np.random.default_rng(0).random((30, 4))
    table[:, 1] = 0
    table[:, 2] = 7 + 1e-8 * table[:, 2]
    assert is_constant(table, 0, ROUNDING_32).tolist() == [False, True, True, False]
    assert is_constant(table, 0).tolist() == [False, True, False, False]


@pytest.mark.parametrize("value", [0.0, -3.5])
def test_one_value_is_constant(value: float) -> None:
    assert is_constant([value])
