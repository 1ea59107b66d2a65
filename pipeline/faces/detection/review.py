"""Which pictures to correct first, and what there was to correct before.

A box that is in doubt, with a probability from 0.25 to 0.75, costs ``min(p, 1 - p)`` corrections on
average, if probabilities are what they say. A face that some detectors miss costs half the share of
those who do, if that is more. The picture with the most corrections to be expected comes first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from pipeline.faces.detection.overlaps import overlaps
from pipeline.faces.detection.suggestions import Candidate, Suggestion
from pipeline.faces.detection.union import SAME_FACE
from pipeline.labels.record import Label
from pipeline.runtime.arrays import Float32s
from pipeline.runtime.quantities import counted

_IN_DOUBT = 0.25
"""Corrections expected of a box from which on it counts: of the many boxes that are hardly seen at
all, fewer are faces than their probabilities say."""
_MOVED = 0.9
"""Intersection over union below which a box was moved."""


class ToReview(msgspec.Struct, frozen=True, kw_only=True):
    """A picture that nobody has looked at."""

    rank: int
    """From 1, the one to correct first."""
    picture: str
    corrections: float
    """To be expected."""
    faces: int
    """Boxes that are shown."""
    reason: str


class Round(msgspec.Struct, frozen=True, kw_only=True):
    """What people changed in the boxes that the same detectors suggested at one time."""

    corrected: int
    """Pictures that people had looked at by then."""
    detectors: list[str]
    pictures: int
    """That people have corrected since."""
    faces: int
    """On them, as people say."""
    kept: int
    moved: int
    """Boxes whose edges changed; of both, intersection over union is at least 0.5."""
    added: int
    removed: int

    @property
    def recall(self) -> float | None:
        """The share of faces that were found; None without any."""
        return (self.kept + self.moved) / self.faces if self.faces else None

    @property
    def edits(self) -> float:
        """A picture, on average."""
        return (self.moved + self.added + self.removed) / self.pictures


def review_order(suggestions: Sequence[Suggestion]) -> list[ToReview]:
    """Pictures by what there is to correct on them; of equal ones, in the given order."""
    scored = [(sum(_corrections(s, c) for c in s.candidates), s) for s in suggestions]
    scored.sort(key=lambda one: -one[0])
    return [
        ToReview(
            rank=rank,
            picture=one.picture,
            corrections=round(corrections, 3),
            faces=sum(box.shown for box in one.candidates),
            reason=_reason(one),
        )
        for rank, (corrections, one) in enumerate(scored, 1)
    ]


def rounds(
    suggestions: Mapping[str, Suggestion], people: Mapping[str, Sequence[Label]]
) -> list[Round]:
    """What people changed, round by round; pictures of which nothing was suggested are left out."""
    found: dict[tuple[int, tuple[str, ...]], list[str]] = {}
    for name in people:
        if name in suggestions:
            one = suggestions[name]
            found.setdefault((one.corrected, tuple(one.detectors)), []).append(name)
    return [
        Round(
            corrected=corrected,
            detectors=list(detectors),
            pictures=len(names),
            **_edits([(suggestions[name], people[name]) for name in names]),
        )
        for (corrected, detectors), names in sorted(found.items())
    ]


def _corrections(suggestion: Suggestion, candidate: Candidate) -> float:
    return max(_doubt(candidate), _missed(suggestion, candidate) / 2)


def _doubt(candidate: Candidate) -> float:
    doubt = min(candidate.probability, 1 - candidate.probability)
    return doubt if doubt >= _IN_DOUBT else 0.0


def _missed(suggestion: Suggestion, candidate: Candidate) -> float:
    """The share of detectors that did not find a box that is shown."""
    return candidate.shown * (1 - len(candidate.found) / len(suggestion.detectors))


def _reason(suggestion: Suggestion) -> str:
    """Such as ``2 boxes in doubt (0.41, 0.56); 1 box that not all detectors find``."""
    doubtful = [f"{one.probability:.2f}" for one in suggestion.candidates if _doubt(one)]
    disputed = sum(_missed(suggestion, one) > 0 for one in suggestion.candidates)
    parts = []
    if doubtful:
        parts.append(f"{_boxes(len(doubtful))} in doubt ({', '.join(doubtful)})")
    if disputed:
        parts.append(f"{_boxes(disputed)} that not all detectors find")
    if not suggestion.candidates:
        parts.append("no detector finds anything")
    return "; ".join(parts) or "all detectors are sure"


def _boxes(count: int) -> str:
    return f"{count} box{'es' * (count != 1)}"


def _edits(pictures: Sequence[tuple[Suggestion, Sequence[Label]]]) -> dict[str, int]:
    """How many boxes were kept, moved, added and removed, and how many there are."""
    kept = moved = faces = shown = 0
    for suggestion, labels in pictures:
        theirs = _array([label.box for label in labels])
        ours = _array([one.box for one in suggestion.candidates if one.shown])
        faces, shown = faces + len(theirs), shown + len(ours)
        alike = overlaps(ours, theirs)
        while alike.size and (best := alike.max()) >= SAME_FACE:
            row, column = np.unravel_index(alike.argmax(), alike.shape)
            alike[row], alike[:, column] = -1, -1
            kept, moved = kept + (best >= _MOVED), moved + (best < _MOVED)
    same = int(kept + moved)
    return {
        "faces": faces,
        "kept": int(kept),
        "moved": int(moved),
        "added": faces - same,
        "removed": shown - same,
    }


def _array(boxes: Sequence[object]) -> Float32s:
    return np.array(boxes, np.float32).reshape(-1, 4)


def round_line(one: Round) -> str:
    """``after 20 pictures: 41 pictures corrected, recall 0.83, 1.2 edits a picture``."""
    recall = "" if one.recall is None else f" recall {one.recall:.2f},"
    return (
        f"after {counted(one.corrected, 'picture')}: {counted(one.pictures, 'picture')} corrected,"
        f"{recall} {one.edits:.1f} edits a picture ({one.moved:,} moved, {one.added:,} added,"
        f" {one.removed:,} removed)"
    )
