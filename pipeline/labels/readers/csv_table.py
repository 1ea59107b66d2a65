"""CSV and TSV with a header that names a picture and a text, tags, a score or a box."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from pipeline.labels.columns import PICTURES, REQUIRED, has_required, is_picture_name, text_column
from pipeline.labels.label_report import LabelReport
from pipeline.labels.reader import Reader
from pipeline.labels.record import Label
from pipeline.labels.rows import labels_of, manner_of
from pipeline.reading.content import Content
from pipeline.reading.table import Rows, header_of

_NUMBERED_TEXT = re.compile(r"\s*\d+\s+(\S.*)", re.DOTALL)


def confidence(content: Content) -> float:
    """Medium if the first line names a picture and a text, tags, a score or a box."""
    if not content.head or content.head.lstrip()[:1] in b"<[{":
        return 0.0
    return 0.5 if has_required(header_of(content).names) else 0.0


def read(content: Content, report: LabelReport) -> Iterator[Label]:
    """Yield the labels of every row; quoted fields may hold line breaks."""
    header = header_of(content)
    text = text_column(header.names)
    place = len(header.names) - 1 if text is None else text
    sample = Rows(content, header, LabelReport("", ""), text=place, is_row=_is_row)
    manner = manner_of(sample, report)
    for row in Rows(content, header, report, text=place, is_row=_is_row):
        if place == text == len(row) == len(header.names) - 1:
            row = _separated(row, header.names, report)
        row = {**dict.fromkeys(header.names, ""), **row}
        # European Excel separates by semicolons because its numbers have commas.
        yield from labels_of(row, report, manner, decimal_comma=header.delimiter == ";")


def _is_row(row: Mapping[str, str]) -> bool:
    cells = (cell for name, cell in row.items() if name.strip().lower() in PICTURES)
    return any(map(is_picture_name, cells))


def _separated(row: dict[str, str], names: Sequence[str], report: LabelReport) -> dict[str, str]:
    """A row that lacks its last field, the text, which may follow the number before it.

    One row of Flickr30k's results.csv is such: ``2199200615.jpg| 4   A dog runs``.
    """
    numbered = _NUMBERED_TEXT.fullmatch(row[names[-2]])
    if numbered is None:
        return row
    report.repair("with a separator lost before the text", ahead=1)
    return {**row, names[-1]: numbered[1]}


READER = Reader("CSV", f"a first line that names {REQUIRED}", confidence, read)
