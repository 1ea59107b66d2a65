"""Average precision of boxes: as pycocotools has it."""

from __future__ import annotations

import contextlib
import io
from typing import Any

import numpy as np
import pytest

from pipeline.evaluation.box_precision import Matches, match
from pipeline.faces.detection.overlaps import overlaps

Pictures = list[tuple[np.ndarray, np.ndarray, np.ndarray]]
"""Boxes found, their scores, and boxes that are there."""


def pictures(seed: int, count: int = 12) -> Pictures:
    """Boxes of which some are near those that are there, some elsewhere, and some missing."""
    draws = np.random.default_rng(seed)
    made = []
    for _ in range(count):
        corners = draws.uniform(0, 80, (draws.integers(0, 5), 2))
        there = np.hstack([corners, corners + draws.uniform(10, 40, corners.shape)])
        near = there + draws.normal(0, 3, there.shape)
        elsewhere = draws.uniform(0, 60, (draws.integers(0, 3), 2))
        found = np.vstack([near, np.hstack([elsewhere, elsewhere + 20])])
        found = found[draws.random(len(found)) < 0.8]
        made.append((found.astype(np.float32), draws.random(len(found)), there.astype(np.float32)))
    return made


def by_coco(some: Pictures, overlap: float) -> float:
    """Average precision by pycocotools."""
    coco = pytest.importorskip("pycocotools.coco")
    evaluation = pytest.importorskip("pycocotools.cocoeval")
    annotations: list[dict[str, Any]] = []
    results: list[dict[str, Any]] = []
    for image, (found, scores, there) in enumerate(some, 1):
        for box in there.tolist():
            annotations.append(
                {
                    **{"id": len(annotations) + 1, "image_id": image, "category_id": 1},
                    **{"bbox": _sized(box), "area": 100, "iscrowd": 0},
                }
            )
        for box, score in zip(found.tolist(), scores.tolist(), strict=True):
            results.append(
                {"image_id": image, "category_id": 1, "bbox": _sized(box), "score": score}
            )
    with contextlib.redirect_stdout(io.StringIO()):
        truth = coco.COCO()
        images = [{"id": number} for number in range(1, len(some) + 1)]
        truth.dataset = {"images": images, "annotations": annotations, "categories": [{"id": 1}]}
        truth.createIndex()
        measured = evaluation.COCOeval(truth, truth.loadRes(results), "bbox")
        measured.params.iouThrs = np.array([overlap])
        measured.evaluate()
        measured.accumulate()
    return float(measured.eval["precision"][0, :, 0, 0, -1].mean())


def _sized(box: list[float]) -> list[float]:
    return [box[0], box[1], box[2] - box[0], box[3] - box[1]]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("least", [0.5, 0.75])
def test_average_precision_is_pycocotools(seed: int, least: float) -> None:
    some = pictures(seed)
    matches = [
        match(overlaps(found, there), scores.astype(np.float32), least)
        for found, scores, there in some
    ]
    assert Matches.of_all(matches).average_precision() == pytest.approx(by_coco(some, least))


def test_two_boxes_of_one_face_are_one_right_and_one_wrong() -> None:
    found = match(np.array([[0.9], [0.8]]), np.array([0.5, 0.6], np.float32), 0.5)
    assert found.right.tolist() == [False, True]
    assert found.recall() == 1
    assert found.recall(0.61) == 0


def test_where_nothing_is_there_it_has_no_value() -> None:
    found = match(np.zeros((1, 0)), np.array([0.5], np.float32), 0.5)
    assert np.isnan(found.average_precision())
    assert Matches.of_all([]).recall() == 0
