"""Readers of JSON whose comments lie one by one in a list, or one behind the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from pipeline.danmaku.comments.content import Content
from pipeline.danmaku.comments.json_stream import items
from pipeline.danmaku.comments.reader import Reader
from pipeline.danmaku.comments.record import Comment
from pipeline.danmaku.comments.report import ReadReport

Read = Callable[[Mapping[str, Any], ReadReport], Comment | None]


def json_reader(
    format: str,  # noqa: A002
    forms: Mapping[str, Sequence[Sequence[str]]],
    comment: Read,
    typical: Sequence[str] = (),
) -> Reader:
    """A reader of objects at one of the places of ``forms``, with one of the sets of keys there.

    Of two formats that both fit, that one is surer which knows more of the keys, the
    ``typical`` ones included. ``comment`` makes a comment of an object already counted, or
    drops it.
    """
    every = [keys for sets in forms.values() for keys in sets]

    def is_record(item: Any) -> bool:
        return isinstance(item, dict) and any(all(key in item for key in keys) for keys in every)

    def at(content: Content, place: str) -> float:
        return max(key_confidence(content, place, keys, typical) for keys in forms[place])

    def confidence(content: Content) -> float:
        return max(at(content, place) for place in forms)

    def read(content: Content, report: ReadReport) -> Iterator[Comment]:
        place = max(forms, key=lambda place: at(content, place))
        for item in items(content, place, report, is_record):
            report.read += 1
            if not isinstance(item, dict):
                report.drop("not an object")
                continue
            found = comment(item, report)
            if found is not None:
                yield found

    expects = f"{_described(next(iter(forms)))} objects with {', '.join(every[0])}"
    return Reader(format, expects, confidence, read)


def key_confidence(
    content: Content, place: str, keys: Sequence[str], typical: Sequence[str] = ()
) -> float:
    """0 without all ``keys`` at ``place``; else the more, the more keys are known there."""
    if not content.outline.has(place, *keys):
        return 0.0
    known = len(keys) + sum(content.outline.has(place, key) for key in typical)
    return 0.5 + 0.05 * min(known, 9)


def _described(place: str) -> str:
    if place == "":
        return "one behind the other,"
    owner = place.removesuffix("item").removesuffix(".")
    return f"a list “{owner}” of" if owner else "a list of"
