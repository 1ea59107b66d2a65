"""What a page of faces begins with: boxes and scores, by people and models."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from pipeline.faces.detection.suggestions import BETWEEN, Suggestion
from pipeline.faces.scores.settings import Best
from pipeline.labels.boxes import Box
from pipeline.labels.record import Label

SCALE: Final = (1.0, 5.0)
"""Of the scores that keys give."""
_LONGEST_DIGEST: Final = 6
"""Digits of a detector's digest that people read."""


class FaceBox(msgspec.Struct, frozen=True, omit_defaults=True):
    """A box on a picture."""

    box: Box
    probability: float | None = None
    """None for a person's."""
    by: str = ""
    """The detectors that found it."""


class FacePicture(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is known of the faces on one picture."""

    size: tuple[int, int]
    """Width and height in pixels, upright: what boxes are measured in."""
    boxes: list[FaceBox] = []
    looked: bool = False
    """Whether a person said so."""
    rated: list[tuple[Box | None, float]] = []
    """Scores that people gave, of a face or of the whole picture."""
    window: tuple[int, int, int, int] | None = None
    """What was cut out around the face that was ranked."""
    why: list[float] = []
    """How much each ninth of the window raises the score, row by row."""


class FacesOnPage(msgspec.Struct, frozen=True):
    """What the scripts know beside the grid of pictures."""

    key: str
    """Of the collection: what was done on a page of another one is not taken up."""
    label: str
    """The class of boxes that are drawn."""
    correct: bool
    """Whether boxes are corrected, too, and not only rated."""
    threshold: float
    """The probability from which on boxes of models are first shown."""
    scale: tuple[float, float]
    """The least and the greatest score that may be."""
    best: Best
    """Which end of it is."""
    pictures: list[FacePicture]
    """Of each tile."""
    kept: list[Label]
    """What people said before and nothing on the page changes."""

    @property
    def count(self) -> int:
        """How many boxes are shown at first."""
        boxes = (box for one in self.pictures for box in one.boxes)
        return sum(box.probability is None or box.probability >= self.threshold for box in boxes)


def boxes_shown(labels: Sequence[Label], suggestion: Suggestion | None) -> list[FaceBox]:
    """A picture's boxes of faces.jsonl, and those that were too improbable for that."""
    boxes = [
        FaceBox(label.box, label.weight, _readable(label.rater))
        if label.by == "model"
        else FaceBox(label.box)
        for label in labels
        if label.box is not None
    ]
    if suggestion is None or any(label.by == "person" for label in labels):
        return boxes
    return boxes + [
        FaceBox(one.box, one.probability, _readable(BETWEEN.join(one.found)))
        for one in suggestion.candidates
        if not one.shown
    ]


def ratings_of(said: Iterable[Label]) -> dict[str, list[tuple[Box | None, float]]]:
    """People's scores, by picture; the last one of a face comes last."""
    found: dict[str, list[tuple[Box | None, float]]] = {}
    for label in said:
        if label.kind == "score" and label.by == "person" and label.weight is not None:
            found.setdefault(label.picture, []).append((label.box, label.weight))
    return found


def peoples(labels: Iterable[Label]) -> list[Label]:
    """The boxes and scores that people gave, without the files that they are from."""
    return [
        msgspec.structs.replace(label, file="", number=0)
        for label in labels
        if label.by == "person" and label.kind in ("box", "score")
    ]


def _readable(rater: str | None) -> str:
    """Names of detectors with the beginnings of their digests."""
    words = (rater or "").split(" ")
    return " ".join(
        word[:_LONGEST_DIGEST] if before == "sha256" else word
        for before, word in zip(["", *words], words, strict=False)
        if word != "sha256"
    )
