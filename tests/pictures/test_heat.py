import numpy as np
import pytest

from pipeline.media.pixels import Picture
from pipeline.pictures.heat import heat_over, heat_strength
from pipeline.runtime.arrays import Float32s

SIDE = 14
GREY = np.full((126, 224, 3), 128, np.uint8)


def planted(row: int, column: int, share: float = 0.4) -> Float32s:
    """The rest of the attention is spread over all positions."""
    weights = np.full(SIDE**2, (1 - share) / SIDE**2, np.float32)
    weights[row * SIDE + column] += share
    return weights


def light(picture: Picture) -> Float32s:
    found: Float32s = picture.mean(2, dtype=np.float32)
    return found


@pytest.mark.parametrize(("row", "column"), [(0, 0), (3, 11), (13, 13), (7, 6)])
def test_the_brightest_place_is_the_peak(row: int, column: int) -> None:
    found = light(heat_over(GREY, heat_strength(planted(row, column))))
    y, x = np.unravel_index(found.argmax(), found.shape)
    assert row * 9 <= y < (row + 1) * 9
    assert column * 16 <= x < (column + 1) * 16


def test_attention_to_everything_heats_nothing() -> None:
    even = np.full(SIDE**2, 1 / SIDE**2, np.float32)
    assert heat_strength(even).max() == 0
    assert np.ptp(heat_over(GREY, heat_strength(even))) == 0


def test_a_faint_peak_stays_pale_and_a_clear_one_is_whole() -> None:
    faint, clear = (heat_strength(planted(5, 5, share)) for share in (0.4 / SIDE**2, 0.1))
    assert faint.max() == pytest.approx(0.4 * 255, abs=2)
    assert clear.max() == 255


def test_more_attention_is_never_less_light() -> None:
    shares = np.arange(SIDE**2, dtype=np.float32)
    heat = heat_strength(shares / shares.sum())
    found = light(heat_over(np.full((SIDE, SIDE, 3), 60, np.uint8), heat))
    assert (np.diff(found.ravel()[SIDE:-SIDE]) > -8).all()
    assert found[-1, -1] > found[0, 0] + 60


def test_heat_leaves_the_picture_to_be_seen() -> None:
    stripes = GREY.copy()
    stripes[:, ::8] = 255
    found = light(heat_over(stripes, heat_strength(planted(0, 0))))
    assert (found[60:, ::8] > found[60:, 1::8] + 30).all()


def test_it_changes_nothing_that_it_is_given() -> None:
    before, weights = GREY.copy(), planted(2, 3)
    heat = heat_strength(weights)
    heat_over(GREY, heat)
    assert np.array_equal(GREY, before)
    assert np.array_equal(weights, planted(2, 3))
    assert np.array_equal(heat, heat_strength(weights))
