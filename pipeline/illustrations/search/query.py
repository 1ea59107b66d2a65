"""What people ask for: ``cat.png + hat.png - dog.png tag:night``, or ``a.png > b.png``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from pipeline.runtime.clock import MILLISECONDS, clock_text, parse_clock
from pipeline.runtime.errors import ExitCode, PipelineError

FORMS = "picture.png, film.mp4@1:23, a.png + b.png - c.png, a.png > b.png, tag:cat -tag:night"
"""Examples of what can be asked for."""
_WORD = re.compile(r'(-?tag:)"([^"]*)"|(\S+)')
_TAG = re.compile(r"(-?)tag:(.*)", re.DOTALL)
_SIGNS = {"+": 1, "-": -1, "−": -1}
_LINE = ">"


class Term(NamedTuple):
    """One picture of a query."""

    text: str
    """The path of a file, or the name of a picture or a video in a collection."""
    seconds: float | None = None
    """Of a video, when."""
    sign: int = 1
    """1, or -1 for what is wanted less."""

    def __str__(self) -> str:
        if self.seconds is None:
            return self.text
        when = clock_text(round(MILLISECONDS * self.seconds), digits=1)
        return f"{self.text}@{when}"


class TagTerm(NamedTuple):
    """A tag that hits must have, or must not."""

    name: str
    wanted: bool = True


@dataclass(frozen=True)
class Query:
    """What is looked for: pictures like the sum of some, among those with certain tags."""

    terms: tuple[Term, ...] = ()
    tags: tuple[TagTerm, ...] = ()
    end: tuple[Term, ...] = ()
    """Where a line ends that begins at ``terms``; empty if no line is asked for."""


def parse_query(text: str) -> Query:
    """Read a query. Words that belong to one path need no quotes, operators need spaces around.

    Raises PipelineError USAGE.
    """
    sides: list[list[Term]] = [[]]
    tags: list[TagTerm] = []
    words: list[str] = []
    sign, begins = 1, True

    def end_of_term() -> None:
        if not words:
            raise _cannot_read(text, "a picture is missing beside an operator")
        sides[-1].append(_term(" ".join(words), sign))
        words.clear()

    for word in _words(text):
        if tag := _TAG.fullmatch(word):
            if not tag[2]:
                raise _cannot_read(text, "a tag has no name")
            tags.append(TagTerm(tag[2], not tag[1]))
        elif word == _LINE:
            end_of_term()
            sides.append([])
            sign, begins = 1, True
        elif word in _SIGNS:
            if not begins:
                end_of_term()
            sign, begins = _SIGNS[word], False
        else:
            words.append(word)
            begins = False
    if not begins or len(sides) > 1 or not tags:
        end_of_term()
    if len(sides) > 2:
        raise _cannot_read(text, "a line leads from one picture to one other")
    terms, *end = map(tuple, sides)
    return Query(terms, tuple(tags), end[0] if end else ())


def _words(text: str) -> Iterator[str]:
    for word in _WORD.finditer(text):
        yield f"{word[1]}{word[2]}" if word[1] else word[3]


def _term(text: str, sign: int) -> Term:
    path, at, time = text.rpartition("@")
    if at and path:
        try:
            return Term(path, parse_clock(time), sign)
        except ValueError:
            pass  # an @ of the name's own
    return Term(text, None, sign)


def _cannot_read(text: str, why: str) -> PipelineError:
    return PipelineError(
        ExitCode.USAGE,
        f"QUERY=: {why} in “{text}”" if text.strip() else "QUERY= says nothing",
        f"Ask as in one of: {FORMS}",
    )
