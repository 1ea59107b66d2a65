"""The words of pages, in English and Japanese.

Phrases lie in YAML files beside the templates and scripts that use them. A page is written in
English, with its key at each phrase; a script replaces the phrases by those of the other language.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import zip_longest
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec
import yaml
from markupsafe import Markup

Language = Literal["en", "ja"]
LANGUAGES: tuple[Language, ...] = ("en", "ja")


_RESULT = "result."
_PARTS = re.compile(r"(; |, | (?=\())")
"""What stands between the phrases of a line."""
_PLURAL = re.compile(r"s\d?")
"""Names of values that are ``s`` after a number but one, and empty after one."""


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

    def recognized(self, line: str) -> Markup:
        """A line in English that a stage wrote, in which phrases ``result.…`` are elements.

        Each part of it is one phrase; parts of which there is none stay as they are.
        """
        return Markup("").join(map(self._recognized, _PARTS.split(line)))

    def _recognized(self, part: str) -> Markup:
        for key, pattern in self._results:
            if found := pattern.fullmatch(part):
                return self.element(key, **found.groupdict())
        return Markup("{}").format(part)

    @cached_property
    def _results(self) -> list[tuple[str, re.Pattern[str]]]:
        """What lines of stages are made of, from the most definite phrase on."""
        own = [(key, phrase.en) for key, phrase in self.items() if key.startswith(_RESULT)]
        own.sort(key=lambda pair: -len(re.sub(r"\{\w+\}", "", pair[1])))
        return [(key, _pattern(text)) for key, text in own]

    def attribute(self, key: str, attribute: str = "aria-label") -> Markup:
        """An attribute with the phrase in English, which a script can change to Japanese."""
        return Markup('{0}="{1}" data-t-{0}="{2}"').format(attribute, self[key].en, key)


def _pattern(text: str) -> re.Pattern[str]:
    """What fits a phrase, with its values as groups."""
    pieces = re.split(r"\{(\w+)\}", text)
    groups = [f"(?P<{name}>{'s?' if _PLURAL.fullmatch(name) else '.+?'})" for name in pieces[1::2]]
    literals = map(re.escape, pieces[::2])
    return re.compile("".join(map("".join, zip_longest(literals, groups, fillvalue=""))))
