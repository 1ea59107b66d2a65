"""What several detectors find together."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.faces.detection.detector import Found
from pipeline.faces.detection.union import united


def found(*boxes: tuple[float, ...]) -> Found:
    numbers = np.array(boxes, np.float32).reshape(-1, 5)
    return Found(numbers[:, :4], numbers[:, 4])


def test_a_face_that_two_see_is_surer_than_either_says() -> None:
    one, two = found((0, 0, 10, 10, 0.6)), found((0, 0, 10, 8, 0.5))
    (face,) = united({"one": one, "two": two})
    assert face.probability == pytest.approx(1 - 0.4 * 0.5)
    assert face.box == pytest.approx((0, 0, 10, (10 * 0.6 + 8 * 0.5) / 1.1))
    assert sorted(face.probabilities) == ["one", "two"]


def test_a_face_that_one_alone_sees_keeps_its_probability() -> None:
    faces = united({"one": found((0, 0, 10, 10, 0.25)), "two": found((40, 0, 50, 10, 0.75))})
    assert [(face.probability, list(face.boxes)) for face in faces] == [
        (0.75, ["two"]),
        (0.25, ["one"]),
    ]


def test_two_boxes_of_one_detector_are_two_faces() -> None:
    faces = united({"one": found((0, 0, 10, 10, 0.9), (1, 0, 11, 10, 0.8)), "two": found()})
    assert len(faces) == 2


def test_nothing_is_found_where_none_finds_anything() -> None:
    assert united({"one": found(), "two": found()}) == []
