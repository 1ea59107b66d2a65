"""Chinese words by jieba."""

from __future__ import annotations

import rjieba

from pipeline.text.words import NOUN, SYMBOL, WORD, Words, is_symbol, spaced


class ChineseSplitter:
    """Jieba's accurate mode; its tags are reduced to which words are nouns."""

    def split(self, text: str) -> Words:
        """The words of a text, with NOUN, WORD or SYMBOL as parts of speech."""
        tagged = [(w, tag) for word, tag in rjieba.tag(spaced(text)) for w in word.split()]
        words = [word for word, _ in tagged]
        return words, [_part(word, tag) for word, tag in tagged]


def _part(word: str, tag: str) -> str:
    if is_symbol(word):
        return SYMBOL
    return NOUN if tag.startswith("n") else WORD
