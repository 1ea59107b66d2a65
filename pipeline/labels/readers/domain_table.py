"""CSV and TSV with a header that names a picture and its domain, and no text."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.labels.label_report import LabelReport
from pipeline.labels.one_column import has_column, rows_about
from pipeline.labels.reader import Reader
from pipeline.labels.record import Label
from pipeline.reading.content import Content

_DOMAINS = ("domain", "class", "style", "category")


def confidence(content: Content) -> float:
    """Medium if the first line names such columns, and none that other tables are read for."""
    return 0.6 if has_column(content, _DOMAINS) else 0.0


def read(content: Content, report: LabelReport) -> Iterator[Label]:
    """Yield the domain of every row; a column ``split`` says the part of the data set."""
    for picture, value, row in rows_about(content, report, _DOMAINS):
        yield from report.domain(picture, value, split=row.get("split"))


READER = Reader(
    "CSV of domains",
    f"a first line that names a picture and its domain ({', '.join(_DOMAINS)})",
    confidence,
    read,
)
