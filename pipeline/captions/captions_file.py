"""``captions.jsonl``: the lines that a model wrote for pictures, or for the scenes of a video.

Each line is also a comment at the bottom of the screen, with the fields of ``generated.jsonl``, so
that whatever draws or exports comments takes it: the line of picture *n* is there at second *n*.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from pipeline.runtime.json_lines import read_lines


class Candidate(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line that was written for a picture."""

    text: str
    words: list[str]
    score: float
    """By which candidates are ranked; see ``WritingOptions.score``."""
    nats: float
    """Minus the log-likelihood of the line, given the picture."""
    blind_nats: float
    """The same given no picture."""
    rating: float = 0.5
    """The rank, from 0 to 1, that the model expects people's ratings to have."""
    copied: bool = False
    """Whether somebody wrote the very same line about a training picture."""


class CaptionLine(msgspec.Struct, frozen=True, kw_only=True):
    """The best line for a picture, and the others."""

    time_ms: int
    text: str
    commands: list[str] = msgspec.field(default_factory=lambda: ["shita"])
    """Niconico's display commands: at the bottom."""
    words: list[str]
    frame: int
    """The frame it was written about."""
    viewers: int = 1
    picture: str = ""
    """The picture's name in its collection; empty in a video."""
    by: str = "model"
    candidates: list[Candidate]
    """The best first; the first is the line itself."""


def read_captions(path: Path) -> list[CaptionLine]:
    """Read ``captions.jsonl``; raises PipelineError BAD_ARTIFACT."""
    return list(read_lines(path, CaptionLine))
