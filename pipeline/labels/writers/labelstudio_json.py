"""Label Studio's tasks: a model's boxes as predictions, a person's as annotations.

Pictures are named as in local storage whose root is the folder of the collection.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

import msgspec

from pipeline.labels.box_writing import by_picture, with_sizes
from pipeline.labels.boxes import Size
from pipeline.labels.record import Label
from pipeline.labels.writer import Output, Writer


def write(labels: Iterable[Label], output: Output) -> None:
    """Write a task for each picture; an annotation without results says that there is nothing."""
    pictures = by_picture(labels, output)
    with output.file() as file:
        file.write(b"[")
        first = True
        for picture, boxes, size in with_sizes(pictures, output):
            file.write(b"\n" if first else b",\n")
            first = False
            file.write(msgspec.json.encode(_task(picture, boxes, size)))
            output.written += len(boxes) or 1
        file.write(b"\n]\n")


def _task(picture: str, boxes: Sequence[Label], size: Size) -> dict[str, Any]:
    task: dict[str, Any] = {"data": {"image": f"/data/local-files/?d={quote(picture)}"}}
    by_models = [_result(label, size) for label in boxes if label.by == "model"]
    by_people = [_result(label, size) for label in boxes if label.by == "person"]
    if by_people or not boxes:
        task["annotations"] = [{"result": by_people}]
    if by_models:
        task["predictions"] = [{"result": by_models}]
    return task


def _result(label: Label, size: Size) -> dict[str, Any]:
    assert label.box is not None
    left, top, right, bottom = label.box
    width, height = size
    result = {
        "type": "rectanglelabels",
        "from_name": "label",
        "to_name": "image",
        "original_width": width,
        "original_height": height,
        "value": {
            "x": 100 * left / width,
            "y": 100 * top / height,
            "width": 100 * (right - left) / width,
            "height": 100 * (bottom - top) / height,
            "rotation": 0,
            "rectanglelabels": [label.value],
        },
    }
    return result if label.weight is None else {**result, "score": label.weight}


WRITER = Writer(kinds=frozenset({"box"}), carries=frozenset({"box", "weight", "by"}), write=write)
