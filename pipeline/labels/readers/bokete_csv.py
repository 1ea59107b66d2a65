"""The CSV that Image2Boke's spider exports, whose cells hold lists as Python writes them.

They are read as literals and never evaluated.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.labels.bokete import KEYS, labels_of
from pipeline.labels.label_report import LabelReport
from pipeline.labels.reader import Reader
from pipeline.labels.record import Label
from pipeline.reading import values
from pipeline.reading.content import Content
from pipeline.reading.table import Rows, header_of


def confidence(content: Content) -> float:
    """High if there are columns for a picture's address and its jokes."""
    return 0.8 if {*header_of(content).names}.issuperset(KEYS) else 0.0


def read(content: Content, report: LabelReport) -> Iterator[Label]:
    """Yield every joke; its weight is its stars."""
    header = header_of(content)
    text = list(header.names).index("bokes")
    rows = Rows(content, header, report, text=text, is_row=lambda row: "://" in row["image_url"])
    for row in rows:
        yield from labels_of(
            {name: values.python_literal(cell) for name, cell in row.items()}, report
        )


READER = Reader("Bokete CSV", f"a first line that names {' and '.join(KEYS)}", confidence, read)
