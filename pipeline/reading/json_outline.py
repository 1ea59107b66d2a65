"""Which keys occur at which places of JSON, from the beginning of a file."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Mapping, Set
from dataclasses import dataclass, field

import ijson

from pipeline.reading.decoding import clean_text
from pipeline.reading.json_depth import Depth
from pipeline.reading.json_repair import repaired_tokens
from pipeline.reading.read_report import ReadReport

_STEP_BYTES = 64
_SCALARS = {"string", "number", "boolean", "null"}


@dataclass(frozen=True)
class Outline:
    """The keys and kinds of values at each place.

    Places are written as in ijson: ``item`` is an element of the outermost list,
    ``data.threads.item`` an element of a list within an object, and the empty place is the
    outermost value.
    """

    keys: Mapping[str, Set[str]] = field(default_factory=dict)
    """Keys of the objects at each place."""
    kinds: Mapping[str, Set[str]] = field(default_factory=dict)
    """Kinds of values at each place: ``map``, ``array``, ``string``, ``number``, ``boolean``,
    ``null``."""

    def has(self, place: str, *keys: str) -> bool:
        """Whether objects at ``place`` have all of ``keys``."""
        return self.keys.get(place, frozenset()) >= set(keys)

    def is_json(self) -> bool:
        """Whether the outermost value is an object or a list."""
        return bool({"map", "array"} & set(self.kinds.get("", ())))


def outline(head: bytes) -> Outline:
    """Read as much of the beginning of a file as is JSON, with faults repaired."""
    if head.lstrip()[:1] not in (b"[", b"{"):
        return Outline()
    keys: dict[str, set[str]] = defaultdict(set)
    kinds: dict[str, set[str]] = defaultdict(set)
    text = clean_text(_not_too_deep(head))
    content, _ = repaired_tokens(text, ReadReport("", ""), final=False)
    events = ijson.parse(io.BytesIO(content), multiple_values=True, use_float=True)
    try:
        for place, event, value in events:
            if event == "map_key":
                keys[place].add(value)
            elif event in _SCALARS:
                kinds[place].add(event)
            elif event.startswith("start_"):
                kinds[place].add(event.removeprefix("start_"))
    except (ijson.JSONError, ValueError):
        pass  # the head ends within a value
    return Outline(keys, kinds)


def _not_too_deep(head: bytes) -> bytes:
    """The head up to where it is nested deeper than records are: place names grow with depth."""
    depth = Depth()
    for begin in range(0, len(head), _STEP_BYTES):
        depth = depth.after(head[begin : begin + _STEP_BYTES])
        if depth.too_deep:
            return head[:begin]
    return head
