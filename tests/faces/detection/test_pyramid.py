"""Small faces in large pictures."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from pipeline.faces.detection.detector import Found
from pipeline.faces.detection.pyramid import find_in_pyramid
from pipeline.media.pixels import Picture

SIDE = 100
LEAST = 8
"""Pixels of a piece: smaller squares are not seen."""


def find_squares(picture: Picture) -> Found:
    """White squares, if they are large enough: a detector of its kind."""
    assert max(picture.shape) <= SIDE
    areas, _ = ndimage.label(picture[..., 0] > 127)
    slices = ndimage.find_objects(areas)
    boxes = [(x.start, y.start, x.stop, y.stop) for y, x in slices if y.stop - y.start >= LEAST]
    return Found(np.array(boxes, np.float32).reshape(-1, 4), np.ones(len(boxes), np.float32))


def with_square(left: int, top: int, side: int, size: tuple[int, int] = (400, 300)) -> Picture:
    picture = np.zeros((size[1], size[0], 3), np.uint8)
    picture[top : top + side, left : left + side] = 255
    return picture


@pytest.mark.parametrize("levels", [1, 2, 3])
def test_a_large_face_is_seen_on_the_whole_picture(levels: int) -> None:
    found = find_in_pyramid(find_squares, with_square(120, 80, 60), SIDE, levels)
    np.testing.assert_allclose(found.boxes[0], [120, 80, 180, 140], atol=4)


def test_a_small_face_is_seen_on_a_piece_alone() -> None:
    picture = with_square(310, 217, 16)
    assert not len(find_in_pyramid(find_squares, picture, SIDE, 1).boxes)
    found = find_in_pyramid(find_squares, picture, SIDE, 3)
    np.testing.assert_allclose(found.boxes, [[310, 217, 326, 233]] * len(found.boxes), atol=2)
    assert len(found.boxes)


@pytest.mark.parametrize("left", range(60, 240, 13))
def test_no_part_of_a_face_at_a_cut_is_taken_for_one(left: int) -> None:
    found = find_in_pyramid(find_squares, with_square(left, 90, 20), SIDE, 3)
    assert len(found.boxes)
    np.testing.assert_allclose(found.boxes[:, 2] - found.boxes[:, 0], 20, atol=4)


def test_a_face_at_the_pictures_own_edge_is_seen() -> None:
    found = find_in_pyramid(find_squares, with_square(384, 284, 16), SIDE, 3)
    assert len(found.boxes)


def test_small_pictures_are_not_enlarged_without_end() -> None:
    sizes: list[int] = []

    def note(picture: Picture) -> Found:
        sizes.append(max(picture.shape))
        return Found.nothing()

    find_in_pyramid(note, with_square(0, 0, 5, (60, 40)), SIDE, 6)
    assert sizes == [SIDE]
