"""The words that tell some points of many from the rest."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence, Set

import numpy as np

from pipeline.runtime.arrays import Int64s

_LEAST_Z = 3.0
"""How far from chance a word must be, in standard deviations. There are many words, of which one
in a thousand gets so far by chance."""
_LEAST_SHARE = 0.1  # of a cluster's points that have a word which names it
_MOST_WORDS = 3  # in a name
_SAME_POINTS = 0.8  # of the points of either of two words that have both, which then say the same


def telling_words(clusters: Int64s, words: Sequence[Set[str]]) -> list[list[str]]:
    """The words that tell each cluster from all other points, the most telling first.

    ``words`` are those of each point (n). A word is the more telling the less likely it is by
    chance that so many points of the cluster have it: by the signed root of the log-likelihood
    ratio G² (Dunning 1993), which is as a standard normal variable where there is nothing to tell.
    """
    holders_of_all = Counter(word for held in words for word in held)
    return [
        _telling(np.flatnonzero(clusters == cluster), words, holders_of_all)
        for cluster in range(int(clusters.max(initial=-1)) + 1)
    ]


def _telling(members: Int64s, words: Sequence[Set[str]], holders_of_all: Counter[str]) -> list[str]:
    holders: dict[str, set[int]] = defaultdict(set)
    for point in members.tolist():
        for word in words[point]:
            holders[word].add(point)
    scores = {
        word: _signed_root_of_g2(len(points), len(members), holders_of_all[word], len(words))
        for word, points in holders.items()
        if len(points) >= _LEAST_SHARE * len(members)
    }
    chosen: list[str] = []
    for word in sorted(scores, key=lambda word: (-scores[word], word)):
        repeats = any(
            len(holders[word] & holders[other])
            >= _SAME_POINTS * len(holders[word] | holders[other])
            for other in chosen
        )
        if scores[word] >= _LEAST_Z and not repeats:
            chosen.append(word)
    return chosen[:_MOST_WORDS]


def _signed_root_of_g2(here: int, members: int, everywhere: int, points: int) -> float:
    """For a word that ``here`` of ``members`` have, and ``everywhere`` of all ``points``."""
    found = np.array(
        [here, members - here, everywhere - here, points - members - everywhere + here]
    )
    share = everywhere / points
    expected = np.outer([members, points - members], [share, 1 - share]).ravel()
    g2 = 2 * sum(f * np.log(f / e) for f, e in zip(found, expected, strict=True) if f > 0)
    return float(np.sign(here - expected[0]) * np.sqrt(max(g2, 0.0)))
