"""COCO's boxes, which tools call instances: a list of annotations, of images and of categories."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from pipeline.labels.box_writing import of_boxes, probability_of
from pipeline.labels.boxes import UNNAMED, Sizes
from pipeline.labels.record import Label
from pipeline.labels.writer import Output, Writer


def write(labels: Iterable[Label], output: Output) -> None:
    """Write each box; images and classes are numbered from 1 as they come.

    An image without annotations has nothing to box.
    """
    images: dict[str, int] = {}
    classes: dict[str, int] = {}
    lists = {
        "annotations": _annotations(labels, images, classes, output),
        "images": _images(images, output.sizes),
        "categories": _categories(classes),
    }
    with output.file() as file:
        for place, (name, items) in enumerate(lists.items()):
            file.write(b'%s"%s": [' % (b"\n], " if place else b"{", name.encode()))
            for number, item in enumerate(items):
                file.write(b",\n" if number else b"\n")
                file.write(msgspec.json.encode(item))
        file.write(b"\n]}\n")


def _annotations(
    labels: Iterable[Label], images: dict[str, int], classes: dict[str, int], output: Output
) -> Iterator[dict[str, Any]]:
    number = 0
    for label in of_boxes(labels, output):
        image = images.setdefault(label.picture, len(images) + 1)
        output.written += 1
        if label.box is None:
            continue
        number += 1
        left, top, right, bottom = label.box
        category = classes.setdefault(label.value, len(classes) + 1)
        width, height = right - left, bottom - top
        about: dict[str, Any] = {"id": number, "image_id": image, "category_id": category}
        about |= {"bbox": [left, top, width, height], "area": width * height, "iscrowd": 0}
        probability = probability_of(label, output)
        yield about if probability is None else {**about, "score": probability}


def _images(images: Mapping[str, int], sizes: Sizes) -> Iterator[dict[str, Any]]:
    for name, number in images.items():
        width, height = sizes.get(name, (0, 0))
        yield {"id": number, "file_name": name, "width": width, "height": height}


def _categories(classes: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    for name, number in (classes or {UNNAMED: 1}).items():  # a file without any is of captions
        yield {"id": number, "name": name}


WRITER = Writer(kinds=frozenset({"box"}), carries=frozenset({"box", "weight", "by"}), write=write)
