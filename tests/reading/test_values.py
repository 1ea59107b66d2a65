import math

import pytest

from pipeline.reading import values

NO_NUMBERS: list[object] = ["", "many", "1,2,3", "nan", None, True, [], math.nan, 1e99]


@pytest.mark.parametrize("value", NO_NUMBERS)
def test_what_is_no_number_is_none(value: object) -> None:
    assert values.decimal(value) is None


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (3, 3),
        (2.5, 2.5),
        (" 2.5 ", 2.5),
        ("1,992", 1992),
        ("1,234,567.5", 1_234_567.5),
        ("12,5", 12.5),
        ("2,883333", 2.883333),
        ("0,883", 0.883),
        ("-1e3", -1000),
    ],
)
def test_decimals_are_read_in_any_notation(value: object, number: float) -> None:
    assert values.decimal(value) == number


def test_a_comma_is_decimal_in_files_that_write_it_so() -> None:
    assert values.decimal("2,883", decimal_comma=True) == 2.883
