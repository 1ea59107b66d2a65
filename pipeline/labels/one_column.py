"""Tables with a header that names a picture and one column about it, and no text."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from pipeline.labels.columns import has_required, is_picture_name, names_a_picture, picture_of
from pipeline.labels.label_report import LabelReport
from pipeline.reading.content import Content
from pipeline.reading.table import Rows, header_of


def has_column(content: Content, words: Collection[str]) -> bool:
    """Whether the first line names such columns, and none that other tables are read for."""
    if not content.head or content.head.lstrip()[:1] in b"<[{":
        return False
    names = header_of(content).names
    return names_a_picture(names) and bool(_column(names, words)) and not has_required(names)


def rows_about(
    content: Content, report: LabelReport, words: Collection[str]
) -> Iterator[tuple[str, str | None, dict[str, str]]]:
    """Yield of every row the picture, what the column called one of ``words`` says, and itself."""
    header = header_of(content)
    names = list(header.names)
    column = _column(names, words)
    rows = Rows(
        content,
        header,
        report,
        text=names.index(column),
        is_row=lambda row: is_picture_name(picture_of(row)),
    )
    for row in rows:
        yield picture_of(row), row.get(column), row


def _column(names: Sequence[str], words: Collection[str]) -> str:
    """The name of the column; empty if there is none."""
    return next((name for name in names if name.strip().lower() in words), "")
