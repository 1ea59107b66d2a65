"""Whether comments vary, repeat one another, or were learned by heart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Hashable, Iterable, Sequence
from itertools import pairwise

from pipeline.danmaku.evaluation.corpus import Comment
from pipeline.danmaku.evaluation.record import Diversity
from pipeline.runtime.clock import MILLISECONDS

_MOST_FREQUENT = 20
_RECENT_MS = 10 * MILLISECONDS


def measure_diversity(
    comments: Sequence[tuple[int, Comment]], training: Container[Comment]
) -> Diversity:
    """Measure comments, given as (milliseconds, words) in any order."""
    texts = [words for _, words in comments]
    frequent = Counter(texts).most_common(_MOST_FREQUENT)
    copies = [words for words in texts if words in training]
    return Diversity(
        comments=len(comments),
        distinct_1=_distinct(word for words in texts for word in words),
        distinct_2=_distinct(pair for words in texts for pair in pairwise(words)),
        most_frequent=_share(sum(count for _, count in frequent), len(texts)),
        copied=_share(len(copies), len(texts)),
        copied_length=_share(sum(map(len, copies)), len(copies)),
        repeated=_share(_repeats(comments), len(texts)),
    )


def _distinct(items: Iterable[Hashable]) -> float | None:
    counts = Counter(items)
    return _share(len(counts), counts.total())


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _repeats(comments: Iterable[tuple[int, Comment]]) -> int:
    last: dict[Comment, int] = {}
    repeats = 0
    for time_ms, words in sorted(comments):
        repeats += words in last and time_ms - last[words] <= _RECENT_MS
        last[words] = time_ms
    return repeats
