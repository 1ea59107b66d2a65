"""Read a comment file of any known format, told by its content and not by its name."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from pipeline.comments import readers
from pipeline.comments.decoding import beginning
from pipeline.comments.reader import Reader
from pipeline.comments.record import Comment
from pipeline.comments.report import ReadReport, file_summary
from pipeline.errors import ExitCode, PipelineError


class CommentFile:
    """A comment file; each iteration reads it anew and yields its usable comments."""

    def __init__(self, path: Path, reader: Reader) -> None:
        self.path = path
        self._reader = reader
        self.report = ReadReport(path.name, reader.format)
        """Of the iteration begun last."""

    def comments(self) -> Iterator[Comment]:
        """The usable comments, which may be none."""
        self.report = ReadReport(self.path.name, self._reader.format)
        return self._reader.read(self.path, self.report)

    def __iter__(self) -> Iterator[Comment]:
        """Raises PipelineError NO_USABLE_COMMENTS at the end if there were none."""
        yield from self.comments()
        if not self.report.kept:
            raise PipelineError(
                ExitCode.NO_USABLE_COMMENTS,
                f"{self.path} holds no usable comment: {file_summary(self.report.salvage())}",
                "Give a file with at least one comment that has a text and a time",
            )


def read_comments(path: Path) -> CommentFile:
    """Tell the format of ``path``, whose comments are then read by iterating over the result.

    Raises PipelineError: COMMENTS_MISSING, COMMENTS_EMPTY, NOT_COMMENTS; in iterating
    NO_USABLE_COMMENTS.
    """
    head = _head(path)
    if not head.strip():
        raise PipelineError(
            ExitCode.COMMENTS_EMPTY,
            f"{path} is empty ({path.stat().st_size} bytes)",
            "Download it again, or leave it out: a video that is only to be annotated needs none",
        )
    for reader in all_readers():
        if reader.recognizes(head):
            return CommentFile(path, reader)
    raise PipelineError(
        ExitCode.NOT_COMMENTS,
        f"{path} is no comment file of a known format; it begins with “{_readable(head)}”",
        "Known are " + ", ".join(reader.format for reader in all_readers()),
    )


def _readable(head: bytes) -> str:
    """The first characters, as far as they are any, on one line."""
    return " ".join(head.strip()[:80].decode("utf-8", errors="replace").split())[:40]


@cache
def all_readers() -> Sequence[Reader]:
    """The reader of every module of ``pipeline.comments.readers``."""
    names = sorted(module.name for module in pkgutil.iter_modules(readers.__path__))
    return [importlib.import_module(f"{readers.__name__}.{name}").READER for name in names]


def _head(path: Path) -> bytes:
    try:
        return beginning(path)
    except OSError as error:
        raise PipelineError(
            ExitCode.COMMENTS_MISSING,
            f"cannot read the comment file {path}: {error.strerror}",
            "Check the path",
        ) from None
