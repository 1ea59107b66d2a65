"""YOLO's folder: ``labels/x.txt`` of each ``x.jpg``, and the names of classes in two forms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import yaml

from pipeline.labels.box_writing import (
    by_file,
    by_picture,
    class_names,
    number_text,
    probability_of,
    with_sizes,
)
from pipeline.labels.boxes import Size
from pipeline.labels.record import Label
from pipeline.labels.writer import Output, Writer


def write(labels: Iterable[Label], output: Output) -> None:
    """Write a file for each picture, empty where there is nothing; pictures are not copied."""
    pictures = by_picture(labels, output)
    files = by_file(pictures, ".txt", output)
    classes = class_names(pictures)
    with output.folder() as folder:
        _write_classes(folder, classes, output)
        named = {picture: pictures[picture] for picture in files}
        for picture, boxes, size in with_sizes(named, output):
            lines = (_line(label, classes, size, output) for label in boxes)
            path = folder / "labels" / files[picture]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("".join(lines), "utf-8")
            output.written += len(boxes) or 1


def _write_classes(folder: Path, classes: Mapping[str, int], output: Output) -> None:
    (folder / "labels").mkdir()
    lines = [f"{output.in_one_line(name)}\n" for name in classes]
    (folder / "classes.txt").write_text("".join(lines), "utf-8")
    about = {"path": ".", "train": "images", "val": "images", "names": list(classes)}
    text = yaml.safe_dump(about, allow_unicode=True, sort_keys=False)
    (folder / "data.yaml").write_text(text, "utf-8")


def _line(label: Label, classes: Mapping[str, int], size: Size, output: Output) -> str:
    assert label.box is not None
    left, top, right, bottom = label.box
    width, height = size
    centre = (left + right) / 2 / width, (top + bottom) / 2 / height
    numbers = [*centre, (right - left) / width, (bottom - top) / height]
    if (probability := probability_of(label, output)) is not None:
        numbers.append(probability)
    return " ".join([str(classes[label.value]), *map(number_text, numbers)]) + "\n"


WRITER = Writer(kinds=frozenset({"box"}), carries=frozenset({"box", "weight", "by"}), write=write)
