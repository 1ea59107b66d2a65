"""Read JSON of any size and in any state: the items at one place, one after the other.

A file is first parsed as it is, except for lone surrogates, which the parser would pass on
silently. If that fails, it is parsed again with all faults repaired that can be.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import ijson

from pipeline.reading.content import Content
from pipeline.reading.json_depth import MAX_DEPTH, Depth
from pipeline.reading.json_records import IsRecord, search_records
from pipeline.reading.json_repair import repaired_tokens, without_lone_surrogates
from pipeline.reading.read_report import ReadReport
from pipeline.runtime.errors import ExitCode, PipelineError

MAX_ITEM_BYTES = 16 << 20
"""Bytes within which some item must end."""

_MAX_OWNERS = 100_000
_MIN_PIECE_BYTES = 1024
"""A piece so short is parsed even though brackets in it are too deep."""
_SCALARS = {"string", "number", "boolean", "null"}
_BEGINNINGS = {*_SCALARS, "start_map", "start_array"}


def items(
    content: Content,
    place: str,
    report: ReadReport,
    is_record: IsRecord | None = None,
    *,
    among_others: bool = False,
    max_item_bytes: int = MAX_ITEM_BYTES,
) -> Iterator[Any]:
    """Yield what lies at ``place``, such as ``data.threads.item``, in each document of the file.

    ``among_others`` says that the file has other lists, which may well be as long, and are passed
    over. Numbers with a point are floats. After a fault that cannot be repaired, objects that
    ``is_record`` accepts are searched for one by one; without it the rest is lost, and reported.
    Raises PipelineError UNKNOWN_FORMAT for an item of more than ``max_item_bytes``.
    """

    def parsed(chunks: Iterator[bytes]) -> Iterator[Any]:
        between = len(place.split(".")) if among_others else None
        file = _File(content.path, chunks, report.noun, max_item_bytes, between)
        return _counted(file, ijson.items(file, place, multiple_values=True, use_float=True))

    records = yield from _in_any_state(content, parsed, report, is_record)
    if is_record is not None and records is not None:
        yield from islice(search_records(content, is_record, report), records, None)


def members(content: Content, report: ReadReport) -> Iterator[tuple[str, Any]]:
    """Yield the members of the object that the file is, by their names.

    What comes after a fault that cannot be repaired is lost, and reported. Raises PipelineError
    UNKNOWN_FORMAT for a member of more than ``MAX_ITEM_BYTES``.
    """

    def parsed(chunks: Iterator[bytes]) -> Iterator[tuple[str, Any]]:
        file = _File(content.path, chunks, report.noun)
        return _counted(file, ijson.kvitems(file, "", multiple_values=True, use_float=True))

    yield from _in_any_state(content, parsed, report)


def _in_any_state(
    content: Content,
    parsed: Callable[[Iterator[bytes]], Iterator[Any]],
    report: ReadReport,
    is_record: IsRecord | None = None,
) -> Generator[Any, None, int | None]:
    """Yield what is ``parsed`` from the file as it is, and repaired from its first fault on.

    Returns None at its end, or at a fault that cannot be repaired how many records there were.
    """
    yielded = records = 0
    try:
        for item in parsed(_without_lone_surrogates(content, report)):
            yielded += 1
            records += is_record is not None and is_record(item)
            yield item
        return None
    except (ijson.JSONError, ValueError):
        pass
    try:
        for number, item in enumerate(parsed(_repaired(content, report))):
            if number >= yielded:
                records += is_record is not None and is_record(item)
                yield item
        return None
    except (ijson.JSONError, ValueError) as error:
        cut_short = "EOF" in str(error)
        reason = "cut short" if cut_short else "before what cannot be read"
        report.repair(reason, ahead=int(cut_short))
        report.is_whole = False
    return records


@dataclass
class Owner:
    """An object with a long list, without the list itself."""

    members: dict[str, Any]
    """Its members that are neither objects nor lists."""
    items: int = 0
    """The length of the list."""


def owners(content: Content, place: str, member: str) -> list[Owner]:
    """The objects at ``place``, each with the length of its list ``member``; the first 100,000.

    The first owner is a placeholder for items without an object around them, as in a file whose
    keys contain dots. Faults are treated as by ``items``, so that both find the same.
    """
    within = f"{place}.{member}.item"
    owners: list[Owner] = []
    for chunks in (_without_lone_surrogates, _repaired):
        owners = [Owner({})]
        try:
            quiet = ReadReport("", "")
            file = _File(content.path, chunks(content, quiet), quiet.noun)
            for event in ijson.parse(file, multiple_values=True, use_float=True):
                _note_owner(owners, event, place, within)
                if event[0] == within:
                    file.since_item = 0
                if len(owners) > _MAX_OWNERS:
                    return owners
            break
        except (ijson.JSONError, ValueError):
            continue
    return owners


def _note_owner(owners: list[Owner], event: tuple[str, str, Any], place: str, within: str) -> None:
    prefix, kind, value = event
    if prefix == within:
        owners[-1].items += kind in _BEGINNINGS
    elif prefix == place:
        if kind == "start_map":
            owners.append(Owner({}))
    elif kind in _SCALARS and prefix.startswith(f"{place}."):
        name = prefix[len(place) + 1 :]
        if "." not in name:
            owners[-1].members[name] = value


def _counted(file: _File, items: Iterable[Any]) -> Iterator[Any]:
    for item in items:
        file.since_item = 0
        yield item


class _File:
    """What the parser reads from; it guards against endless items and bottomless nesting."""

    def __init__(
        self,
        path: Path,
        chunks: Iterator[bytes],
        noun: str,
        max_item_bytes: int = MAX_ITEM_BYTES,
        between_items: int | None = None,
    ) -> None:
        """``between_items`` is how many brackets at most are open where no item is.

        With None every byte that belongs to no item counts as if it belonged to the next one.
        """
        self._path = path
        self._noun = noun
        self._chunks = chunks
        self._max_item_bytes = max_item_bytes
        self._between_items = between_items
        self._pending: list[bytes] = []
        self._depth = Depth()
        self.since_item = 0
        """Bytes read since the last item; whoever gets one from the parser sets it to 0, too."""

    def read(self, size: int = -1) -> bytes:
        if size == 0:
            return b""
        if self._depth.too_deep:
            raise ValueError(f"brackets are nested more than {MAX_DEPTH} deep")
        chunk = self._pending.pop() if self._pending else next(self._chunks, b"")
        after = self._depth.after(chunk)
        while after.too_deep and len(chunk) > _MIN_PIECE_BYTES:
            # The parser may find a fault before that place, after which brackets mean nothing.
            # So it gets the first half only.
            half = len(chunk) // 2
            self._pending.append(chunk[half:])
            chunk = chunk[:half]
            after = self._depth.after(chunk)
        self._depth = after
        if self._between_items is not None and after.lowest <= self._between_items:
            self.since_item = 0
        self.since_item += len(chunk)
        if self.since_item > self._max_item_bytes:
            raise PipelineError(
                ExitCode.UNKNOWN_FORMAT,
                f"{self._path} has more than {self._max_item_bytes:,} bytes without the end of a"
                f" {self._noun}",
                "Look into the file with an editor: is it another kind of file?",
            )
        return chunk


def _without_lone_surrogates(content: Content, report: ReadReport) -> Iterator[bytes]:
    """The file with U+FFFD for each lone surrogate."""
    rest = b""
    for chunk in content.utf8():
        # No escape goes on after a comma, so it is safe to cut there.
        done, comma, tail = chunk.rpartition(b",")
        if not comma and len(rest) < MAX_ITEM_BYTES:
            rest += chunk
            continue
        yield without_lone_surrogates(rest + done + comma, report)
        rest = tail
    yield from filter(None, [without_lone_surrogates(rest, report)])


def _repaired(content: Content, report: ReadReport) -> Iterator[bytes]:
    """The file, made valid token by token."""
    rest = ""
    for chunk in content.text():
        repaired, rest = repaired_tokens(rest + chunk, report, final=False)
        if repaired:
            yield repaired
        elif len(rest) > MAX_ITEM_BYTES:
            break
    repaired, rest = repaired_tokens(rest, report, final=True)
    yield from filter(None, [repaired])
