"""What a reader of one comment format is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pipeline.danmaku.comments.content import Content
from pipeline.danmaku.comments.read_report import ReadReport
from pipeline.danmaku.comments.record import Comment


@dataclass(frozen=True)
class Reader:
    """One format; each module of ``comments.readers`` declares its own as ``READER``."""

    format: str
    """Its name for people."""
    expects: str
    """What such a file holds, told to whoever brings one that is nearly so."""
    confidence: Callable[[Content], float]
    """How surely a file is of this format, from its beginning: 0 for not at all, 1 for marks
    that no other format has. The reader with the highest reads the file."""
    read: Callable[[Content, ReadReport], Iterator[Comment]]
    """Yields the usable comments in the order of the file, in bounded memory, and tells the
    report of every other; raises PipelineError where the file turns out to be another thing."""
