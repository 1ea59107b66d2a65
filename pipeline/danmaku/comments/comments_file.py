"""``comments.jsonl`` and ``generated.jsonl``: one comment a line, for people to read and edit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TypeVar

import msgspec

from pipeline.danmaku.comments.record import Comment
from pipeline.runtime.atomic_files import published
from pipeline.runtime.errors import ExitCode, PipelineError


class TokenizedComment(Comment, frozen=True, kw_only=True, omit_defaults=True):
    """A viewer's comment, split into words."""

    words: list[str]
    """The words of the normalised text."""
    parts: list[str]
    """Part of speech of each word."""


class GeneratedComment(msgspec.Struct, frozen=True, kw_only=True):
    """A comment by the model."""

    time_ms: int
    text: str
    commands: list[str]
    words: list[str]
    frame: int
    """The frame it was written about."""
    viewers: int
    """How many comments viewers would write in its second, as the captioner was given it."""


_BATCH = 1000  # lines written at once
Line = TypeVar("Line", bound=msgspec.Struct)


def write_lines(target: Path, comments: Iterable[msgspec.Struct]) -> int:
    """Publish one JSON object a line; return the number of lines."""
    encoder = msgspec.json.Encoder()
    count, remaining = 0, iter(comments)
    with published(target) as temporary, temporary.open("wb") as file:
        while batch := list(islice(remaining, _BATCH)):
            file.write(encoder.encode_lines(batch))
            count += len(batch)
    return count


def read_lines(path: Path, kind: type[Line]) -> Iterator[Line]:
    """Yield the records of a file; raises PipelineError BAD_ARTIFACT with the line number."""
    decoder = msgspec.json.Decoder(kind)
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                yield decoder.decode(line)
            except msgspec.MsgspecError as error:
                raise PipelineError(
                    ExitCode.BAD_ARTIFACT,
                    f"{path}, line {number}: {error}",
                    "Correct the line, or delete the file and run again to make it anew",
                ) from None


def count_lines(path: Path) -> int:
    """The number of comments in a file."""
    with path.open("rb") as file:
        return sum(1 for line in file if line.strip())
