"""The interface of a reader for one format."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from pipeline.reading.content import Content
from pipeline.reading.read_report import ReadReport

Record = TypeVar("Record")
Report = TypeVar("Report", bound=ReadReport)


@dataclass(frozen=True)
class Reader(Generic[Record, Report]):
    """One format; each module in a package of readers declares one as ``READER``."""

    format: str
    """Its name for people."""
    expects: str
    """What such a file holds, for the error about a file that no reader recognises."""
    confidence: Callable[[Content], float]
    """How surely a file is of this format, judged by its beginning: from 0 to 1, which is for
    marks that no other format has. The reader with the highest confidence reads the file."""
    read: Callable[[Content, Report], Iterator[Record]]
    """Yields the usable records in the order of the file, in bounded memory, and accounts for all
    others in the report. Raises PipelineError if the file turns out to be something else."""
