"""Domains as a list: a file name, a space, and a word that is no number."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.labels.columns import is_picture_name
from pipeline.labels.label_report import LabelReport
from pipeline.labels.reader import Reader
from pipeline.labels.record import Label
from pipeline.reading import values
from pipeline.reading.content import Content

_LINE = re.compile(r" *([^ ,;|\t][^,;|\t]*?) +([^ ,;|\t]+) *")
_SAMPLE_LINES = 20


def confidence(content: Content) -> float:
    """Medium if most of the first lines are such."""
    lines = content.first_lines(_SAMPLE_LINES)
    found = sum(_parts(line) is not None for line in lines)
    return 0.6 if found and 2 * found >= len(lines) else 0.0


def read(content: Content, report: LabelReport) -> Iterator[Label]:
    """Yield the domain of every line."""
    for line in filter(str.strip, content.lines()):
        if parts := _parts(line):
            yield from report.domain(*parts)
        else:
            report.read += 1
            report.drop("without a file name and one word")


def _parts(line: str) -> tuple[str, str] | None:
    """The picture and the domain of a line."""
    match = _LINE.fullmatch(line)
    if not match or not is_picture_name(match[1]) or values.decimal(match[2]) is not None:
        return None
    return match[1], match[2]


READER = Reader("list of domains", "lines of a file name, a space, and a word", confidence, read)
