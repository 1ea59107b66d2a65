"""Karpathy's ``dataset_coco.json`` and its like: images with their sentences and their split."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.labels.json_reader import objects
from pipeline.labels.label_report import LabelReport
from pipeline.labels.reader import Reader
from pipeline.labels.record import Label
from pipeline.reading import values
from pipeline.reading.content import Content

_PLACE = "images.item"
_KEYS = ("filename", "sentences")


def confidence(content: Content) -> float:
    """High if images have a file name and sentences."""
    return 0.9 if content.outline.has(_PLACE, *_KEYS) else 0.0


def read(content: Content, report: LabelReport) -> Iterator[Label]:
    """Yield every sentence as it was written; ``filepath`` is a folder of COCO's, and not used."""
    for image in objects(content, _PLACE, report, _is_image):
        sentences = image.get("sentences")
        if not isinstance(sentences, list):
            report.read += 1
            report.drop("without a list of sentences")
            continue
        for sentence in sentences:
            raw = values.members(sentence).get("raw")
            yield from report.text(image.get("filename"), raw, split=image.get("split"))


def _is_image(item: Any) -> bool:
    return isinstance(item, dict) and all(key in item for key in _KEYS)


READER = Reader(
    "Karpathy's JSON", f"a list “images” of objects with {', '.join(_KEYS)}", confidence, read
)
