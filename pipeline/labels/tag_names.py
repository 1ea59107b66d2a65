"""Names of tags: with underscores or spaces, and when two of them are one tag."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

KAOMOJI: Final = frozenset(
    (
        *("^_^", ">_<", "o_o", "@_@", "+_+", "0_0", "(o)_(o)", "+_-", "._.", "<o>_<o>"),
        *("<|>_<|>", "=_=", "3_3", "6_9", ">_o", "u_u", "x_x", "|_|", "||_||"),
    )
)
"""Faces, whose underscore is a mouth and never a space; those that the WD taggers except."""


def with_spaces(name: str) -> str:
    """``long hair`` for ``long_hair``, but ``>_<`` as it is."""
    return name if name.lower() in KAOMOJI else name.replace("_", " ")


def with_underscores(name: str) -> str:
    """``long_hair`` for ``long hair``, as sites with tags between spaces write it."""
    return "_".join(name.split())


@lru_cache(1 << 16)
def same_tag(name: str) -> str:
    """What all ways to write a tag share: ``Long_Hair`` and ``long hair`` are one."""
    spaced = with_spaces(unicodedata.normalize("NFC", name.strip()))
    return " ".join(spaced.split()).casefold()
