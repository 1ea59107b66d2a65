"""Read a comment file of any known format, told by its content and not by its name."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from pipeline.danmaku.comments import readers
from pipeline.danmaku.comments.content import Content
from pipeline.danmaku.comments.reader import Reader
from pipeline.danmaku.comments.record import Comment
from pipeline.danmaku.comments.report import ReadReport, file_summary
from pipeline.danmaku.comments.text_encoding import name_of
from pipeline.danmaku.comments.unknown import unknown_file
from pipeline.runtime.errors import ExitCode, PipelineError


class CommentFile:
    """A comment file; each iteration reads it anew and yields its usable comments."""

    def __init__(self, content: Content, reader: Reader, placed_by_date: bool) -> None:
        self.path = content.path
        self._content = content
        self._reader = reader
        self._placed_by_date = placed_by_date
        self.report = self._new_report()
        """Of the iteration begun last."""

    def comments(self) -> Iterator[Comment]:
        """The usable comments, which may be none."""
        self.report = self._new_report()
        comments = self._reader.read(self._content, self.report)
        return comments if not self._content.faults else self._with_faults_told(comments)

    def __iter__(self) -> Iterator[Comment]:
        """Raises PipelineError NO_USABLE_COMMENTS at the end if there were none."""
        yield from self.comments()
        if not self.report.kept:
            raise PipelineError(
                ExitCode.NO_USABLE_COMMENTS,
                f"{self.path} holds no usable comment: {file_summary(self.report.salvage())}",
                f"Such a file holds {self._reader.expects}; give one with at least one comment"
                " that has a text and a time",
            )

    def _new_report(self) -> ReadReport:
        content = self._content
        report = ReadReport(
            content.path.name,
            self._reader.format,
            encoding=name_of(content.encoding) if content.encoding else "",
            packing=content.packing or "",
            placed_by_date=self._placed_by_date,
        )
        if not content.is_whole:
            report.note("the packed file is cut short or damaged, and what follows is lost")
        return report

    def _with_faults_told(self, comments: Iterator[Comment]) -> Iterator[Comment]:
        for comment in comments:
            if "\ufffd" in comment.text:
                self.report.repair("not in its encoding")
            yield comment


def read_comments(path: Path, placed_by_date: bool = False) -> CommentFile:
    """Tell the format of ``path``, whose comments are then read by iterating over the result.

    ``placed_by_date`` says that the times of comments will be told from their dates, so that
    those without one are usable. Raises PipelineError: COMMENTS_MISSING, COMMENTS_EMPTY,
    NOT_COMMENTS; in iterating NO_USABLE_COMMENTS.
    """
    content = _opened(path)
    if not (
        content.head.decode("utf-8", "replace") if content.encoding else content.raw_head
    ).strip():
        raise PipelineError(
            ExitCode.COMMENTS_EMPTY,
            f"{path} is empty ({path.stat().st_size} bytes)",
            "Download it again, or leave it out: a video that is only to be annotated needs none",
        )
    if reader := surest_reader(content):
        return CommentFile(content, reader, placed_by_date)
    inflated = content.as_deflate()  # which has no mark of its own, so it is tried last
    if inflated and (reader := surest_reader(inflated)):
        return CommentFile(inflated, reader, placed_by_date)
    raise unknown_file(content, all_readers())


def surest_reader(content: Content) -> Reader | None:
    """The reader that is surest of a file; None where none knows it."""
    found = [(reader.confidence(content), reader) for reader in all_readers()]
    confidence, reader = max(found, key=lambda pair: pair[0])
    return reader if confidence > 0 else None


@cache
def all_readers() -> Sequence[Reader]:
    """The reader of every module of ``pipeline.danmaku.comments.readers``."""
    names = sorted(module.name for module in pkgutil.iter_modules(readers.__path__))
    return [importlib.import_module(f"{readers.__name__}.{name}").READER for name in names]


def _opened(path: Path) -> Content:
    try:
        return Content.of(path)
    except OSError as error:
        raise PipelineError(
            ExitCode.COMMENTS_MISSING,
            f"cannot read the comment file {path}: {error.strerror}",
            "Check the path",
        ) from None
