"""Words of any language by Unicode alone: word boundaries, or characters."""

from __future__ import annotations

import regex

from pipeline.text.words import SYMBOL, WORD, Words, is_symbol, spaced

_WORDS = regex.compile(r"(?w)\S+?(?:\b|(?=\s|$))", regex.V1)
"""Unicode Standard Annex 29, default word boundaries."""

_CHARACTERS = regex.compile(r"\S\p{M}*+")


class WordSplitter:
    """Unicode's words: good for languages that put spaces between words."""

    def split(self, text: str) -> Words:
        """The words of a text, with WORD or SYMBOL as parts of speech."""
        return _with_parts(_WORDS.findall(spaced(text)))


class CharacterSplitter:
    """Every character with its combining marks: for Japanese without a dictionary."""

    def split(self, text: str) -> Words:
        """The characters of a text, with WORD or SYMBOL as parts of speech."""
        return _with_parts(_CHARACTERS.findall(spaced(text)))


def _with_parts(words: list[str]) -> Words:
    return words, [SYMBOL if is_symbol(word) else WORD for word in words]
