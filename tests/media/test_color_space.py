import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.media.color_space import GBRA, rgb_picture, yuv

KNOWN = {
    # ITU-R BT.709, BT.601 and BT.2020: Y, Cb, Cr of limited range, rounded.
    "bt709": {(255, 0, 0): (63, 102, 240), (0, 255, 0): (173, 42, 26), (0, 0, 255): (32, 240, 118)},
    "bt470bg": {
        (255, 0, 0): (81, 90, 240),
        (0, 255, 0): (145, 54, 34),
        (0, 0, 255): (41, 240, 110),
    },
    "bt2020nc": {(255, 0, 0): (74, 97, 240), (0, 0, 255): (29, 240, 119)},
}


@pytest.mark.parametrize("matrix", KNOWN)
def test_known_colours(matrix: str) -> None:
    space = yuv(matrix, full_range=False)
    for color, expected in KNOWN[matrix].items():
        assert tuple(np.rint(space.encode(color))) == expected
    for white, black, full_range in ((235, 16, False), (255, 0, True)):
        space = yuv(matrix, full_range)
        assert tuple(np.rint(space.encode((255, 255, 255)))) == (white, 128, 128)
        assert tuple(np.rint(space.encode((0, 0, 0)))) == (black, 128, 128)


@given(
    st.sampled_from(sorted(KNOWN)),
    st.booleans(),
    st.lists(st.integers(0, 255), min_size=3, max_size=3),
)
def test_every_colour_comes_back(matrix: str, full_range: bool, color: list[int]) -> None:
    space = yuv(matrix, full_range)
    back = space.decode(space.encode(color))
    # Full range has no room for the last half of a value in pure blue and red.
    assert np.abs(back.astype(int) - color).max() <= 1


def test_alpha_needs_no_colour() -> None:
    assert tuple(GBRA.encode((1, 2, 3))) == (2, 3, 1, 255)


def test_a_picture_is_shown_in_its_own_colours() -> None:
    space = yuv("bt470bg", full_range=False)
    luma, cb, cr = np.rint(space.encode((30, 160, 70))).astype(np.uint8)
    planes = np.full((72, 64), luma, np.uint8)
    planes[48:].reshape(2, 24, 32)[:] = np.array([cb, cr])[:, None, None]
    picture = rgb_picture(planes, space, (32, 24))
    assert picture.shape == (24, 32, 3)
    assert np.abs(picture.astype(int) - (30, 160, 70)).max() <= 1
