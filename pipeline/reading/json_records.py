"""Search a JSON file that no parser reads as a whole for single records."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from pipeline.reading.content import Content
from pipeline.reading.read_report import ReadReport

MAX_CHARACTERS = 256 << 20
"""Characters of a file that is searched; it is held in memory."""

IsRecord = Callable[[Any], bool]
"""Whether an object is a record to be found."""

_DECODER = json.JSONDecoder(strict=False)
_MAX_FAULTS = 10_000
"""Places at which no object can be read. Each costs the time of parsing up to its fault."""


def search_records(content: Content, is_record: IsRecord, report: ReadReport) -> Iterator[Any]:
    """Yield all records in the order of the file, and note how many places cannot be read."""
    text = ""
    for piece in content.text():
        text += piece
        if len(text) > MAX_CHARACTERS:
            report.note(f"it is too large to search for {report.noun}s after its fault")
            return
    position, attempts, lost = text.find("{"), 0, 0
    faults: list[int] = []
    """Where objects that begin after the last record break off."""
    while position >= 0 and attempts < _MAX_FAULTS:
        try:
            value, end = _DECODER.raw_decode(text, position)
        except RecursionError:  # neither records nor what is around them is nested so deeply
            faults.append(position)
            break
        except json.JSONDecodeError as error:
            # Whatever begins here is broken; what lies within it may not be.
            attempts += 1
            faults.append(error.pos)
            position = text.find("{", position + 1)
            continue
        if records := list(_within(value, is_record)):
            # Only faults before this record's end lost something; objects that break off after
            # it merely enclose it.
            lost += any(fault <= end for fault in faults)
            faults.clear()
        yield from records
        position = text.find("{", end)
    if lost := lost + bool(faults):
        report.note(f"{lost} places cannot be read, and what stood there is lost")


def _within(value: Any, is_record: IsRecord) -> Iterator[Any]:
    """The records in a value, which may be one itself; records within records do not count."""
    waiting = [value]
    while waiting:
        current = waiting.pop()
        if isinstance(current, dict) and is_record(current):
            yield current
        elif isinstance(current, dict):
            waiting += reversed(list(current.values()))
        elif isinstance(current, list):
            waiting += reversed(current)
