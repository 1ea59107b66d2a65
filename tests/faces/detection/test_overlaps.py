"""Boxes as arrays."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipeline.faces.detection.detector import Found
from pipeline.faces.detection.overlaps import distinct, overlaps, within

EDGES = arrays(np.float32, (7, 4), elements=st.integers(0, 30).map(float))
SCORES = arrays(np.float32, 7, elements=st.integers(0, 8).map(lambda n: n / 8), unique=False)


def ordered(edges: np.ndarray) -> np.ndarray:
    return np.hstack([np.minimum(edges[:, :2], edges[:, 2:]), edges.reshape(-1, 2, 2).max(1)])


def test_half_of_each_is_a_third_of_both() -> None:
    pair = np.array([[0, 0, 10, 10], [5, 0, 15, 10]], np.float32)
    np.testing.assert_allclose(overlaps(pair, pair), [[1, 1 / 3], [1 / 3, 1]])


@given(EDGES)
def test_boxes_without_an_area_overlap_nothing(edges: np.ndarray) -> None:
    boxes = ordered(edges)
    alike = overlaps(boxes, boxes)
    assert ((alike >= 0) & (alike <= 1 + 1e-9)).all()
    np.testing.assert_allclose(alike, alike.T)
    assert not alike[(boxes[:, 2:] == boxes[:, :2]).any(1)].any()


@settings(deadline=None)
@given(EDGES, SCORES)
def test_what_is_kept_does_not_overlap_and_what_is_not_overlaps_better(
    edges: np.ndarray, scores: np.ndarray
) -> None:
    boxes = ordered(edges)
    kept = distinct(boxes, scores, 0.4)
    alike = overlaps(boxes, boxes)
    assert (np.diff(scores[kept]) <= 0).all()
    for place, one in enumerate(kept.tolist()):
        assert (alike[one, kept[:place]] <= 0.4).all()
    for one in set(range(7)) - set(kept.tolist()):
        better = [other for other in kept.tolist() if scores[other] >= scores[one]]
        assert (alike[one, better] > 0.4).any()


def test_three_hundred_boxes_of_one_face_are_one() -> None:
    boxes = np.tile(np.array([[5, 5, 50, 50]], np.float32), (300, 1))
    assert distinct(boxes, np.linspace(0, 1, 300).astype(np.float32), 0.5).tolist() == [299]


def test_boxes_are_cut_off_at_the_edges_and_small_ones_left_out() -> None:
    boxes = np.array([[-5, -5, 30, 20], [10, 10, 14, 30], [90, 5, 120, 40]], np.float32)
    picture = np.zeros((50, 100, 3), np.uint8)
    found = Found(boxes, np.array([0.2, 0.9, 0.6], np.float32)).cleaned(picture, 8, 0.5)
    assert found.boxes.tolist() == [[90, 5, 100, 40], [0, 0, 30, 20]]
    np.testing.assert_allclose(found.probabilities, [0.6, 0.2])
    assert within(boxes, 100, 50).max() == 100
