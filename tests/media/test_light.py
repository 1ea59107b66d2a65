"""Transfer functions against figures of ITU-R BT.2100 and BT.2408."""

import numpy as np
import pytest

from pipeline.media.light import (
    GRAPHICS_WHITE,
    from_bt709,
    grading,
    hlg_light,
    hlg_signal,
    pq_light,
    pq_signal,
    shade,
    ungrading,
)

WHITE = np.full(3, 255, np.float32)


@pytest.mark.parametrize(
    ("light", "signal"), [(0, 0), (1, 0.15), (100, 0.508), (203, 0.581), (1000, 0.752), (10_000, 1)]
)
def test_pq_is_that_of_bt_2408(light: float, signal: float) -> None:
    assert abs(pq_signal(light) - signal) < 0.001
    assert abs(pq_light(pq_signal(light)) - light) < 0.01


@pytest.mark.parametrize(("light", "signal"), [(26, 0.38), (203, 0.75), (1000, 1)])
def test_hlg_is_that_of_bt_2408(light: float, signal: float) -> None:
    grey = np.full(3, float(light))
    assert np.abs(hlg_signal(grey, 9) - signal).max() < 0.005
    assert np.abs(hlg_light(hlg_signal(grey, 9), 9) - light).max() < 0.1


def test_hlg_comes_back_in_colour() -> None:
    light = np.array([[500.0, 20, 3], [1, 2, 3], [0, 0, 200]])
    assert np.abs(hlg_light(hlg_signal(light, 9), 9) - light).max() < 0.01


def test_primaries_are_those_of_bt_2087() -> None:
    wanted = [[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956]]
    assert np.abs(from_bt709(9) - wanted).max() < 0.0002


@pytest.mark.parametrize(("primaries", "transfer"), [(1, 1), (2, 2), (6, 6), (5, 6)])
def test_text_over_ordinary_video_is_left_alone(primaries: int, transfer: int) -> None:
    assert grading(primaries, transfer) is None
    assert shade(0.4, transfer) == 0.4


@pytest.mark.parametrize("primaries", [2, 9, 12])
def test_white_text_is_graphics_white_whatever_the_primaries(primaries: int) -> None:
    pq, hlg, standard = (grading(primaries, transfer) for transfer in (16, 18, 14))
    assert pq is not None
    assert np.abs(pq_light(pq(WHITE) / 255) - GRAPHICS_WHITE).max() < 0.5
    assert hlg is not None
    assert np.abs(hlg(WHITE) / 255 - 0.75).max() < 0.001
    if standard is not None:
        assert np.abs(standard(WHITE) - 255).max() < 0.1


def test_red_text_is_as_red_in_wide_primaries() -> None:
    graded = grading(9, 16)
    assert graded is not None
    light = pq_light(graded(np.array([255, 0, 0], np.float32)) / 255)
    assert np.abs(np.linalg.inv(from_bt709(9)) @ light - [GRAPHICS_WHITE, 0, 0]).max() < 1


@pytest.mark.parametrize(("primaries", "transfer"), [(9, 16), (2, 18), (12, 14)])
def test_colours_of_text_come_back_from_the_signal(primaries: int, transfer: int) -> None:
    colours = np.array([[255, 0, 0], [12, 200, 90], [128, 128, 128], [255, 255, 255]], np.float32)
    graded, ungraded = grading(primaries, transfer), ungrading(primaries, transfer)
    assert graded is not None and ungraded is not None
    assert np.abs(ungraded(graded(colours)) - colours).max() < 0.5
    assert ungrading(1, 1) is None
