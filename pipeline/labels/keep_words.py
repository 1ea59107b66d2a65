"""The words for whether a picture shall be learned from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

KEEP: Final = "keep"
DROP: Final = "drop"
_WORDS: Mapping[str, str] = {
    **dict.fromkeys((KEEP, "kept", "yes", "true", "1"), KEEP),
    **dict.fromkeys((DROP, "dropped", "no", "false", "0"), DROP),
}


def keep_word(word: str) -> str:
    """``keep`` or ``drop`` for a word that means either; empty for others."""
    return _WORDS.get(word.strip().lower(), "")
