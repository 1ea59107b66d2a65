"""Read a comment file of any known format, recognised by its content and not by its name."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from pipeline.danmaku.comments import readers
from pipeline.danmaku.comments.comment_report import CommentReport
from pipeline.danmaku.comments.reader import Reader
from pipeline.danmaku.comments.record import Comment
from pipeline.reading.content import Content
from pipeline.reading.recognition import readers_of, recognise
from pipeline.reading.record_file import RecordFile
from pipeline.runtime.errors import ExitCode


class CommentFile(RecordFile[Comment, CommentReport]):
    """A comment file. Each iteration reads it again and yields its usable comments, if any."""

    def __init__(self, content: Content, reader: Reader, placed_by_date: bool) -> None:
        self._placed_by_date = placed_by_date
        super().__init__(content, reader)

    def _report(self, file: str, format: str, encoding: str, compression: str) -> CommentReport:  # noqa: A002
        return CommentReport(file, format, encoding, compression, self._placed_by_date)

    def _text(self, record: Comment) -> str:
        return record.text


def read_comments(path: Path, placed_by_date: bool = False) -> CommentFile:
    """Recognise the format of ``path``; iterating over the result reads its comments.

    With ``placed_by_date`` the times of comments will be computed from their dates, so comments
    without a time are usable. Raises PipelineError: COMMENTS_MISSING, EMPTY_FILE,
    UNKNOWN_FORMAT.
    """
    content, reader = recognise(
        path,
        all_readers(),
        CommentReport.noun,
        ExitCode.COMMENTS_MISSING,
        "Download it again, or leave it out: a video that is only to be annotated needs none",
    )
    return CommentFile(content, reader, placed_by_date)


@cache
def all_readers() -> Sequence[Reader]:
    """The reader of every module in ``pipeline.danmaku.comments.readers``."""
    return readers_of(readers)
