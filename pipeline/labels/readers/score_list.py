"""Scores as SCUT-FBP5500 lists them: a file name, a space, a number."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.labels.columns import is_picture_name
from pipeline.labels.label_report import LabelReport
from pipeline.labels.reader import Reader
from pipeline.labels.record import Label
from pipeline.reading.content import Content

_LINE = re.compile(r"\s*(\S.*?)[ \t]+(-?\d+(?:\.\d+)?)\s*")
_SAMPLE_LINES = 20


def confidence(content: Content) -> float:
    """High if most of the first lines are such."""
    lines = content.first_lines(_SAMPLE_LINES)
    matches = [match for line in lines if (match := _LINE.fullmatch(line))]
    found = sum(is_picture_name(match[1]) for match in matches)
    return 0.7 if found and 2 * found >= len(lines) else 0.0


def read(content: Content, report: LabelReport) -> Iterator[Label]:
    """Yield the score of every line."""
    for line in filter(str.strip, content.lines()):
        if match := _LINE.fullmatch(line):
            yield from report.score(match[1], match[2])
        else:
            report.read += 1
            report.drop("without a score")


READER = Reader("list of scores", "lines of a file name, a space, and a number", confidence, read)
