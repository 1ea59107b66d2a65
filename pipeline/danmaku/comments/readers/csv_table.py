"""CSV and TSV with a header, as programs and Excel write them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice

from pipeline.danmaku.comments.columns import (
    REQUIRED,
    SAMPLE_ROWS,
    Columns,
    has_required,
    has_time,
    text_column,
)
from pipeline.danmaku.comments.comment_report import CommentReport
from pipeline.danmaku.comments.reader import Reader
from pipeline.danmaku.comments.record import Comment
from pipeline.reading.content import Content
from pipeline.reading.table import Rows, header_of


def confidence(content: Content) -> float:
    """Medium if the first line names the columns of a time and a text."""
    if not content.head or content.head.lstrip()[:1] in b"<[{":
        return 0.0
    return 0.5 if has_required(header_of(content).names) else 0.0


def read(content: Content, report: CommentReport) -> Iterator[Comment]:
    """Yield every row with a text and a time; quoted fields may hold line breaks."""
    header = header_of(content)
    text = text_column(header.names)
    rows = iter(Rows(content, header, report, text=text, is_row=has_time))
    first = list(islice(rows, SAMPLE_ROWS))
    columns = Columns(first)
    for row in chain(first, rows):
        report.read += 1
        comment = columns.comment_of(row, report)
        if comment is not None:
            yield comment


READER = Reader("CSV", f"a first line that names {REQUIRED}", confidence, read)
