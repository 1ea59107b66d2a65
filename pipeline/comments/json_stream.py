"""JSON of any size and in any state: the items at one place, one after the other.

A file is parsed as it is, except for halves of surrogate pairs, which the parser would pass
on in silence. Where that fails it is parsed anew with all faults mended that can be.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ijson

from pipeline.comments.decoding import text_chunks, utf8_chunks
from pipeline.comments.json_depth import DEEPEST, Depth
from pipeline.comments.report import ReadReport
from pipeline.errors import ExitCode, PipelineError

LONGEST = 16 << 20
"""Bytes in which no comment ends."""

_KEY = re.compile(rb'(?<!\\)"([\w.]{1,40})"\s*:')
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][\da-fA-F]{2}(\\u[dD][c-fC-F][\da-fA-F]{2})?|u[dD][c-fC-F][\da-fA-F]{2}|.)",
    re.DOTALL,
)
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"|[{}\[\]:]|,\s*+(?=(.))|[^\s"{}\[\]:,]++|\s++', re.DOTALL)
_FAULT = re.compile(r'[\x00-\x1f\ufffd]|\\(?!["\\/bfnrt]|u[\da-fA-F]{4})')
_IN_STRING = re.compile(r'\\(["\\/bfnrt]|u[\da-fA-F]{4})|\\(.)|([\x00-\x1f])|(\ufffd)', re.DOTALL)
_LITERAL = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null")
_DIGITS = 18
"""The parser fails on whole numbers beyond 64 bits; as floats they are read and refused."""
_MOST_OWNERS = 100_000
_NEAR_THE_BOTTOM = 1024
"""Bytes that are parsed though brackets are too deep in them."""
_LITERALS = {"True": "true", "False": "false"}
_PLAIN = {"string", "number", "boolean", "null"}
_BEGINS = {*_PLAIN, "start_map", "start_array"}


def keys(head: bytes) -> set[str]:
    """Names of all keys, at any depth, in the beginning of a file; none if it is no JSON."""
    if head.lstrip()[:1] not in (b"[", b"{"):
        return set()
    return {key.decode() for key in _KEY.findall(head)}


def items(path: Path, place: str, report: ReadReport) -> Iterator[Any]:
    """What lies at ``place`` in each document of the file, such as ``data.threads.item``.

    Numbers with a point are floats. An end that is missing is reported and ends the items.
    Raises PipelineError NOT_COMMENTS for an item beyond LONGEST.
    """
    given = 0
    try:
        for item in _parsed(path, _with_whole_characters(path, report), place):
            given += 1
            yield item
        return
    except (ijson.JSONError, ValueError):
        pass
    try:
        for number, item in enumerate(_parsed(path, _mended(path, report), place)):
            if number >= given:
                yield item
    except (ijson.JSONError, ValueError) as error:
        cut = "EOF" in str(error)
        report.repair("cut short" if cut else "before what cannot be read", ahead=int(cut))


@dataclass
class Owner:
    """An object with a long list, without the list itself."""

    members: dict[str, Any]
    """Its plain members."""
    items: int = 0
    """How many items the list has."""


def owners(path: Path, place: str, member: str) -> list[Owner]:
    """The objects at ``place``, each with the length of its list ``member``; the first 100,000.

    In front of them stands one that owns what has no object around it, as in a file whose
    keys hold dots. Faults are passed over as by ``items``, so that both find the same.
    """
    within = f"{place}.{member}.item"
    found: list[Owner] = []
    for chunks in (_with_whole_characters, _mended):
        found = [Owner({})]
        try:
            file = _File(path, chunks(path, ReadReport("", "")))
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


def _parsed(path: Path, chunks: Iterator[bytes], place: str) -> Iterator[Any]:
    file = _File(path, chunks)
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


def _with_whole_characters(path: Path, report: ReadReport) -> Iterator[bytes]:
    """The file with U+FFFD for each half of a surrogate pair."""
    rest = b""
    for chunk in utf8_chunks(path):
        # Behind a comma no escape goes on.
        done, comma, tail = chunk.rpartition(b",")
        if not comma and len(rest) < LONGEST:
            rest += chunk
            continue
        yield _whole_characters(rest + done + comma, report)
        rest = tail
    yield from filter(None, [_whole_characters(rest, report)])


def _whole_characters(content: bytes, report: ReadReport) -> bytes:
    if not _SURROGATE.search(content):
        return content

    def whole(escape: re.Match[bytes]) -> bytes:
        if len(escape[0]) != 6 or not _SURROGATE.match(escape[0]):
            return escape[0]
        report.repair("with half a character", ahead=1)
        return rb"\ufffd"

    return _ESCAPE.sub(whole, content)


def _mended(path: Path, report: ReadReport) -> Iterator[bytes]:
    """The file, token by token, each made valid."""
    rest = ""
    for chunk in text_chunks(path):
        mended, rest = _valid_tokens(rest + chunk, report, final=False)
        if mended:
            yield mended
        elif len(rest) > LONGEST:
            break
    mended, rest = _valid_tokens(rest, report, final=True)
    yield from filter(None, [mended])


def _valid_tokens(text: str, report: ReadReport, final: bool) -> tuple[bytes, str]:
    """All whole tokens of ``text``, mended, and the rest."""
    tokens: list[str] = []
    position = 0
    while position < len(text):
        token = _TOKEN.match(text, position)
        if token is None or (token.end() == len(text) and not final):
            break
        mended = _valid(token, report)
        tokens.append(mended)
        position = token.end()
    content = "".join(tokens).encode()
    return _whole_characters(content, report), text[position:]


def _valid(token: re.Match[str], report: ReadReport) -> str:
    text = token[0]
    if text[0] == '"':
        if not _FAULT.search(text):
            return text
        report.repair("with faulty characters", ahead=1)
        return _IN_STRING.sub(_valid_in_string, text)
    if text[0] == ",":
        return "" if token[1] in "]}" else ","
    if text[0] in "{}[]:" or text.isspace() or _LITERAL.fullmatch(text):
        return f"{text}e0" if len(text) > _DIGITS and text.lstrip("-").isdigit() else text
    report.repair("with a value that is none", ahead=1)
    return _LITERALS.get(text, "null")


def _valid_in_string(found: re.Match[str]) -> str:
    _, escaped, control, _ = found.groups()
    if control or (escaped and ord(escaped) < 0x20):
        return f"\\u{ord(control or escaped):04x}"
    return escaped or found[0]
