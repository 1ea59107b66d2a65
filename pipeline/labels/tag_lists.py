"""Several tags in one value: separated in a text, in a list, or in groups."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

from pipeline.reading import values

RATING: Final = "rating"
"""The group of which one tag at most holds of a picture."""
GROUPS: Final = ("general", "artist", "copyright", "character", "meta", RATING)
"""Of Danbooru's tags, and of whatever learned from them."""
_CODES: Final = {"0": "general", "1": "artist", "3": "copyright", "4": "character", "5": "meta"}
"""Danbooru's numbers for them."""
NAMESPACES: Final = {
    **{group: group for group in (*GROUPS, "species", "person", "studio", "title")},
    **{"creator": "artist", "series": "copyright"},
}
"""Groups by what Hydrus calls them. Other words before a colon are part of a name: ``re:zero``."""
_SEPARATOR = re.compile(r"""(?:(?<=[^\W_])|(?<=[)"'!?.])|(?<=\s)(?=.\s))([|,;、])""")
"""After a word or apart; anything else is part of a face, such as ``;)`` or ``|_|``."""


class Tag(NamedTuple):
    """A tag as a file gives it."""

    name: str
    group: str = ""
    probability: float | None = None
    """As a model says."""


def separator_of(lists: Iterable[str]) -> str:
    """What separates the tags in most of some texts; a space, unless something else does."""
    separators: Counter[str] = Counter()
    spaced = 0
    for text in lists:
        found = set(_SEPARATOR.findall(text))
        separators.update(found)
        spaced += not found and " " in text.strip()
    separator, count = max(separators.items(), key=lambda item: item[1], default=(" ", 0))
    return separator if count and count >= spaced else " "


def tags_in(value: Any, separator: str = ",", group: str = "") -> Iterator[Tag]:
    """The tags in a text, in a list of names, pairs or objects, or in an object of groups.

    A pair is a name with its probability. Whatever else is in a list is no tag.
    """
    match value:
        case str():
            parts = value.split() if separator == " " else value.split(separator)
            yield from (named_tag(part, group) for part in parts if part.strip())
        case [str(name), (float() | 0 | 1) as probability]:
            yield Tag(name, group, _probability(probability))
        case list():
            for item in value:
                # A text in a list is one tag, whatever it contains.
                one = values.text(item)
                yield from [named_tag(one, group)] if one else tags_in(item, separator, group)
        case {"name": str(name)}:
            of = values.text(value.get("group", value.get("category"))) or group
            yield Tag(name, _CODES.get(of, of), _probability(value.get("probability")))
        case dict():
            for key, member in value.items():
                probability = _probability(member)
                if isinstance(member, list | dict | str):
                    yield from tags_in(member, separator, NAMESPACES.get(key, str(key)))
                elif member is None or probability is not None:
                    yield Tag(str(key), group, probability)


def _probability(value: object) -> float | None:
    number = None if isinstance(value, str) else values.decimal(value)
    return number if number is not None and 0 <= number <= 1 else None


def named_tag(text: str, group: str = "") -> Tag:
    """A tag, whose group may stand before it: ``character:hatsune miku``."""
    namespace, colon, name = text.strip().partition(":")
    known = NAMESPACES.get(namespace.strip().lower(), "")
    if colon and known and name.strip():
        return Tag(name.strip(), known)
    return Tag(text.strip(), group)


def namespace_of(group: str) -> str:
    """What Hydrus calls a group of tags; nothing for general and unknown ones."""
    known = {group: namespace for namespace, group in NAMESPACES.items()}
    return "" if group == "general" else known.get(group, "")
