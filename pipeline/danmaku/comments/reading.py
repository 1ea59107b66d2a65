"""Read a comment file of any known format, recognised by its content and not by its name."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from pipeline.danmaku.comments import readers
from pipeline.danmaku.comments.content import Content
from pipeline.danmaku.comments.read_report import ReadReport
from pipeline.danmaku.comments.reader import Reader
from pipeline.danmaku.comments.record import Comment
from pipeline.danmaku.comments.text_encoding import display_name
from pipeline.danmaku.comments.unknown import unknown_file
from pipeline.runtime.errors import ExitCode, PipelineError


class CommentFile:
    """A comment file. Each iteration reads it again and yields its usable comments, if any."""

    def __init__(self, content: Content, reader: Reader, placed_by_date: bool) -> None:
        self.path = content.path
        self._content = content
        self._reader = reader
        self._placed_by_date = placed_by_date
        self.report = self._new_report()
        """The report of the iteration begun last."""

    def __iter__(self) -> Iterator[Comment]:
        self.report = self._new_report()
        comments = self._reader.read(self._content, self.report)
        return comments if not self._content.faults else self._with_faults_reported(comments)

    def _new_report(self) -> ReadReport:
        content = self._content
        report = ReadReport(
            content.path.name,
            self._reader.format,
            encoding=display_name(content.encoding) if content.encoding else "",
            compression=content.compression or "",
            placed_by_date=self._placed_by_date,
        )
        if not content.is_intact:
            report.note("the compressed file is cut short or damaged, and the rest of it is lost")
        return report

    def _with_faults_reported(self, comments: Iterator[Comment]) -> Iterator[Comment]:
        for comment in comments:
            if "\ufffd" in comment.text:
                self.report.repair("not in its encoding")
            yield comment


def read_comments(path: Path, placed_by_date: bool = False) -> CommentFile:
    """Recognise the format of ``path``; iterating over the result reads its comments.

    With ``placed_by_date`` the times of comments will be computed from their dates, so comments
    without a time are usable. Raises PipelineError: COMMENTS_MISSING, COMMENTS_EMPTY,
    NOT_COMMENTS.
    """
    content = _opened(path)
    if _is_empty(content):
        raise PipelineError(
            ExitCode.COMMENTS_EMPTY,
            f"{path} is empty ({path.stat().st_size} bytes)",
            "Download it again, or leave it out: a video that is only to be annotated needs none",
        )
    if reader := best_reader(content):
        return CommentFile(content, reader, placed_by_date)
    # Raw deflate has no mark of its own, so it is tried last.
    inflated = content.as_deflate()
    if inflated and (reader := best_reader(inflated)):
        return CommentFile(inflated, reader, placed_by_date)
    raise unknown_file(content, all_readers())


def best_reader(content: Content) -> Reader | None:
    """The reader with the highest confidence; None if no reader recognises the file."""
    confidences = [(reader.confidence(content), reader) for reader in all_readers()]
    confidence, reader = max(confidences, key=lambda pair: pair[0])
    return reader if confidence > 0 else None


@cache
def all_readers() -> Sequence[Reader]:
    """The reader of every module in ``pipeline.danmaku.comments.readers``."""
    names = sorted(module.name for module in pkgutil.iter_modules(readers.__path__))
    return [importlib.import_module(f"{readers.__name__}.{name}").READER for name in names]


def _opened(path: Path) -> Content:
    try:
        return Content.open(path)
    except OSError as error:
        raise PipelineError(
            ExitCode.COMMENTS_MISSING,
            f"cannot read the comment file {path}: {error.strerror}",
            "Check the path",
        ) from None


def _is_empty(content: Content) -> bool:
    if content.encoding:
        return not content.head.decode("utf-8", "replace").strip()
    return not content.raw_head.strip()
