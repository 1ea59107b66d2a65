"""How comments look: their place, size and colour, as classes that a model can tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from pipeline.danmaku.drawing.style import category

_DEFAULTS = {"place": "naka", "size": "medium", "color": "white"}
_MOST = 32  # colours; people write #rrggbb of every shade


class Looks(msgspec.Struct, frozen=True):
    """The commands that training comments carry, by what they decide; plain ones first."""

    place: list[str]
    size: list[str]
    color: list[str]

    @classmethod
    def of(cls, commands: Iterable[Sequence[str]]) -> Looks:
        """Collect them, the most frequent first after the plain one."""
        found: dict[str, Counter[str]] = {name: Counter() for name in _DEFAULTS}
        for words in commands:
            for name, word in _decisive(words).items():
                found[name][word] += 1
        kept = {}
        for name, plain in _DEFAULTS.items():
            ranked = sorted(found[name], key=lambda word: (-found[name][word], word))
            kept[name] = [plain, *(word for word in ranked if word != plain)][:_MOST]
        return cls(**kept)

    @property
    def choices(self) -> tuple[list[str], list[str], list[str]]:
        """Words of each class, in the order place, size, colour."""
        return self.place, self.size, self.color

    def classes(self, commands: Sequence[str]) -> list[int]:
        """The class of a comment's place, size and colour; what was never seen is plain."""
        words = _DEFAULTS | _decisive(commands)
        return [
            choices.index(words[name]) if words[name] in choices else 0
            for name, choices in zip(_DEFAULTS, self.choices, strict=True)
        ]

    def commands(self, classes: Sequence[int]) -> list[str]:
        """The commands of these classes, plain ones left out."""
        pairs = zip(self.choices, classes, strict=True)
        return [choices[index] for choices, index in pairs if index]


def _decisive(commands: Sequence[str]) -> dict[str, str]:
    """The word that decides each of place, size and colour: the first of its kind."""
    found: dict[str, str] = {}
    for word in map(str.lower, commands):
        if (name := category(word)) in _DEFAULTS:
            found.setdefault(name, word)
    return found
