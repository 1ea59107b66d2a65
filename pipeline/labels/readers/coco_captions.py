"""COCO's captions, and those of other sets in its form, such as STAIR's Japanese ones.

The lists ``images`` and ``annotations`` may stand in either order, so the file is read twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.labels.json_reader import objects
from pipeline.labels.label_report import LabelReport
from pipeline.labels.reader import Reader
from pipeline.labels.record import Label
from pipeline.reading import values
from pipeline.reading.content import Content

_IMAGES, _ANNOTATIONS = "images.item", "annotations.item"
_IMAGE, _ANNOTATION = ("id", "file_name"), ("image_id", "caption")


def confidence(content: Content) -> float:
    """High if there are captions, medium if the head of the file shows images only."""
    if content.outline.has(_ANNOTATIONS, *_ANNOTATION):
        return 0.9
    return 0.6 if content.outline.has(_IMAGES, *_IMAGE) else 0.0


def read(content: Content, report: LabelReport) -> Iterator[Label]:
    """Yield every caption with white space in it made single; its picture is the file's name."""
    names = _file_names(content)
    for annotation in objects(content, _ANNOTATIONS, report, _is_annotation):
        image = annotation.get("image_id")
        name = names.get(str(image))
        if name is None and image is not None:
            report.read += 1
            report.drop("of an image that the file does not list")
            continue
        caption = values.text(annotation.get("caption")) or ""
        yield from report.text(name, " ".join(caption.split()))


def _file_names(content: Content) -> dict[str, str]:
    """File name of each image by its id; of two with one id, the first."""
    names: dict[str, str] = {}
    for image in objects(content, _IMAGES, LabelReport("", ""), _is_image):
        if name := values.text(image.get("file_name")):
            names.setdefault(str(image.get("id")), name)
    return names


def _is_image(item: Any) -> bool:
    return isinstance(item, dict) and all(key in item for key in _IMAGE)


def _is_annotation(item: Any) -> bool:
    return isinstance(item, dict) and all(key in item for key in _ANNOTATION)


READER = Reader(
    "COCO captions JSON",
    f"lists “images” of objects with {', '.join(_IMAGE)} and “annotations” with"
    f" {', '.join(_ANNOTATION)}",
    confidence,
    read,
)
