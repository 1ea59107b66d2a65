"""Read nested XML of any size: its elements one after the other, as they begin and end.

No entity is defined and no address opened. At the first fault reading ends, and the report says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple
from xml.parsers import expat

from pipeline.reading.content import Content
from pipeline.reading.read_report import ReadReport

_MAX_DEPTH = 64
_MAX_TEXT = 1 << 16
"""Characters of an element's own text; any more are cut off."""
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_ROOT = re.compile(
    r"\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*|<!DOCTYPE[^>\[]*(?:\[[^\]]*\]\s*)?>\s*)*<([A-Za-z_][\w:.-]*)",
    re.DOTALL,
)


class Event(NamedTuple):
    """The beginning or the end of an element."""

    path: str
    """Names of the elements around it and its own, without the outermost one: ``image/box``."""
    attributes: Mapping[str, str] | None
    """None at its end."""
    text: str = ""
    """At its end, if it has no elements within, its text without white space around it."""


def root_of(content: Content) -> str:
    """The name of the outermost element; empty if the file is no XML."""
    root = _ROOT.match(content.head.decode("utf-8", "replace"))
    return root[1] if root else ""


def events(content: Content, report: ReadReport) -> Iterator[Event]:
    """Yield every element twice, when it begins and when it ends."""
    parser = expat.ParserCreate("utf-8")  # whatever the file declares, it is decoded already
    collector = _Collector()
    parser.buffer_text = True
    parser.StartElementHandler = collector.start
    parser.CharacterDataHandler = collector.data
    parser.EndElementHandler = collector.end
    parser.EntityDeclHandler = collector.refuse_entity
    try:
        for piece in content.text():
            parser.Parse(_FORBIDDEN.sub("", piece), False)
            yield from collector.taken()
        parser.Parse("", True)
    except (expat.ExpatError, _RefusedError) as fault:
        yield from collector.taken()
        line = parser.CurrentLineNumber
        report.note(f"{content.path.name} cannot be read from line {line} on: {fault}")


class _RefusedError(Exception):
    """Raised for XML that no program writes about pictures."""


class _Collector:
    def __init__(self) -> None:
        self._path: list[str] = []
        self._texts: list[list[str]] = []
        self._events: list[Event] = []

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._path.append(name)
        if len(self._path) > _MAX_DEPTH:
            raise _RefusedError(f"elements are nested more than {_MAX_DEPTH} deep")
        if self._texts:
            self._texts[-1].clear()  # it has elements, so text between them is layout
        self._texts.append([])
        self._events.append(Event("/".join(self._path[1:]), attributes))

    def data(self, text: str) -> None:
        if self._texts and sum(map(len, self._texts[-1])) < _MAX_TEXT:
            self._texts[-1].append(text[:_MAX_TEXT])

    def end(self, name: str) -> None:
        text = "".join(self._texts.pop()).strip()
        self._events.append(Event("/".join(self._path[1:]), None, text))
        self._path.pop()

    def refuse_entity(self, *declaration: object) -> None:
        raise _RefusedError("it declares an entity")

    def taken(self) -> list[Event]:
        """The events since the last time."""
        taken, self._events = self._events, []
        return taken
