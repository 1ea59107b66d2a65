"""The words of pages, in English and Japanese.

Phrases lie in YAML files beside the templates and scripts that use them. A page is written in
English, with its key at each phrase; a script replaces the phrases by those of the other language.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec
import yaml
from markupsafe import Markup

Language = Literal["en", "ja"]
LANGUAGES: tuple[Language, ...] = ("en", "ja")


class Phrase(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One phrase; ``{name}`` stands for a value."""

    en: str
    ja: str


class Message(NamedTuple):
    """A phrase by its key, and what its ``{name}``s stand for."""

    key: str
    values: Mapping[str, object] = {}


class Phrases(dict[str, Phrase]):
    """Phrases by key."""

    @classmethod
    def load(cls, folders: Iterable[Path]) -> Phrases:
        """Read the ``*.yaml`` files of ``folders``. Raises ValueError for a key in two files."""
        phrases = cls()
        for file in (path for folder in folders for path in sorted(folder.glob("*.yaml"))):
            more = msgspec.convert(yaml.safe_load(file.read_text("utf-8")), dict[str, Phrase])
            if repeated := phrases.keys() & more.keys():
                raise ValueError(f"{file} repeats {', '.join(sorted(repeated))}")
            phrases |= more
        return phrases

    def text(self, key: str, language: Language) -> str:
        """The phrase alone, for pictures, whose language no script can change."""
        return self[key].ja if language == "ja" else self[key].en

    def element(self, key: str, **values: object) -> Markup:
        """An element with the phrase in English, which a script can change to Japanese."""
        text = self[key].en.format(**values)
        if not values:
            return Markup('<span data-t="{}">{}</span>').format(key, text)
        data = msgspec.json.encode({name: str(value) for name, value in values.items()}).decode()
        return Markup('<span data-t="{}" data-values="{}">{}</span>').format(key, data, text)

    def attribute(self, key: str, attribute: str = "aria-label") -> Markup:
        """An attribute with the phrase in English, which a script can change to Japanese."""
        return Markup('{0}="{1}" data-t-{0}="{2}"').format(attribute, self[key].en, key)
