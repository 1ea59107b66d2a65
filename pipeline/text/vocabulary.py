"""The words a model knows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import msgspec

from pipeline.artifacts.publishing import write_text

PADDING, BEGIN, END, UNKNOWN = range(4)
SPECIAL = ["<pad>", "<s>", "</s>", "<unk>"]
"""The ids 0–3; words follow in order of frequency."""

SYMBOL = "記号"
"""The part of speech of punctuation and marks in MeCab's dictionaries."""


class Vocabulary(msgspec.Struct, frozen=True, kw_only=True):
    """``vocabulary.json``: words by frequency."""

    words: list[str]
    """Most frequent first; the id of ``words[i]`` is ``i + 4``."""
    counts: list[int]
    """How often each occurs in the training comments."""
    symbols: list[bool]
    """Whether each is mostly punctuation or a mark."""
    distinct: int
    """Words before the rare ones were cut."""
    total: int
    """Running words, the unknown among them."""

    @classmethod
    def count(cls, tokens: Iterable[tuple[str, str]], size: int) -> Vocabulary:
        """Keep the ``size`` most frequent of ``tokens`` (word, part of speech); ties by word."""
        by_word: Counter[str] = Counter()
        as_symbol: Counter[str] = Counter()
        for word, part in tokens:
            by_word[word] += 1
            as_symbol[word] += part == SYMBOL
        kept = sorted(by_word, key=lambda word: (-by_word[word], word))[:size]
        return cls(
            words=kept,
            counts=[by_word[word] for word in kept],
            symbols=[2 * as_symbol[w] > by_word[w] or not _says_something(w) for w in kept],
            distinct=len(by_word),
            total=by_word.total(),
        )

    @classmethod
    def load(cls, path: Path) -> Vocabulary:
        """Read ``vocabulary.json``."""
        return msgspec.json.decode(path.read_bytes(), type=cls)

    def save(self, path: Path) -> None:
        """Publish ``vocabulary.json``."""
        write_text(path, msgspec.json.format(msgspec.json.encode(self)).decode())

    def __len__(self) -> int:
        """How many ids there are, the special ones included."""
        return len(SPECIAL) + len(self.words)

    def ids(self) -> dict[str, int]:
        """The id of every word."""
        return {word: index for index, word in enumerate(self.words, len(SPECIAL))}

    def word(self, token: int) -> str:
        """The word of an id."""
        return SPECIAL[token] if token < len(SPECIAL) else self.words[token - len(SPECIAL)]


def join_words(words: Iterable[str]) -> str:
    """Write words as text: Japanese without spaces, one between two Latin words or numbers."""
    text = ""
    for word in words:
        spaced = text and text[-1].isascii() and text[-1].isalnum()
        text += f" {word}" if spaced and word[0].isascii() and word[0].isalnum() else word
    return text


def _says_something(word: str) -> bool:
    return any(character.isalnum() for character in word)
