"""The words a model knows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from pipeline.runtime.atomic_files import write_text

PADDING, BEGIN, END, UNKNOWN = range(4)
SPECIAL = ["<pad>", "<s>", "</s>", "<unk>"]
"""The ids 0–3; words follow in order of frequency."""

SYMBOL = "記号"
"""How the part of speech of marks ends: 記号 in ipadic, and 補助記号 too in unidic."""


class Vocabulary(msgspec.Struct, frozen=True, kw_only=True):
    """``vocabulary.json``: words by frequency."""

    words: list[str]
    """Most frequent first; the id of ``words[i]`` is ``i + 4``."""
    counts: list[int]
    """How often each occurs in the training comments."""
    parts: list[str] = []
    """The part of speech that each is most often; older files have none."""
    symbols: list[bool]
    """Whether that is a mark, or the word has neither letters nor digits."""
    distinct: int
    """Words before the rare ones were cut."""
    total: int
    """Running words, the unknown among them."""

    @classmethod
    def of(cls, tokens: Mapping[tuple[str, str], int], size: int) -> Vocabulary:
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
            symbols=[parts[w].endswith(SYMBOL) or not _says_something(w) for w in kept],
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
