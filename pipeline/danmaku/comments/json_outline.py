"""Which keys lie where in JSON, told from its beginning."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Mapping, Set
from dataclasses import dataclass, field

import ijson

from pipeline.danmaku.comments.decoding import clean_text
from pipeline.danmaku.comments.json_depth import Depth
from pipeline.danmaku.comments.json_mending import valid_tokens
from pipeline.danmaku.comments.report import ReadReport

_STEP = 64  # bytes
_SIMPLE = {"string", "number", "boolean", "null"}


@dataclass(frozen=True)
class Outline:
    """What lies at each place.

    Places are written as ijson does: ``item`` is what lies in the outermost list,
    ``data.threads.item`` what lies in a list of an object, and empty the outermost value.
    """

    keys: Mapping[str, Set[str]] = field(default_factory=dict)
    """Names of the members of the objects at each place."""
    kinds: Mapping[str, Set[str]] = field(default_factory=dict)
    """What stands at each place: ``map``, ``array``, ``string``, ``number``, ``boolean``,
    ``null``."""

    def has(self, place: str, *keys: str) -> bool:
        """Whether objects at ``place`` have all of ``keys``."""
        return self.keys.get(place, frozenset()) >= set(keys)

    def is_json(self) -> bool:
        """Whether there is an object or a list."""
        return bool({"map", "array"} & set(self.kinds.get("", ())))


def outline(head: bytes) -> Outline:
    """Read as much of the beginning of a file as is JSON, faults mended."""
    if head.lstrip()[:1] not in (b"[", b"{"):
        return Outline()
    keys: dict[str, set[str]] = defaultdict(set)
    kinds: dict[str, set[str]] = defaultdict(set)
    text = clean_text(_not_too_deep(head))
    content, _ = valid_tokens(text, ReadReport("", ""), final=False)
    events = ijson.parse(io.BytesIO(content), multiple_values=True, use_float=True)
    try:
        for place, event, value in events:
            if event == "map_key":
                keys[place].add(value)
            elif event in _SIMPLE:
                kinds[place].add(event)
            elif event.startswith("start_"):
                kinds[place].add(event.removeprefix("start_"))
    except (ijson.JSONError, ValueError):
        pass  # the beginning ends within a value
    return Outline(keys, kinds)


def _not_too_deep(head: bytes) -> bytes:
    """As much of it as is nested like comments: deeper, every place has a long name."""
    depth = Depth()
    for begin in range(0, len(head), _STEP):
        depth = depth.behind(head[begin : begin + _STEP])
        if depth.too_deep:
            return head[:begin]
    return head
