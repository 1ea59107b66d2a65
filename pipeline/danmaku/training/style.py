"""The style of comments (place, size and colour) as classes that a captioner can predict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from pipeline.danmaku.drawing.style import category

_PLAIN = {"place": "naka", "size": "medium", "color": "white"}
_MAX_CLASSES = 32  # colours, that is; people write #rrggbb of every shade


def style_classes(comments: Iterable[Sequence[str]]) -> dict[str, list[str]]:
    """The classes of each style in the commands of training comments.

    The plain class comes first, then the others by frequency.
    """
    counts: dict[str, Counter[str]] = {name: Counter() for name in _PLAIN}
    for commands in comments:
        for name, command in _decisive(commands).items():
            counts[name][command] += 1
    classes = {}
    for name, plain in _PLAIN.items():
        ranked = sorted(counts[name], key=lambda command: (-counts[name][command], command))
        others = (command for command in ranked if command != plain)
        classes[name] = [plain, *others][:_MAX_CLASSES]
    return classes


def style_of(commands: Sequence[str], classes: Mapping[str, Sequence[str]]) -> list[int]:
    """The class of each style of a comment; what training never saw is plain."""
    chosen = _PLAIN | _decisive(commands)
    return [
        names.index(chosen[style]) if chosen[style] in names else 0
        for style, names in classes.items()
    ]


def commands_of(style: Sequence[int], classes: Mapping[str, Sequence[str]]) -> list[str]:
    """The commands that give a comment this style, plain ones left out."""
    pairs = zip(classes.values(), style, strict=True)
    return [names[index] for names, index in pairs if index]


def _decisive(commands: Sequence[str]) -> dict[str, str]:
    """The command that decides each style: the first of its kind."""
    decisive: dict[str, str] = {}
    for command in map(str.lower, commands):
        if (name := category(command)) in _PLAIN:
            decisive.setdefault(name, command)
    return decisive
