"""What writers of boxes share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from pipeline.labels.boxes import Size
from pipeline.labels.record import Label
from pipeline.labels.writer import Output

ByPicture = dict[str, list[Label]]
"""The boxes of each picture; none of one in which there is nothing."""

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML 1.0 cannot hold, not even as a reference."""


def of_boxes(labels: Iterable[Label], output: Output) -> Iterator[Label]:
    """Labels without a model's that there is nothing, which would be read as a person's."""
    for label in labels:
        if label.box is None and label.by == "model":
            output.lose("that a model found nothing")
        else:
            yield label


def by_picture(labels: Iterable[Label], output: Output) -> ByPicture:
    """The boxes of each picture, which are held in memory."""
    found: ByPicture = {}
    for label in of_boxes(labels, output):
        boxes = found.setdefault(label.picture, [])
        if label.box is not None:
            boxes.append(label)
    return found


def with_sizes(pictures: ByPicture, output: Output) -> Iterator[tuple[str, list[Label], Size]]:
    """Pictures with their boxes and sizes, without those whose size is not known."""
    for picture, labels in pictures.items():
        if picture in output.sizes:
            yield picture, labels, output.sizes[picture]
        else:
            output.lose("boxes of pictures whose size is not known", len(labels) or 1)


def by_file(pictures: ByPicture, ending: str, output: Output) -> dict[str, str]:
    """The path of each picture's own file; pictures that differ only in their ending have none."""
    files: dict[str, list[str]] = {}
    for picture in pictures:
        path = PurePosixPath(picture)
        if path.is_absolute() or ".." in path.parts or not path.name:
            output.lose("boxes of pictures outside the folder", len(pictures[picture]) or 1)
        else:
            files.setdefault(str(path.with_suffix(ending)), []).append(picture)
    for names in files.values():
        if len(names) > 1:
            lost = sum(len(pictures[name]) or 1 for name in names)
            output.lose("boxes of pictures that differ only in their ending", lost)
    return {names[0]: file for file, names in files.items() if len(names) == 1}


def class_names(pictures: ByPicture) -> dict[str, int]:
    """Classes in the order of their names, numbered from 0."""
    names = sorted({label.value for labels in pictures.values() for label in labels})
    return {name: number for number, name in enumerate(names)}


def probability_of(label: Label, output: Output) -> float | None:
    """That of a model's box, in formats in which it is what tells a model's from a person's."""
    if label.by == "model" and label.weight is None:
        output.lose("that a model wrote them")
    elif label.by == "person" and label.weight is not None:
        output.lose("probabilities")
        return None
    return label.weight


def in_xml(text: str, output: Output) -> str:
    """``text`` without what XML cannot hold."""
    held = _FORBIDDEN.sub("", text)
    if held != text:
        output.lose("control characters")
    return held


def number_text(number: float) -> str:
    """The shortest notation that reads as the same number."""
    return f"{number:.0f}" if number == int(number) else repr(number)
