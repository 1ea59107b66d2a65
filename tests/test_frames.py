from fractions import Fraction

import numpy as np
import pytest

from pipeline.frames import FrameSelector
from pipeline.media.decode import Picture, TimedPicture


def kept(
    shades: list[int], fps: float | None, *, fold: bool, rate: Fraction = Fraction(25)
) -> list[int]:
    """The frames whose picture is new, of frames ``rate`` a second with these shades."""
    select = FrameSelector(fps, fold=fold)
    last: Picture | None = None
    found = []
    for number, shade in enumerate(shades):
        frame = TimedPicture(number, 1 / rate, np.full((2, 2, 3), shade, np.uint8))
        picture = select(frame, last)
        if picture is not None:
            last = picture
            found.append(number)
    return found


def test_every_frame_is_kept_by_default() -> None:
    assert kept([1, 1, 2, 1], None, fold=False) == [0, 1, 2, 3]


def test_equal_neighbours_share_a_picture() -> None:
    assert kept([1, 1, 2, 2, 2, 1], None, fold=True) == [0, 2, 5]


@pytest.mark.parametrize(
    ("fps", "rate", "frames"),
    [
        (5, Fraction(25), [0, 5, 10, 15, 20]),
        (25, Fraction(25), list(range(25))),
        (100, Fraction(25), list(range(25))),
        (0.5, Fraction(25), [0]),
        (10, Fraction(25), [0, 3, 5, 8, 10, 13, 15, 18, 20, 23]),
        (3, Fraction(30000, 1001), [0, 10, 20]),
    ],
)
def test_a_rate_keeps_the_first_frame_of_each_interval(
    fps: float, rate: Fraction, frames: list[int]
) -> None:
    assert kept(list(range(25)), fps, fold=True, rate=rate) == frames


@pytest.mark.parametrize("fps", [2.0, 3.0, 7.0, 12.0, 23.976])
def test_a_rate_that_does_not_divide_keeps_its_average(fps: float) -> None:
    count = len(kept([0] * 2500, fps, fold=False))
    assert abs(count - 100 * fps) <= 1


def test_a_shown_picture_is_due_at_each_interval_though_neighbours_are_equal() -> None:
    shades = [1] * 5 + [2] * 5 + [2] * 5 + [3] * 5
    assert kept(shades, 5, fold=True) == [0, 5, 15]
