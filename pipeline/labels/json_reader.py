"""Readers for JSON whose pictures are objects in a list, or objects one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from pipeline.labels.label_report import LabelReport
from pipeline.labels.reader import Reader
from pipeline.labels.record import Label
from pipeline.reading.content import Content
from pipeline.reading.json_reader import key_confidence
from pipeline.reading.json_records import IsRecord
from pipeline.reading.json_stream import items

LabelsOf = Callable[[Mapping[str, Any], LabelReport], list[Label]]
"""The usable labels of an object; all of its labels are counted in the report."""


def json_reader(
    format: str,  # noqa: A002
    keys: Sequence[str],
    labels_of: LabelsOf,
    typical: Sequence[str] = (),
) -> Reader:
    """A reader of objects with all ``keys``; it is surer of files with ``typical`` ones, too."""

    def is_record(item: Any) -> bool:
        return isinstance(item, dict) and all(key in item for key in keys)

    def confidence(content: Content) -> float:
        return key_confidence(content, place_of_objects(content), keys, typical)

    def read(content: Content, report: LabelReport) -> Iterator[Label]:
        for item in objects(content, place_of_objects(content), report, is_record):
            yield from labels_of(item, report)

    return Reader(format, f"objects with {', '.join(keys)}", confidence, read)


def objects(
    content: Content, place: str, report: LabelReport, is_record: IsRecord
) -> Iterator[Mapping[str, Any]]:
    """The objects at ``place``; anything else there is counted and dropped."""
    for item in items(content, place, report, is_record, among_others=True):
        if isinstance(item, dict):
            yield item
        else:
            report.read += 1
            report.drop("not an object")


def place_of_objects(content: Content) -> str:
    """Where the objects of a list are, or those that come one after the other."""
    return "item" if content.head.lstrip().startswith(b"[") else ""
