"""Texts that run from right to left: the order in which the parts of a line are drawn.

This is the part of the Unicode Bidirectional Algorithm (UAX #9) that single comments need: a line
is a paragraph, its first strong character gives its direction, and numbers and words of the other
direction keep theirs. Explicit embeddings, isolates and bracket pairs are ignored.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import groupby

_LETTERS = {"L": "L", "R": "R", "AL": "A", "EN": "E", "AN": "N", "ES": "S", "CS": "C", "ET": "T"}
"""A letter for each class that the rules distinguish; O is a neutral, which is any other."""


def levels(clusters: Sequence[str]) -> list[int]:
    """The embedding level of each cluster: 0 and 2 run to the right, 1 to the left."""
    classes = "".join(_LETTERS.get(unicodedata.bidirectional(each[0]), "O") for each in clusters)
    if not (strong := re.findall("[RA]", classes)):
        return [0] * len(clusters)
    first = re.search("[LRA]", classes)
    assert first is not None and strong
    base = "L" if first[0] == "L" else "R"
    # Rules I1 and I2. In a line to the left, words to the right are at level 2 like numbers.
    level = {"L": 0, "R": 1, "E": 2, "N": 2} if base == "L" else {"L": 2, "R": 1, "E": 2, "N": 2}
    return [level[each] for each in _resolved_neutrals(_resolved_numbers(classes, base), base)]


def runs_leftward(line: str) -> bool:
    """Whether the first strong character of ``line`` is of a script from right to left."""
    directions = (unicodedata.bidirectional(character) for character in line)
    return next((each for each in directions if each in ("L", "R", "AL")), "L") != "L"


def visual_order(part_levels: Sequence[int]) -> list[int]:
    """The numbers of a line's parts from left to right, by their levels (rule L2)."""
    order = list(range(len(part_levels)))
    # From the deepest level up, every stretch at that level or deeper is reversed.
    for level in range(max(part_levels, default=0), 0, -1):
        reordered: list[int] = []
        for is_deep, group in groupby(order, key=lambda part: part_levels[part] >= level):
            parts = list(group)
            reordered += parts[::-1] if is_deep else parts
        order = reordered
    return order


def _resolved_numbers(classes: str, base: str) -> str:
    """Rules W2 to W7; L, R, E, N and O are left."""
    # W2, W3: a number after an Arabic letter is an Arabic one; the letter counts as R.
    classes = re.sub("A[^LRA]*", lambda m: m[0].replace("E", "N").replace("A", "R"), classes)
    # W4: a separator between two numbers of a kind is part of them.
    classes = re.sub("(?<=E)[SC](?=E)", "E", classes)
    classes = re.sub("(?<=N)C(?=N)", "N", classes)
    # W5, W6: so are the signs beside a European number; other separators are neutral.
    classes = re.sub("T*E[TE]*", lambda m: "E" * len(m[0]), classes)
    classes = re.sub("[SCT]", "O", classes)
    # W7: a European number in words to the right is like one of them.
    after_left = "(?:^|L)[^LR]*" if base == "L" else "L[^LR]*"
    return re.sub(after_left, lambda m: m[0].replace("E", "L"), classes)


def _resolved_neutrals(classes: str, base: str) -> str:
    """Rules N1 and N2: neutrals follow their neighbours if these agree, or else the line."""

    def direction(neutrals: re.Match[str]) -> str:
        before = classes[neutrals.start() - 1] if neutrals.start() else base
        after = classes[neutrals.end()] if neutrals.end() < len(classes) else base
        sides = {"L" if side == "L" else "R" for side in (before, after)}
        return (sides.pop() if len(sides) == 1 else base) * len(neutrals[0])

    return re.sub("O+", direction, classes)
