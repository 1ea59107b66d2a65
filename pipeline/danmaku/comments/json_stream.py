"""JSON of any size and in any state: the items at one place, one after the other.

A file is parsed as it is, except for halves of surrogate pairs, which the parser would pass
on in silence. Where that fails it is parsed anew with all faults mended that can be.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import ijson

from pipeline.danmaku.comments.content import Content
from pipeline.danmaku.comments.json_depth import DEEPEST, Depth
from pipeline.danmaku.comments.json_mending import valid_tokens, whole_characters
from pipeline.danmaku.comments.json_records import IsRecord, found_records
from pipeline.danmaku.comments.report import ReadReport
from pipeline.runtime.errors import ExitCode, PipelineError

LONGEST = 16 << 20
"""Bytes in which no comment ends."""

_MOST_OWNERS = 100_000
_NEAR_THE_BOTTOM = 1024
"""Bytes that are parsed though brackets are too deep in them."""
_PLAIN = {"string", "number", "boolean", "null"}
_BEGINS = {*_PLAIN, "start_map", "start_array"}


def items(
    content: Content, place: str, report: ReadReport, is_record: IsRecord | None = None
) -> Iterator[Any]:
    """What lies at ``place`` in each document of the file, such as ``data.threads.item``.

    Numbers with a point are floats. Behind a fault that cannot be mended, what ``is_record``
    knows is looked for by itself; without it the rest is lost, and told so. Raises
    PipelineError NOT_COMMENTS for an item beyond LONGEST.
    """
    given = records = 0
    try:
        for item in _parsed(content, _with_whole_characters(content, report), place):
            given += 1
            records += is_record is not None and is_record(item)
            yield item
        return
    except (ijson.JSONError, ValueError):
        pass
    try:
        for number, item in enumerate(_parsed(content, _mended(content, report), place)):
            if number >= given:
                records += is_record is not None and is_record(item)
                yield item
        return
    except (ijson.JSONError, ValueError) as error:
        cut = "EOF" in str(error)
        report.repair("cut short" if cut else "before what cannot be read", ahead=int(cut))
    if is_record is not None:
        yield from islice(found_records(content, is_record, report), records, None)


@dataclass
class Owner:
    """An object with a long list, without the list itself."""

    members: dict[str, Any]
    """Its plain members."""
    items: int = 0
    """How many items the list has."""


def owners(content: Content, place: str, member: str) -> list[Owner]:
    """The objects at ``place``, each with the length of its list ``member``; the first 100,000.

    In front of them stands one that owns what has no object around it, as in a file whose
    keys hold dots. Faults are passed over as by ``items``, so that both find the same.
    """
    within = f"{place}.{member}.item"
    found: list[Owner] = []
    for chunks in (_with_whole_characters, _mended):
        found = [Owner({})]
        try:
            file = _File(content.path, chunks(content, ReadReport("", "")))
            for event in ijson.parse(file, multiple_values=True, use_float=True):
                _note_owner(found, event, place, within)
                if event[0] == within:
                    file.since_item = 0
                if len(found) > _MOST_OWNERS:
                    return found
            break
        except (ijson.JSONError, ValueError):
            continue
    return found


def _note_owner(found: list[Owner], event: tuple[str, str, Any], place: str, within: str) -> None:
    prefix, kind, value = event
    if prefix == within:
        found[-1].items += kind in _BEGINS
    elif prefix == place:
        if kind == "start_map":
            found.append(Owner({}))
    elif kind in _PLAIN and prefix.startswith(f"{place}."):
        name = prefix[len(place) + 1 :]
        if "." not in name:
            found[-1].members[name] = value


def _parsed(content: Content, chunks: Iterator[bytes], place: str) -> Iterator[Any]:
    file = _File(content.path, chunks)
    for item in ijson.items(file, place, multiple_values=True, use_float=True):
        file.since_item = 0
        yield item


class _File:
    """What the parser reads from, and the guard against items without end or bottom."""

    def __init__(self, path: Path, chunks: Iterator[bytes]) -> None:
        self._path = path
        self._chunks = chunks
        self._held: list[bytes] = []
        self._depth = Depth()
        self.since_item = 0
        """Bytes read since the last item was found; whoever finds one resets it."""

    def read(self, size: int = -1) -> bytes:
        if size == 0:
            return b""
        if self._depth.too_deep:
            raise ValueError(f"brackets are nested more than {DEEPEST} deep")
        chunk = self._held.pop() if self._held else next(self._chunks, b"")
        after = self._depth.behind(chunk)
        while after.too_deep and len(chunk) > _NEAR_THE_BOTTOM:
            # The parser may find a fault before that, behind which brackets mean nothing.
            half = len(chunk) // 2
            self._held.append(chunk[half:])
            chunk = chunk[:half]
            after = self._depth.behind(chunk)
        self._depth = after
        self.since_item += len(chunk)
        if self.since_item > LONGEST:
            raise PipelineError(
                ExitCode.NOT_COMMENTS,
                f"{self._path} has more than {LONGEST >> 20} MiB without the end of a comment",
                "Look into the file with an editor: is it of another kind?",
            )
        return chunk


def _with_whole_characters(content: Content, report: ReadReport) -> Iterator[bytes]:
    """The file with U+FFFD for each half of a surrogate pair."""
    rest = b""
    for chunk in content.utf8():
        # Behind a comma no escape goes on.
        done, comma, tail = chunk.rpartition(b",")
        if not comma and len(rest) < LONGEST:
            rest += chunk
            continue
        yield whole_characters(rest + done + comma, report)
        rest = tail
    yield from filter(None, [whole_characters(rest, report)])


def _mended(content: Content, report: ReadReport) -> Iterator[bytes]:
    """The file, token by token, each made valid."""
    rest = ""
    for chunk in content.text():
        mended, rest = valid_tokens(rest + chunk, report, final=False)
        if mended:
            yield mended
        elif len(rest) > LONGEST:
            break
    mended, rest = valid_tokens(rest, report, final=True)
    yield from filter(None, [mended])
