"""The frequent words of comments, by which shots can be told apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.runtime.arrays import Float64s, Int64s
from pipeline.runtime.clock import MILLISECONDS
from pipeline.text.words import SYMBOL

_MAX_WORDS = 60
"""Distinct words."""
_MIN_COUNT = 8
_MAX_TOKENS = 4000
_FUNCTION_WORDS = (SYMBOL, "助詞", "助動詞")
"""Endings of parts of speech: symbols, particles and auxiliary verbs."""


@dataclass(frozen=True)
class Tokens:
    """Occurrences of frequent words."""

    time: Float64s
    """(tokens,) seconds."""
    word: Int64s
    """(tokens,) index of the word."""
    words: int
    """How many distinct words there are."""


def frequent_tokens(comments: Iterable[tuple[int, Sequence[str], Sequence[str]]]) -> Tokens:
    """The content words that are frequent enough to tell shots apart.

    ``comments`` are (time in milliseconds, words, parts of speech). Symbols, particles and runs
    of one letter, such as laughter, are left out. More than 4,000 tokens are thinned out evenly.
    """
    times: list[float] = []
    words: list[str] = []
    for time_ms, every, parts in comments:
        content = {w for w, part in zip(every, parts, strict=True) if _is_content(w, part)}
        words += sorted(content)
        times += [time_ms / MILLISECONDS] * len(content)
    common = Counter(words).most_common(_MAX_WORDS)
    index = {word: i for i, (word, count) in enumerate(common) if count >= _MIN_COUNT}
    kept = [i for i, word in enumerate(words) if word in index]
    if len(kept) > _MAX_TOKENS:
        kept = [kept[i * len(kept) // _MAX_TOKENS] for i in range(_MAX_TOKENS)]
    return Tokens(
        time=np.array([times[i] for i in kept], np.float64),
        word=np.array([index[words[i]] for i in kept], np.int64),
        words=len(index),
    )


def _is_content(word: str, part: str) -> bool:
    return len(set(word)) > 1 and not part.endswith(_FUNCTION_WORDS)
