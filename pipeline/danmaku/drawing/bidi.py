"""Texts that run from right to left: the order in which the parts of a line are drawn.

Of the Unicode Bidirectional Algorithm (UAX #9) this is what single comments need: a line is
a paragraph, its first strong character gives its direction, numbers and words of the other
direction keep theirs. Explicit embeddings, isolates and bracket pairs are not looked at.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import groupby

_LETTERS = {"L": "L", "R": "R", "AL": "A", "EN": "E", "AN": "N", "ES": "S", "CS": "C", "ET": "T"}
"""A letter for each class that the rules tell apart; O is any other, a neutral."""


def levels(clusters: Sequence[str]) -> list[int]:
    """How deep each cluster is embedded: 0 and 2 run to the right, 1 to the left."""
    classes = "".join(_LETTERS.get(unicodedata.bidirectional(each[0]), "O") for each in clusters)
    if not (strong := re.findall("[RA]", classes)):
        return [0] * len(clusters)
    first = re.search("[LRA]", classes)
    assert first is not None and strong
    base = "L" if first[0] == "L" else "R"
    of = {"L": 0, "R": 1, "E": 2, "N": 2} if base == "L" else {"L": 2, "R": 1, "E": 2, "N": 2}
    return [of[each] for each in _resolved_neutrals(_resolved_numbers(classes, base), base)]


def visual_order(depths: Sequence[int]) -> list[int]:
    """The numbers of a line's parts, leftmost first, from the level of each (rule L2)."""
    order = list(range(len(depths)))
    for depth in range(max(depths, default=0), 0, -1):
        turned: list[int] = []
        for deep, group in groupby(order, key=lambda part: depths[part] >= depth):
            parts = list(group)
            turned += parts[::-1] if deep else parts
        order = turned
    return order


def _resolved_numbers(classes: str, base: str) -> str:
    """Rules W2 to W7: what is left are L, R, E, N and O."""
    classes = re.sub("A[^LRA]*", lambda m: m[0].replace("E", "N").replace("A", "R"), classes)
    classes = re.sub("(?<=E)[SC](?=E)", "E", classes)
    classes = re.sub("(?<=N)C(?=N)", "N", classes)
    classes = re.sub("T*E[TE]*", lambda m: "E" * len(m[0]), classes)
    classes = re.sub("[SCT]", "O", classes)
    after_left = "(?:^|L)[^LR]*" if base == "L" else "L[^LR]*"
    return re.sub(after_left, lambda m: m[0].replace("E", "L"), classes)


def _resolved_neutrals(classes: str, base: str) -> str:
    """Rules N1 and N2: neutrals go with both neighbours, or with the line."""

    def direction(neutrals: re.Match[str]) -> str:
        before = classes[neutrals.start() - 1] if neutrals.start() else base
        after = classes[neutrals.end()] if neutrals.end() < len(classes) else base
        sides = {"L" if side == "L" else "R" for side in (before, after)}
        return (sides.pop() if len(sides) == 1 else base) * len(neutrals[0])

    return re.sub("O+", direction, classes)
