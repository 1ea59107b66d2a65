"""Readers for JSON whose records are objects in a list, or objects one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from pipeline.reading.content import Content
from pipeline.reading.json_stream import items
from pipeline.reading.reader import Reader, Record, Report


def json_reader(
    format: str,  # noqa: A002
    forms: Mapping[str, Sequence[Sequence[str]]],
    record: Callable[[Mapping[str, Any], Report], Record | None],
    typical: Sequence[str] = (),
) -> Reader[Record, Report]:
    """A reader of objects at one of the places in ``forms``, with one of the key sets there.

    ``record`` makes a record of an object that is already counted in the report, or drops it.

    If two formats fit a file, the one that knows more of its keys is surer, ``typical`` keys
    included.
    """
    key_sets = [keys for sets in forms.values() for keys in sets]

    def is_record(item: Any) -> bool:
        return isinstance(item, dict) and any(all(key in item for key in keys) for keys in key_sets)

    def confidence_at(content: Content, place: str) -> float:
        return max(key_confidence(content, place, keys, typical) for keys in forms[place])

    def confidence(content: Content) -> float:
        return max(confidence_at(content, place) for place in forms)

    def read(content: Content, report: Report) -> Iterator[Record]:
        place = max(forms, key=lambda place: confidence_at(content, place))
        for item in items(content, place, report, is_record):
            report.read += 1
            if not isinstance(item, dict):
                report.drop("not an object")
                continue
            made = record(item, report)
            if made is not None:
                yield made

    expects = f"{_described(next(iter(forms)))} objects with {', '.join(key_sets[0])}"
    return Reader(format, expects, confidence, read)


def key_confidence(
    content: Content, place: str, keys: Sequence[str], typical: Sequence[str] = ()
) -> float:
    """0 unless objects at ``place`` have all ``keys``; more, the more keys are known there."""
    if not content.outline.has(place, *keys):
        return 0.0
    known = len(keys) + sum(content.outline.has(place, key) for key in typical)
    return 0.5 + 0.05 * min(known, 9)


def _described(place: str) -> str:
    if place == "":
        return "one after the other,"
    owner = place.removesuffix("item").removesuffix(".")
    return f"a list “{owner}” of" if owner else "a list of"
