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

    are_tags: bool
    alike: int
    """How many look like tags."""


def judged(sidecars: Iterable[Sequence[str]]) -> Judgement:
    """Judge sidecars by their lines.

    They hold tags if almost all that can only be one thing do, and these are most of them.
    """
    forms = Counter(map(looks_like, sidecars))
    alike = forms["commas"] + forms["lines"]
    are_tags = alike >= max(1, forms[None])
    return Judgement(are_tags and forms["texts"] <= _MAX_OTHERS * (alike + forms["texts"]), alike)


def looks_like(lines: Sequence[str]) -> Form | None:
    """The form of a sidecar with these lines; None if it may well be any, like a single word."""
    if form_of_tags(lines) == "lines" and any(map(_NAMESPACED.match, lines)):
        return "lines"
    with_commas = any("," in line for line in lines)
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


def form_of_tags(lines: Sequence[str]) -> Form:
    """How the tags of a sidecar are separated: by lines if most have no comma."""
    return "lines" if 2 * sum("," in line for line in lines) < len(lines) else "commas"


def items_of(lines: Iterable[str], form: Form) -> list[str]:
    """The texts or tags in the lines of a sidecar."""
    separated = (line.split(",") if form == "commas" else [line] for line in lines)
    return [item for line in separated for item in map(str.strip, line) if item]
