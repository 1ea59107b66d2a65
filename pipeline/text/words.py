"""What every splitter gives: words with parts of speech; the ground of this package."""

from __future__ import annotations

import unicodedata

Words = tuple[list[str], list[str]]
"""The words of a text and their parts of speech, as many. No word is empty or contains white space;
joined they are the text without its white space."""

WORD, NOUN, SYMBOL = "語", "名詞", "記号"
"""Parts of speech where no dictionary says more. The last two are MeCab's names: nouns begin with
名詞, and symbols end in 記号 (記号 in ipadic, also 補助記号 in unidic)."""


def spaced(text: str) -> str:
    """The text with single spaces for all white space and for NUL, which ends strings in C."""
    return " ".join(text.replace("\0", " ").split())


def is_symbol(word: str) -> bool:
    """Whether a word has neither a letter nor a digit."""
    return not any(unicodedata.category(character)[0] in "LN" for character in word)
