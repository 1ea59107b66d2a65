"""Records of a JSON file that no parser reads as a whole, each found by itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from pipeline.danmaku.comments.content import Content
from pipeline.danmaku.comments.report import ReadReport

LARGEST = 256 << 20
"""Characters of a file that is searched; it is held in memory."""

IsRecord = Callable[[Any], bool]
"""Whether an object is what is looked for."""

_DECODER = json.JSONDecoder(strict=False)
_MOST_FAULTS = 10_000
"""Places at which no object can be read; each takes the time to its fault."""


def found_records(content: Content, is_record: IsRecord, report: ReadReport) -> Iterator[Any]:
    """All records in the order of the file; how many places cannot be read is noted."""
    text = ""
    for piece in content.text():
        text += piece
        if len(text) > LARGEST:
            report.note("it is too large to look for comments behind its fault")
            return
    position, tried, lost = text.find("{"), 0, 0
    faults: list[int] = []
    """Where objects that begin behind the last record break off."""
    while position >= 0 and tried < _MOST_FAULTS:
        try:
            value, end = _DECODER.raw_decode(text, position)
        except RecursionError:  # comments are not nested so deep, nor what is around them
            faults.append(position)
            break
        except json.JSONDecodeError as error:
            tried += 1
            faults.append(error.pos)
            position = text.find("{", position + 1)
            continue
        if records := list(_within(value, is_record)):
            # What breaks off behind this one is but around it.
            lost += any(fault <= end for fault in faults)
            faults.clear()
        yield from records
        position = text.find("{", end)
    if lost := lost + bool(faults):
        report.note(f"{lost} places cannot be read, and what stood there is lost")


def _within(value: Any, is_record: IsRecord) -> Iterator[Any]:
    """The records in a value, which may be one; they are not looked for in one another."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict) and is_record(one):
            yield one
        elif isinstance(one, dict):
            waiting += reversed(list(one.values()))
        elif isinstance(one, list):
            waiting += reversed(one)
