"""What several detectors find together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from pipeline.faces.detection.detector import Found
from pipeline.faces.detection.overlaps import overlaps
from pipeline.labels.boxes import Box

SAME_FACE = 0.5
"""Intersection over union from which on two boxes are of one face."""


@dataclass
class Agreed:
    """A face, and who found it."""

    lead: Box
    """Of the detector that is most sure."""
    boxes: dict[str, Box] = field(default_factory=dict)
    """By the detectors' names."""
    probabilities: dict[str, float] = field(default_factory=dict)

    @property
    def box(self) -> Box:
        """The mean, weighted by probability."""
        weights = np.array([max(self.probabilities[name], 1e-6) for name in self.boxes])
        left, top, right, bottom = weights @ np.array([*self.boxes.values()]) / weights.sum()
        return float(left), float(top), float(right), float(bottom)

    @property
    def probability(self) -> float:
        """That not all who found it are wrong, as if they erred independently."""
        return 1 - float(np.prod([1 - p for p in self.probabilities.values()]))


def united(found: Mapping[str, Found]) -> list[Agreed]:
    """The faces that each detector found, by its name; the most probable first.

    The most probable box of all begins a face, to which every other detector adds at most one.
    """
    boxes = [
        (float(probability), name, _four(box))
        for name, one in found.items()
        for box, probability in zip(one.boxes, one.probabilities, strict=True)
    ]
    faces: list[Agreed] = []
    for probability, name, box in sorted(boxes, key=lambda one: -one[0]):
        same = [face for face in faces if name not in face.boxes and _overlap(face.lead, box)]
        face = same[0] if same else Agreed(box)
        if not same:
            faces.append(face)
        face.boxes[name], face.probabilities[name] = box, probability
    return sorted(faces, key=lambda face: -face.probability)


def _overlap(some: Box, other: Box) -> bool:
    pair = (np.array([box], np.float32) for box in (some, other))
    return bool(overlaps(*pair)[0, 0] >= SAME_FACE)


def _four(box: np.ndarray) -> Box:
    left, top, right, bottom = (float(edge) for edge in box)
    return left, top, right, bottom
