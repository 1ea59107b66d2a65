"""``scores.jsonl``: the score of each face, or of each picture, with what speaks for it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from pipeline.labels.boxes import Box
from pipeline.labels.record import By
from pipeline.runtime.json_lines import read_lines, write_lines


class Alike(msgspec.Struct, frozen=True):
    """A rated example that looks alike."""

    example: str
    """The collection's folder, and the crop or picture."""
    score: float
    """That people gave it."""
    similarity: float
    """A cosine, from −1 to 1."""


class Scored(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One face or picture."""

    picture: str
    frame: int
    """The number of the still in its collection, or of a video's first frame that shows it."""
    crop: str = ""
    """The file in ``faces``; empty for a whole picture."""
    box: Box | None = None
    """The face, in pixels of the upright picture."""
    score: float
    """A person's where there is one, or else the model's."""
    by: By = "model"
    expected: float
    """What the model says."""
    low: float
    """The interval that holds nine of ten scores a person would give."""
    high: float
    alike: list[Alike] = []
    """The most similar first."""
    why: list[float] = []
    """How much each ninth of the crop, row by row, raises the model's score, compared with what
    crops have there on average; empty where the model looks at no parts of the crop."""


def read_scores(path: Path) -> list[Scored]:
    """Read ``scores.jsonl``; raises PipelineError BAD_ARTIFACT."""
    return list(read_lines(path, Scored))


def write_scores(path: Path, scores: Iterable[Scored]) -> int:
    """Publish ``scores.jsonl``; return the number of lines."""
    return write_lines(path, scores)
