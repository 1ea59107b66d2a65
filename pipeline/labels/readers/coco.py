"""COCO's captions and boxes, and those of other sets in its form, such as STAIR's captions.

The lists ``images``, ``categories`` and ``annotations`` may stand in any order, so the file is read
several times.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pipeline.labels.boxes import Size, edges_of, size_of
from pipeline.labels.json_reader import objects
from pipeline.labels.label_report import LabelReport
from pipeline.labels.reader import Reader
from pipeline.labels.record import Label
from pipeline.reading import values
from pipeline.reading.content import Content

_IMAGES, _ANNOTATIONS, _CATEGORIES = "images.item", "annotations.item", "categories.item"
_IMAGE = ("id", "file_name")
_SAID = ("caption", "bbox")


class _Image(NamedTuple):
    name: str
    size: Size | None


def confidence(content: Content) -> float:
    """High if there are captions or boxes, medium if the head of the file shows images only."""
    if any(content.outline.has(_ANNOTATIONS, "image_id", said) for said in _SAID):
        return 0.9
    return 0.6 if content.outline.has(_IMAGES, *_IMAGE) else 0.0


def read(content: Content, report: LabelReport) -> Iterator[Label]:
    """Yield every caption with white space in it made single, and every box.

    In a whole file with boxes or categories, images without any box were looked at, too.
    """
    images = _images(content)
    categories = _categories(content)
    of_boxes = bool(categories)
    boxed: set[str] = set()
    for annotation in objects(content, _ANNOTATIONS, report, _is_annotation):
        image = annotation.get("image_id")
        known = images.get(str(image))
        if "bbox" in annotation:
            of_boxes = True
            boxed.add(str(image))
        if known is None and image is not None:
            report.read += 1
            report.drop("of an image that the file does not list")
            continue
        if "caption" in annotation or "bbox" not in annotation:
            caption = values.text(annotation.get("caption")) or ""
            yield from report.text(known and known.name, " ".join(caption.split()))
        if "bbox" in annotation:
            yield from _box(annotation, known, categories, report)
    for number, image in images.items():
        if of_boxes and number not in boxed and report.is_whole and content.is_intact:
            yield from report.nothing(image.name)


def _box(
    annotation: Mapping[str, Any],
    image: _Image | None,
    categories: Mapping[str, str],
    report: LabelReport,
) -> list[Label]:
    if annotation.get("iscrowd") not in (None, 0, False):
        report.read += 1
        report.drop("of a crowd")
        return []
    category = str(annotation.get("category_id"))
    return report.box(
        image and image.name,
        edges_of(values.numbers(annotation.get("bbox"))),
        categories.get(category, category),
        weight=annotation.get("score"),
        drawn_on=image and image.size,
    )


def _images(content: Content) -> dict[str, _Image]:
    """File name and size of each image by its id; of two with one id, the first."""
    images: dict[str, _Image] = {}
    for image in objects(content, _IMAGES, LabelReport("", ""), _is_image):
        if name := values.text(image.get("file_name")):
            width, height = values.decimal(image.get("width")), values.decimal(image.get("height"))
            images.setdefault(str(image.get("id")), _Image(name, size_of(width, height)))
    return images


def _categories(content: Content) -> dict[str, str]:
    """Names of classes by their ids, which have gaps."""
    items = objects(content, _CATEGORIES, LabelReport("", ""), _is_category)
    return {str(item.get("id")): name for item in items if (name := values.text(item.get("name")))}


def _is_image(item: Any) -> bool:
    return isinstance(item, dict) and all(key in item for key in _IMAGE)


def _is_annotation(item: Any) -> bool:
    return isinstance(item, dict) and "image_id" in item and any(key in item for key in _SAID)


def _is_category(item: Any) -> bool:
    return isinstance(item, dict) and {"id", "name"} <= item.keys() and "file_name" not in item


READER = Reader(
    "COCO JSON",
    f"lists “images” of objects with {', '.join(_IMAGE)} and “annotations” with image_id and"
    f" {' or '.join(_SAID)}",
    confidence,
    read,
)
