"""CSV and TSV with a header that names a picture and its domain, and no text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.labels.columns import has_required, is_picture_name, names_a_picture, picture_of
from pipeline.labels.label_report import LabelReport
from pipeline.labels.reader import Reader
from pipeline.labels.record import Label
from pipeline.reading.content import Content
from pipeline.reading.table import Rows, header_of

_DOMAINS = ("domain", "class", "style", "category")


def confidence(content: Content) -> float:
    """Medium if the first line names such columns, and none that other tables are read for."""
    if not content.head or content.head.lstrip()[:1] in b"<[{":
        return 0.0
    names = header_of(content).names
    found = names_a_picture(names) and _domain_column(names) and not has_required(names)
    return 0.6 if found else 0.0


def read(content: Content, report: LabelReport) -> Iterator[Label]:
    """Yield the domain of every row; a column ``split`` says the part of the data set."""
    header = header_of(content)
    names = list(header.names)
    column = _domain_column(names)
    rows = Rows(
        content,
        header,
        report,
        text=names.index(column),
        is_row=lambda row: is_picture_name(picture_of(row)),
    )
    for row in rows:
        yield from report.domain(picture_of(row), row.get(column), split=row.get("split"))


def _domain_column(names: Sequence[str]) -> str:
    """The name of the column with the domain; empty if there is none."""
    return next((name for name in names if name.strip().lower() in _DOMAINS), "")


READER = Reader(
    "CSV of domains",
    f"a first line that names a picture and its domain ({', '.join(_DOMAINS)})",
    confidence,
    read,
)
