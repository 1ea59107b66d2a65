"""How varied generated sentences are, how often they repeat, and how many are copies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Hashable, Iterable, Sequence
from itertools import pairwise

import msgspec

from pipeline.evaluation.corpus import Sentence
from pipeline.runtime.clock import MILLISECONDS

_MOST_FREQUENT = 20
_RECENT_MS = 10 * MILLISECONDS


class Diversity(msgspec.Struct, frozen=True):
    """Measures of a set of sentences; shares are 0 to 1, and None where there is nothing to count.

    Distinct-1 and distinct-2 fall as sentences are added: compare equal numbers of sentences.
    """

    sentences: int
    distinct_1: float | None
    """Unique words ÷ words (distinct-1)."""
    distinct_2: float | None
    """Unique bigrams ÷ bigrams, each within a sentence (distinct-2)."""
    most_frequent: float | None
    """Share of sentences that are one of their own 20 most frequent."""
    copied: float | None
    """Share of sentences that occur word for word in the training set."""
    copied_length: float | None
    """Mean words of those; short ones are what anybody would write."""
    repeated: float | None
    """Share of sentences that also occur at the same time or in the 10 seconds before."""


def measure_diversity(
    sentences: Sequence[tuple[int, Sentence]], training: Container[Sentence]
) -> Diversity:
    """Measure sentences, given as (milliseconds, words) in any order."""
    texts = [words for _, words in sentences]
    frequent = Counter(texts).most_common(_MOST_FREQUENT)
    copies = [words for words in texts if words in training]
    return Diversity(
        sentences=len(sentences),
        distinct_1=_unique_share(word for words in texts for word in words),
        distinct_2=_unique_share(pair for words in texts for pair in pairwise(words)),
        most_frequent=_share(sum(count for _, count in frequent), len(texts)),
        copied=_share(len(copies), len(texts)),
        copied_length=_share(sum(map(len, copies)), len(copies)),
        repeated=_share(_count_repeats(sentences), len(texts)),
    )


def _unique_share(items: Iterable[Hashable]) -> float | None:
    counts = Counter(items)
    return _share(len(counts), counts.total())


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _count_repeats(sentences: Iterable[tuple[int, Sentence]]) -> int:
    last_ms: dict[Sentence, int] = {}
    repeats = 0
    for time_ms, words in sorted(sentences):
        repeats += words in last_ms and time_ms - last_ms[words] <= _RECENT_MS
        last_ms[words] = time_ms
    return repeats
