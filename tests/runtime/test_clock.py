import pytest

from pipeline.runtime.clock import clock_text, parse_clock


@pytest.mark.parametrize(
    ("text", "seconds"), [("83.5", 83.5), ("1:05", 65), (" 0:01:23.5", 83.5), ("1:00:00", 3600)]
)
def test_times_are_read_as_people_write_them(text: str, seconds: float) -> None:
    assert parse_clock(text) == seconds


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [
        (0, "0:00:00"),
        (1999, "0:00:01"),
        (1_420_000, "0:23:40"),
        (5_772_999, "1:36:12"),
        (90_000_000, "25:00:00"),
        (-61_000, "-0:01:01"),
    ],
)
def test_times_are_written_as_clocks_show_them(milliseconds: int, text: str) -> None:
    assert clock_text(milliseconds) == text


@pytest.mark.parametrize("text", ["", "x", "1:", "-1", "1.2.3", "nan"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no time"):
        parse_clock(text)
