"""Which pictures belong together."""

import numpy as np

from pipeline.pictures.units import unit_numbers


def test_units_with_an_equal_picture_are_one() -> None:
    rows = np.array([0, 1, 1, 2])
    numbers = unit_numbers(["a/1.png", "a/2.png", "b/1.png", "c/1.png"], rows, "folder")
    assert numbers.tolist() == [0, 0, 0, 1]
