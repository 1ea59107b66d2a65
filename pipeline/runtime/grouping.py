"""Groups of numbers that pairs link."""

from __future__ import annotations

from collections.abc import Iterable


def groups(pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Numbers that ``pairs`` link, in order, as groups in the order of their first numbers."""
    above: dict[int, int] = {}  # a forest whose roots stand for groups

    def root(number: int) -> int:
        while (parent := above.setdefault(number, number)) != number:
            above[number] = number = above[parent]
        return number

    for one, other in pairs:
        above[root(one)] = root(other)
    members: dict[int, list[int]] = {}
    for number in sorted(above):
        members.setdefault(root(number), []).append(number)
    return list(members.values())
