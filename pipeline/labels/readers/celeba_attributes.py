"""CelebA's ``list_attr_celeba.txt``: the number of pictures, the attributes, and a row for each."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.labels.attributes import SIGNS, attributes_of
from pipeline.labels.columns import is_picture_name
from pipeline.labels.label_report import LabelReport
from pipeline.labels.reader import Reader
from pipeline.labels.record import Label
from pipeline.reading.content import Content


def confidence(content: Content) -> float:
    """High if a number and names are followed by a picture with a sign for each of the names."""
    lines = content.first_lines(3)
    if len(lines) < 3 or not lines[0].strip().isdecimal():
        return 0.0
    names, (picture, *cells) = lines[1].split(), lines[2].split() or [""]
    is_row = len(cells) == len(names) and SIGNS.issuperset(cells)
    return 0.9 if is_row and is_picture_name(picture) else 0.0


def read(content: Content, report: LabelReport) -> Iterator[Label]:
    """Yield the attributes of each row."""
    lines = filter(str.strip, content.lines())
    count, names = next(lines, "").strip(), next(lines, "").split()
    rows = 0
    for line in lines:
        rows += 1
        picture, *cells = line.split()
        yield from attributes_of(picture, names, cells, report)
    if str(rows) != count:
        report.note(f"it says to have {count} rows, and has {rows}")


READER = Reader(
    "CelebA's attributes",
    "a number, a line of names, and lines of a file name with 1 or -1 for each",
    confidence,
    read,
)
