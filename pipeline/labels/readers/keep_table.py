"""CSV and TSV with a header that names a picture and whether to keep it, and no text."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.labels.label_report import LabelReport
from pipeline.labels.one_column import has_column, rows_about
from pipeline.labels.reader import Reader
from pipeline.labels.record import Label
from pipeline.reading.content import Content

_COLUMN = "keep"


def confidence(content: Content) -> float:
    """High if the first line names such columns, and none that other tables are read for."""
    return 0.65 if has_column(content, (_COLUMN,)) else 0.0


def read(content: Content, report: LabelReport) -> Iterator[Label]:
    """Yield what every row says: keep or drop, yes or no, true or false, 1 or 0."""
    for picture, value, row in rows_about(content, report, (_COLUMN,)):
        yield from report.keep(picture, value, by=row.get("by"))


READER = Reader(
    "CSV of pictures to keep",
    f"a first line that names a picture and “{_COLUMN}”",
    confidence,
    read,
)
