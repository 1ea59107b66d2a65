"""``faces.candidates.jsonl``: all that detectors suggest, until a person looks at the picture.

It lies beside ``faces.jsonl`` and outlives it. What was suggested of a picture stays as it was when
somebody corrected it, so that what there was to correct can be counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from pipeline.labels.boxes import Box
from pipeline.labels.record import Label
from pipeline.runtime.json_lines import read_lines, write_lines

if TYPE_CHECKING:
    from pipeline.faces.detection.union import Agreed

BETWEEN = " + "
"""Between the names of detectors that agree."""
_LEAST = 0.1
"""Less probable boxes are not kept."""


class Candidate(msgspec.Struct, frozen=True):
    """A box that may be of a face."""

    box: Box
    probability: float
    found: dict[str, float]
    """The probability that each detector gives it, by the names of those that found it."""
    shown: bool
    """Whether it was probable enough to be taken for a face."""


class Suggestion(msgspec.Struct, frozen=True, kw_only=True):
    """What detectors made of one picture that no person had looked at."""

    picture: str
    detectors: list[str]
    """Those that looked at it."""
    corrected: int
    """Pictures of the collection that people had looked at by then."""
    candidates: list[Candidate]
    """The most probable first."""

    def labels(self, value: str) -> list[Label]:
        """The boxes that are shown, as labels of the class ``value``, or that there is none."""
        boxes = [
            Label(
                picture=self.picture,
                kind="box",
                value=value,
                box=one.box,
                weight=one.probability,
                rater=BETWEEN.join(one.found),
                by="model",
            )
            for one in self.candidates
            if one.shown
        ]
        rater = BETWEEN.join(self.detectors)
        return boxes or [Label(picture=self.picture, kind="box", rater=rater, by="model")]


def suggest(
    picture: str,
    faces: Iterable[Agreed],
    detectors: Sequence[str],
    *,
    threshold: float,
    corrected: int,
) -> Suggestion:
    """What is suggested for a picture; faces of at least the probability ``threshold`` are shown.

    Edges are rounded to hundredths of a pixel, probabilities to four digits.
    """
    return Suggestion(
        picture=picture,
        detectors=list(detectors),
        corrected=corrected,
        candidates=[
            Candidate(
                _rounded(face.box),
                round(face.probability, 4),
                {name: round(p, 4) for name, p in sorted(face.probabilities.items())},
                face.probability >= threshold,
            )
            for face in faces
            if face.probability >= min(_LEAST, threshold)
        ],
    )


def beside(faces: Path) -> Path:
    """The file that lies beside ``faces.jsonl``."""
    return faces.with_name("faces.candidates.jsonl")


def read_suggestions(path: Path) -> dict[str, Suggestion]:
    """By picture; none where there is no such file. Raises PipelineError BAD_ARTIFACT."""
    if not path.exists():
        return {}
    return {one.picture: one for one in read_lines(path, Suggestion)}


def write_suggestions(path: Path, suggestions: Iterable[Suggestion]) -> None:
    """Publish the file."""
    write_lines(path, suggestions)


def _rounded(box: Box) -> Box:
    left, top, right, bottom = (round(edge, 2) for edge in box)
    return left, top, right, bottom
