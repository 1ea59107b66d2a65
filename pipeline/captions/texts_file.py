"""``texts.jsonl``: what people wrote about the pictures of one collection, split into words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from pipeline.runtime.json_lines import read_lines, write_lines


class CaptionText(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One text about one picture."""

    frame: int
    """The picture's number in its collection."""
    picture: str
    """Its name there."""
    text: str
    """As its author wrote it."""
    words: list[str]
    parts: list[str]
    """Part of speech of each word."""
    rating: float | None = None
    """Stars, votes or a score, as given: the more, the better."""
    held_out: bool = False
    """Whether it is kept back to measure by, as all texts of its picture are."""
    file: str = ""
    """The file it was read from, without folders."""
    number: int = 0
    """Its number among the records of that file, from 1."""

    @property
    def sentence(self) -> tuple[str, ...]:
        """The words, for counting."""
        return tuple(self.words)


def read_texts(path: Path) -> list[CaptionText]:
    """Read ``texts.jsonl``; raises PipelineError BAD_ARTIFACT."""
    return list(read_lines(path, CaptionText))


def write_texts(path: Path, texts: Sequence[CaptionText]) -> None:
    """Publish ``texts.jsonl``."""
    write_lines(path, texts)
