"""Content ratings of pictures at image boards, which are tags of their own group.

In 2022 Danbooru divided ``s``, safe, into ``g``, general, and ``s``, which is sensitive since.
"""

from __future__ import annotations

from typing import Final, Literal

from pipeline.reading import values

Meaning = Literal["safe", "sensitive"]
"""Of ``s``."""

_LETTERS: Final = {"g": "general", "q": "questionable", "e": "explicit"}
_WORDS: Final = frozenset(("safe", "sensitive", *_LETTERS.values()))


def content_rating(value: object, s: Meaning | None = None) -> str | None:
    """The word for a letter or word; None for anything else, and for ``s`` without a meaning."""
    given = (values.text(value) or "").strip().lower().removeprefix("rating:")
    if given == "s":
        return s
    return given if given in _WORDS else _LETTERS.get(given)
