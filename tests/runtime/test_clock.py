"""Times are read and written as people write them."""

import pytest

from pipeline.runtime.clock import clock_text, parse_clock, timestamp


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("83.5", 83.5),
        ("1:05", 65),
        (" 0:01:23.5", 83.5),
        ("1:00:00", 3600),
        ("0:01:23,500", 83.5),
        ("-0:02", -2),
        ("90:61", 5461),
    ],
)
def test_times_are_read_as_people_write_them(text: str, seconds: float) -> None:
    assert parse_clock(text) == seconds


@pytest.mark.parametrize("text", ["", "x", "1:", "1.2.3", "nan", "1:2:3:4", "1 05", "１:05"])
def test_what_is_not_a_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a time"):
        parse_clock(text)


@pytest.mark.parametrize(
    ("milliseconds", "digits", "text"),
    [
        (0, 0, "0:00"),
        (1999, 0, "0:01"),
        (1999, 1, "0:01.9"),
        (59_999, 1, "0:59.9"),
        (1_420_000, 0, "23:40"),
        (5_772_999, 0, "1:36:12"),
        (5_772_999, 3, "1:36:12.999"),
        (90_000_000, 0, "25:00:00"),
        (-61_000, 0, "-1:01"),
    ],
)
def test_times_are_written_as_clocks_show_them(milliseconds: int, digits: int, text: str) -> None:
    assert clock_text(milliseconds, digits) == text


def test_timestamps_have_all_their_digits() -> None:
    assert timestamp(0) == "00:00:00.000"
    assert timestamp(3_723_004) == "01:02:03.004"
    assert timestamp(360_000_000) == "100:00:00.000"
