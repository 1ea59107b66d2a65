"""The words a model knows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path

import msgspec
import regex

from pipeline.runtime.atomic_files import write_json
from pipeline.text.words import SYMBOL

PADDING, BEGIN, END, UNKNOWN = range(4)
SPECIAL = ["<pad>", "<s>", "</s>", "<unk>"]
"""The ids 0–3; words follow in order of frequency."""


class Vocabulary(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """``vocabulary.json``: words by frequency."""

    words: list[str]
    """Most frequent first; the id of ``words[i]`` is ``i + 4``."""
    counts: list[int]
    """Occurrences of each in the training texts."""
    parts: list[str]
    """The most frequent part of speech of each."""
    symbols: list[bool]
    """Whether that is a symbol, or the word has neither letters nor digits."""
    distinct: int
    """Distinct words before the rare ones were cut."""
    total: int
    """Running words, including the unknown ones."""

    @classmethod
    def from_counts(cls, tokens: Mapping[tuple[str, str], int], size: int) -> Vocabulary:
        """Keep the ``size`` most frequent words; ``tokens`` counts (word, part of speech).

        Ties are settled by the word, and by the part of speech.
        """
        by_word: Counter[str] = Counter()
        parts: dict[str, str] = {}
        for (word, part), count in sorted(tokens.items(), key=lambda item: (-item[1], item[0])):
            by_word[word] += count
            parts.setdefault(word, part)
        kept = sorted(by_word, key=lambda word: (-by_word[word], word))[:size]
        return cls(
            words=kept,
            counts=[by_word[word] for word in kept],
            parts=[parts[word] for word in kept],
            symbols=[parts[w].endswith(SYMBOL) or not _has_alphanumeric(w) for w in kept],
            distinct=len(by_word),
            total=by_word.total(),
        )

    @classmethod
    def load(cls, path: Path) -> Vocabulary:
        """Read ``vocabulary.json``."""
        return msgspec.json.decode(path.read_bytes(), type=cls)

    def save(self, path: Path) -> None:
        """Publish ``vocabulary.json``."""
        write_json(path, self)

    def __len__(self) -> int:
        """The number of ids, including the special ones."""
        return len(SPECIAL) + len(self.words)

    def encode(self, words: Sequence[str]) -> list[int]:
        """The id of each word, ``UNKNOWN`` for those that are not kept; no end mark is added."""
        return [self._ids.get(word, UNKNOWN) for word in words]

    def decode(self, ids: Iterable[int]) -> list[str]:
        """The word of each id."""
        return [
            SPECIAL[token] if token < len(SPECIAL) else self.words[token - len(SPECIAL)]
            for token in ids
        ]

    @cached_property
    def _ids(self) -> dict[str, int]:
        return {word: index for index, word in enumerate(self.words, len(SPECIAL))}


_LETTER = (
    r"[[\p{L}\p{M}\p{N}]--[ー\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]]"
)
"""A letter or digit of a script that puts spaces between words."""
_SPACED = regex.compile(rf"{_LETTER}[,.;:!?]{{0,3}}\n{_LETTER}", regex.V1)
_NUMBER = regex.compile(r"\d[,.:]\n\d")


def join_words(words: Iterable[str]) -> str:
    """Write words as text, with spaces where their script has them: ``a, b`` but ``犬,猫``.

    Marks follow words without a space, and numbers such as ``3.5`` have none within.
    """
    text = ""
    for word in words:
        seam = f"{text[-4:]}\n{word[0]}"
        spaced = _SPACED.search(seam) and not _NUMBER.search(seam)
        text += f" {word}" if spaced else word
    return text


def _has_alphanumeric(word: str) -> bool:
    return any(character.isalnum() for character in word)
