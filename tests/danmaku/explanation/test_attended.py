import numpy as np
import pytest

from pipeline.danmaku.explanation.attended import AttendedComment


@pytest.mark.parametrize(
    ("time_ms", "expected"),
    [
        (0, "0:00.0"),
        (62_390, "1:02.3"),
        (59_999, "0:59.9"),
        (3_600_000, "1:00:00.0"),
        (-5, "0:00.0"),
    ],
)
def test_times_are_written_with_tenths(time_ms: int, expected: str) -> None:
    heat, peaks = np.empty((0, 1), np.uint8), np.empty(0, np.float32)
    assert AttendedComment(time_ms, "", [], heat, peaks).time == expected


@pytest.mark.parametrize(
    ("share", "expected"),
    [(0.0231, "2.3 %"), (0.997, "100 %"), (0.0051, "0.51 %"), (0.994, "99 %")],
)
def test_shares_have_two_digits(share: float, expected: str) -> None:
    peaks = np.array([share], np.float32)
    assert AttendedComment(0, "w", ["w"], np.zeros((1, 4), np.uint8), peaks).peak(0) == expected
