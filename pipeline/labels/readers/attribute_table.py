"""CSV with 1 or −1 in a column for each attribute of a picture, as Kaggle has CelebA."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from pipeline.labels.attributes import SIGNS, attributes_of
from pipeline.labels.columns import is_picture_name
from pipeline.labels.label_report import LabelReport
from pipeline.labels.reader import Reader
from pipeline.labels.record import Label
from pipeline.reading.content import Content
from pipeline.reading.table import Rows, header_of

_SAMPLE_LINES = 20


def confidence(content: Content) -> float:
    """High if the first rows have a file name and then nothing but signs, some of them −1."""
    header = header_of(content)
    lines = content.first_lines(_SAMPLE_LINES)[1:]
    try:
        rows = [row for row in csv.reader(lines, delimiter=header.delimiter) if row]
    except csv.Error:
        return 0.0
    cells = {cell.strip() for row in rows for cell in row[1:]}
    are_rows = all(is_picture_name(row[0]) and len(row) == len(header.names) for row in rows)
    return 0.8 if rows and are_rows and "-1" in cells and cells <= SIGNS else 0.0


def read(content: Content, report: LabelReport) -> Iterator[Label]:
    """Yield the attributes of each row."""
    header = header_of(content)
    first, *names = header.names
    rows = Rows(content, header, report, text=0, is_row=lambda row: is_picture_name(row[first]))
    for row in rows:
        picture, *cells = map(str.strip, row.values())
        yield from attributes_of(picture, names, cells, report)


READER = Reader(
    "CSV of attributes", "a first line of names, and rows of 1 and -1", confidence, read
)
