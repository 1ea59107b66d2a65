"""YOLO's text, one file a picture: lines of a class and a box in shares of the picture's sides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from pipeline.labels.boxes import SHARES, Box, around
from pipeline.labels.label_report import LabelReport
from pipeline.labels.reader import Reader
from pipeline.labels.record import Label
from pipeline.labels.yolo_classes import Classes, classes_of
from pipeline.reading import values
from pipeline.reading.content import Content

_SAMPLE_LINES = 20
_LEAST, _MOST = -1, 2
"""What lies further outside is no share of a picture."""


def confidence(content: Content) -> float:
    """High if most of the first lines are a class and at least four shares."""
    lines = content.first_lines(_SAMPLE_LINES)
    found = sum(_numbers(line) is not None for line in lines)
    return 0.8 if found and 2 * found >= len(lines) else 0.0


def read(content: Content, report: LabelReport) -> Iterator[Label]:
    """Yield the boxes of the picture with the name of the file, or that there is none."""
    picture = PurePosixPath(content.path.name).stem
    classes = classes_of(content.path)
    is_empty = True
    for line in filter(str.strip, content.lines()):
        is_empty = False
        numbers = _numbers(line)
        if numbers is None:
            report.read += 1
            report.drop("not a class and shares of a picture")
            continue
        number, *shares = numbers
        box, probability = _box(shares, classes, report)
        if number not in classes.names:
            report.repair("of a class without a name, which is called by its number", ahead=1)
        name = classes.names.get(int(number), f"{number:.0f}")
        yield from report.box(picture, box, name, weight=probability, drawn_on=SHARES)
    if is_empty:
        yield from report.nothing(picture)


def _numbers(line: str) -> list[float] | None:
    """The class and the shares, and a probability if there is one; None for any other line."""
    numbers = [number for word in line.split() if (number := values.real_number(word)) is not None]
    if len(numbers) < 5 or len(numbers) != len(line.split()):
        return None
    is_class = numbers[0] >= 0 and numbers[0].is_integer()
    return numbers if is_class and all(_LEAST <= share <= _MOST for share in numbers[1:]) else None


def _box(
    shares: Sequence[float], classes: Classes, report: LabelReport
) -> tuple[Box, float | None]:
    """The box, and its probability if it has one."""
    if len(shares) > 5 and not classes.has_keypoints:
        # A polygon, or the corners of a turned box; an odd number follows it.
        report.repair("with the corners of a shape, around which the box is", ahead=1)
        corners = zip(shares[0 : len(shares) // 2 * 2 : 2], shares[1::2], strict=True)
        return around(corners), shares[-1] if len(shares) % 2 else None
    x, y, width, height = shares[:4]
    box = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
    return box, shares[4] if len(shares) == 5 else None


READER = Reader("YOLO text", "lines of a class and four numbers from 0 to 1", confidence, read)
