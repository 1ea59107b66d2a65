"""CSV and TSV with a header that names a picture and whether to keep it, and no text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.labels.columns import has_required, is_picture_name, names_a_picture, picture_of
from pipeline.labels.label_report import LabelReport
from pipeline.labels.reader import Reader
from pipeline.labels.record import Label
from pipeline.reading.content import Content
from pipeline.reading.table import Rows, header_of

_COLUMN = "keep"


def confidence(content: Content) -> float:
    """High if the first line names such columns, and none that other tables are read for."""
    if not content.head or content.head.lstrip()[:1] in b"<[{":
        return 0.0
    names = header_of(content).names
    found = names_a_picture(names) and _keep_column(names) and not has_required(names)
    return 0.65 if found else 0.0


def read(content: Content, report: LabelReport) -> Iterator[Label]:
    """Yield what every row says: keep or drop, yes or no, true or false, 1 or 0."""
    header = header_of(content)
    names = list(header.names)
    column = _keep_column(names)
    rows = Rows(
        content,
        header,
        report,
        text=names.index(column),
        is_row=lambda row: is_picture_name(picture_of(row)),
    )
    for row in rows:
        yield from report.keep(picture_of(row), row.get(column), by=row.get("by"))


def _keep_column(names: Sequence[str]) -> str:
    """The name of the column; empty if there is none."""
    return next((name for name in names if name.strip().lower() == _COLUMN), "")


READER = Reader(
    "CSV of pictures to keep",
    f"a first line that names a picture and “{_COLUMN}”",
    confidence,
    read,
)
