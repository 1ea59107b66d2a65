"""How much of the neighbourhoods a map keeps."""

import numpy as np
import pytest

from pipeline.illustrations.map.distortion import agreements, kept, moved
from pipeline.illustrations.map.vectors import nearest

DRAWS = np.random.default_rng(0)
POINTS = DRAWS.normal(size=(60, 2))
UNITS = np.arange(60)
NEAR = nearest(POINTS, 5)[0]
OTHERS = nearest(DRAWS.normal(size=(60, 2)), 5)[0]


def test_the_same_neighbours_are_kept_and_others_are_not() -> None:
    assert kept(NEAR, NEAR, UNITS).mean == 1
    assert kept(NEAR, OTHERS, UNITS).mean < 0.3
    half = np.hstack([NEAR[:, :2], np.full((60, 3), -1)])
    assert kept(NEAR, half, UNITS).mean == pytest.approx(2 / 5)


def test_classes_of_sides_are_told_by_the_nearest_on_the_map() -> None:
    sides: list[str | None] = ["left" if x < 0 else "right" for x in POINTS[:, 0]]
    sides[0] = None
    (found,) = agreements(OTHERS, NEAR, UNITS, {"folder": sides}, [[]] * 60)
    assert (found.of, found.measure, found.labelled) == ("folder", "accuracy", 59)
    assert found.map.mean > 0.85
    assert found.full.mean < 0.7
    assert 0.5 <= found.blind < 0.7
    assert found.map.low is not None and found.map.low < found.map.mean


def test_tags_are_told_by_half_of_the_nearest() -> None:
    near = np.array([[1, 2], [0, 2], [0, 1], [4, 5], [3, 5], [3, 4]])
    tags = [["cat"], ["cat"], ["cat", "night"], ["dog"], ["dog"], []]
    (found,) = agreements(near, near, np.arange(6), {}, tags)
    assert found.of == "tags"
    # cat: 3 right; dog: 2 right and 1 too many; night: 2 too many and 1 missed.
    assert found.full.mean == pytest.approx(2 * 5 / (2 * 5 + 3 + 1))
    assert found.labelled == 5
    assert found.blind == pytest.approx(2 * 3 / (2 * 3 + 3 + 3)), "cat, which half of all have"


def test_a_map_that_is_turned_mirrored_and_enlarged_has_not_moved() -> None:
    turned = 3 * POINTS[:, ::-1] + 7
    assert moved(POINTS, turned) == pytest.approx(0, abs=1e-6)
    assert moved(POINTS, DRAWS.permutation(POINTS)) > 0.8
