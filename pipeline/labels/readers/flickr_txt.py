"""Flickr8k's ``Flickr8k.token.txt``: a picture, ``#``, the caption's number, a tab, the caption."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.labels.label_report import LabelReport
from pipeline.labels.reader import Reader
from pipeline.labels.record import Label
from pipeline.reading.content import Content

_LINE = re.compile(r"([^\t]+)#\d+\t(.*)")
_SAMPLE_LINES = 20


def confidence(content: Content) -> float:
    """High if most of the first lines are such."""
    lines = content.first_lines(_SAMPLE_LINES)
    found = sum(bool(_LINE.fullmatch(line)) for line in lines)
    return 0.9 if found and 2 * found >= len(lines) else 0.0


def read(content: Content, report: LabelReport) -> Iterator[Label]:
    """Yield the caption of every line."""
    for line in filter(str.strip, content.lines()):
        if match := _LINE.fullmatch(line):
            yield from report.text(match[1], match[2])
        else:
            report.read += 1
            report.drop("without a number and a tab")


READER = Reader("Flickr8k text", "lines of NAME#NUMBER, a tab, and a caption", confidence, read)
