"""What sidecars hold: texts, a list of tags between commas, or a tag a line as Hydrus writes them.

No sidecar says so itself, and a short text with commas looks like tags. So the form is judged from
all sidecars of a folder.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from pipeline.labels.tag_lists import NAMESPACES

Form = Literal["texts", "commas", "lines"]

_NAMESPACED = re.compile(rf"\s*(?:{'|'.join(NAMESPACES)}):\s*\S", re.IGNORECASE)
_SENTENCE_END = re.compile(r"(\w[.?]|[。！？])\s*$")  # names of tags end in exclamation marks
_MIN_TAGS = 3
_MAX_WORDS = 2.5
"""Of a tag, on average; clauses of captions are longer."""
_MAX_CHARACTERS = 20
"""Of a tag, on average; this is for scripts without spaces."""
_MAX_OTHERS = 0.1
"""Share of sidecars of another form among those of a folder that holds tags."""


class Judgement(NamedTuple):
    """What the sidecars of a folder hold."""

    form: Form
    tags: Form
    """How tags are written if the sidecars hold any: ``commas`` or ``lines``."""
    alike: int
    """How many look so."""


def judged(sidecars: Iterable[Sequence[str]]) -> Judgement:
    """Judge sidecars by their lines.

    They hold tags if almost all that can only be one thing do, and these are most of them.
    """
    forms = Counter(map(looks_like, sidecars))
    tags: Form = "lines" if forms["lines"] > forms["commas"] else "commas"
    count = forms[tags]
    others = sum(forms.values()) - forms[None] - count
    are_tags = count > 0 and count >= forms[None] and others <= _MAX_OTHERS * (count + others)
    return Judgement(tags if are_tags else "texts", tags, count)


def looks_like(lines: Sequence[str]) -> Form | None:
    """The form of a sidecar with these lines; None if it may well be any, like a single word."""
    with_commas = sum("," in line for line in lines)
    if 2 * with_commas < len(lines) and any(map(_NAMESPACED.match, lines)):
        return "lines"
    items = items_of(lines, "commas")
    words = sum(len(item.split()) for item in items)
    characters = sum(map(len, items))
    if (
        words > _MAX_WORDS * len(items)
        or characters > _MAX_CHARACTERS * len(items)
        or any(map(_SENTENCE_END.search, lines))
        or (with_commas and len(lines) > 1)
    ):
        return "texts"
    return "commas" if with_commas and len(items) >= _MIN_TAGS else None


def items_of(lines: Iterable[str], form: Form) -> list[str]:
    """The texts or tags in the lines of a sidecar."""
    separated = (line.split(",") if form == "commas" else [line] for line in lines)
    return [item for line in separated for item in map(str.strip, line) if item]
