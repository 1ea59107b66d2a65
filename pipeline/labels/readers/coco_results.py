"""COCO's results: boxes that a detector found, with probabilities and numbers of classes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.labels.boxes import edges_of
from pipeline.labels.json_reader import json_reader
from pipeline.labels.label_report import LabelReport
from pipeline.labels.record import Label
from pipeline.reading import values


def _labels(item: Mapping[str, Any], report: LabelReport) -> list[Label]:
    """A box of a picture that is called by its name or number, which COCO fills with zeros."""
    name = values.text(item.get("image_id"))
    number = values.integer(item.get("image_id"))
    other = f"{number:012d}" if number is not None and number >= 0 else ""
    return report.box(
        name,
        edges_of(values.numbers(item.get("bbox"))),
        item.get("category_id"),
        weight=item.get("score"),
        by="model",
        other_names=(other,) if other and other != name else (),
    )


READER = json_reader(
    "COCO results JSON", ("image_id", "bbox", "category_id"), _labels, typical=("score",)
)
