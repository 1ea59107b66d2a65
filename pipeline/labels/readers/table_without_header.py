"""Tables whose first column holds file names of pictures, without a header."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping

from pipeline.labels.columns import is_picture_name
from pipeline.labels.label_report import LabelReport
from pipeline.labels.reader import Reader
from pipeline.labels.record import Label
from pipeline.labels.rows import labels_of
from pipeline.media.picture_files import ENDINGS
from pipeline.reading import values
from pipeline.reading.content import Content
from pipeline.reading.table import Header, Rows

_SAMPLE_ROWS = 20
_NAMED = re.compile(
    rf"""\s*"?[^\t,;|"]+(?:{"|".join(map(re.escape, sorted(ENDINGS)))})"?\s*([\t,;|])""",
    re.IGNORECASE,
)
"""A file name and the delimiter after it, which may well occur in the text, too."""


def confidence(content: Content) -> float:
    """Low if the first column, and no other, holds file names of pictures."""
    return 0.4 if _header(content) else 0.0


def read(content: Content, report: LabelReport) -> Iterator[Label]:
    """Yield the label of every row: its text, or its number if there is nothing else."""
    header = _header(content)
    assert header is not None
    text = header.names.index("text") if "text" in header.names else len(header.names) - 1
    report.note("it has no header; its first column names the pictures")
    for row in Rows(content, header, report, text=text, is_row=_is_row):
        row = {**dict.fromkeys(header.names, ""), **row}
        yield from labels_of(row, report, decimal_comma=header.delimiter == ";")


def _is_row(row: Mapping[str, str]) -> bool:
    return is_picture_name(row["file"])


def _header(content: Content) -> Header | None:
    """Names for the columns; None unless the first line and most others begin with a picture."""
    lines = content.first_lines(_SAMPLE_ROWS)
    named = [match for line in lines if (match := _NAMED.match(line))]
    if not lines or not _NAMED.match(lines[0]) or 2 * len(named) < len(lines):
        return None
    delimiter = named[0][1]
    rows = [next(csv.reader([match.string], delimiter=delimiter), []) for match in named]
    if any(match[1] != delimiter for match in named) or any(
        is_picture_name(cell) for row in rows for cell in row[1:]
    ):
        return None
    return Header(delimiter, ["file", *_others(rows)], is_in_file=False)


def _others(rows: list[list[str]]) -> list[str]:
    """Names of the columns after the first: the only one that is not of numbers is the text."""
    width = min(map(len, rows))
    columns = list(zip(*(row[1:width] for row in rows), strict=True))
    texts = [n for n, column in enumerate(columns) if not all(map(_is_number, column))]
    if not texts and len(columns) == 1:
        return ["score"]
    if len(texts) == 1 and width == max(map(len, rows)):
        return ["text" if n == texts[0] else f"column {n + 2}" for n in range(len(columns))]
    return ["text"]


def _is_number(cell: str) -> bool:
    return values.decimal(cell) is not None


READER = Reader(
    "CSV without a header", "file names of pictures, and after each a text", confidence, read
)
