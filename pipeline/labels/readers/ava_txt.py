"""AVA's ``AVA.txt``: how many voted 1 to 10 for each picture of a photography site."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.labels.label_report import LabelReport
from pipeline.labels.reader import Reader
from pipeline.labels.record import Label
from pipeline.reading.content import Content

_LINE = re.compile(r"\s*\d+ (\d+) ((?:\d{1,6} ){10})\d+ \d+ \d+\s*")
"""Index, picture, numbers of votes from 1 to 10, two tags, challenge."""
_SAMPLE_LINES = 20


def confidence(content: Content) -> float:
    """High if most of the first lines are such."""
    lines = content.first_lines(_SAMPLE_LINES)
    found = sum(bool(_LINE.fullmatch(line)) for line in lines)
    return 0.9 if found and 2 * found >= len(lines) else 0.0


def read(content: Content, report: LabelReport) -> Iterator[Label]:
    """Yield the mean of the votes for each picture, which is called by its number."""
    report.note_unused(["numbers of votes", "tags", "challenge"])
    for line in filter(str.strip, content.lines()):
        match = _LINE.fullmatch(line)
        votes = [int(count) for count in match[2].split()] if match else []
        if match is None or not sum(votes):
            report.read += 1
            report.drop("without votes")
            continue
        mean = sum(score * count for score, count in enumerate(votes, 1)) / sum(votes)
        yield from report.score(match[1], mean)


READER = Reader(
    "AVA text", "lines of 15 numbers: index, picture, ten numbers of votes …", confidence, read
)
