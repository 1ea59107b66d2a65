from fractions import Fraction

import numpy as np
import pytest

from pipeline.media.pixels import Picture
from pipeline.media.source import TimedPicture
from pipeline.pictures.frame_selection import FrameSelector, NearDuplicate


def kept(
    shades: list[int], fps: float | None, *, fold: bool, rate: Fraction = Fraction(25)
) -> list[int]:
    """The frames whose picture is new, of frames ``rate`` a second with these shades."""
    select = FrameSelector(fps, np.array_equal if fold else None)
    last: Picture | None = None
    found = []
    for number, shade in enumerate(shades):
        frame = TimedPicture(number, 1 / rate, np.full((2, 2, 3), shade, np.uint8), (64, 48))
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


@pytest.mark.parametrize("size", [32, 100, 224, 1024])
def test_changes_are_the_mean_differences_of_blocks(size: int) -> None:
    one, other = np.random.default_rng(size).integers(0, 256, (2, size, size, 3), np.uint8)
    changes = NearDuplicate(size, 0).changes(one, other)
    side = -(-size // 14)
    assert changes.shape == (-(-size // side),) * 2
    for (y, x), found in np.ndenumerate(changes):
        part = np.s_[y * side : (y + 1) * side, x * side : (x + 1) * side]
        wanted = np.abs(one[part].astype(float) - other[part]).mean()
        assert found == pytest.approx(wanted, rel=1e-12)


def test_noise_everywhere_is_near_and_a_small_change_is_not() -> None:
    drawing = np.full((224, 224, 3), 128, np.uint8)
    noisy = drawing + np.random.default_rng(1).integers(-4, 5, drawing.shape).astype(np.uint8)
    mouth = drawing.copy()
    mouth[101:108, 84:95] = 20  # 0.15 % of the picture
    near = NearDuplicate(224, 3.0)
    assert near(drawing, noisy)
    assert not near(drawing, mouth)
    difference = [np.abs(drawing.astype(int) - picture).mean() for picture in (noisy, mouth)]
    assert difference[0] > 10 * difference[1], "the mean of the whole picture would mistake them"


def test_a_slow_fade_is_not_held_for_ever() -> None:
    select = FrameSelector(None, NearDuplicate(32, 3.0))
    last: Picture | None = None
    found = []
    for shade in range(30):
        frame = TimedPicture(shade, Fraction(1), np.full((32, 32, 3), shade, np.uint8), (64, 48))
        picture = select(frame, last)
        if picture is not None:
            last = picture
            found.append(shade)
    assert found == list(range(0, 30, 4))
