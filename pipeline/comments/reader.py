"""What a reader of one comment format is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.comments.record import Comment
from pipeline.comments.report import ReadReport


@dataclass(frozen=True)
class Reader:
    """One format; each module of ``pipeline.comments.readers`` declares its own as ``READER``."""

    format: str
    """Its name for people."""
    recognizes: Callable[[bytes], bool]
    """Whether a file is of this format, from its first 64 KiB, in UTF-8 and without byte order
    mark where it is text. Readers exclude each other."""
    read: Callable[[Path, ReadReport], Iterator[Comment]]
    """Yields the usable comments in the order of the file, in bounded memory, and tells the
    report of every other; raises PipelineError where the file turns out to be another thing."""
