"""JSON Lines, or a JSON list, of objects with named members, such as Hugging Face's metadata."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.labels.columns import REQUIRED, has_required
from pipeline.labels.json_reader import objects, place_of_objects
from pipeline.labels.label_report import LabelReport
from pipeline.labels.reader import Reader
from pipeline.labels.record import Label
from pipeline.labels.rows import labels_of, manner_of
from pipeline.reading.content import Content


def confidence(content: Content) -> float:
    """Medium if objects have a picture and a text, tags, a score or a box."""
    return 0.5 if has_required(content.outline.keys.get(place_of_objects(content), ())) else 0.0


def read(content: Content, report: LabelReport) -> Iterator[Label]:
    """Yield the labels of every object, which may hold several texts in a list."""
    place = place_of_objects(content)
    manner = manner_of(objects(content, place, LabelReport("", ""), _is_record), report)
    for item in objects(content, place, report, _is_record):
        yield from labels_of(item, report, manner)


def _is_record(item: Any) -> bool:
    return isinstance(item, dict) and has_required(item)


READER = Reader("JSON or JSON Lines", f"objects with {REQUIRED}", confidence, read)
