"""The page's own words, in English and Japanese: ``web/messages/*.yaml``.

The page is written in English with a mark at each phrase; its script exchanges the phrases.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec
import yaml
from markupsafe import Markup

_FOLDER = Path(__file__).parent / "web" / "messages"


class Phrase(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One phrase; ``{name}`` stands for a value."""

    en: str
    ja: str


@cache
def phrases() -> dict[str, Phrase]:
    """All phrases by key. Raises ValueError for a key in two files."""
    found: dict[str, Phrase] = {}
    for file in sorted(_FOLDER.glob("*.yaml")):
        read = msgspec.convert(yaml.safe_load(file.read_text("utf-8")), dict[str, Phrase])
        if twice := found.keys() & read.keys():
            raise ValueError(f"{file.name} has once more {', '.join(sorted(twice))}")
        found |= read
    return found


def phrase(key: str, **values: object) -> Markup:
    """An element with the phrase in English, which the script can put into Japanese."""
    text = phrases()[key].en.format(**values)
    given = msgspec.json.encode({name: str(value) for name, value in values.items()}).decode()
    if values:
        return Markup('<span data-t="{}" data-values="{}">{}</span>').format(key, given, text)
    return Markup('<span data-t="{}">{}</span>').format(key, text)


def label(key: str, attribute: str = "aria-label") -> Markup:
    """An attribute with the phrase in English, which the script can put into Japanese."""
    return Markup('{0}="{1}" data-t-{0}="{2}"').format(attribute, phrases()[key].en, key)
