"""The training comments, as every rival of the model knows them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.feature_extraction.text import TfidfVectorizer

from pipeline.runtime.arrays import Float32s

Comment = tuple[str, ...]
"""Its words."""

_BATCH = 64  # texts whose similarity to all comments is in memory at once


class Corpus:
    """The distinct training comments, the most frequent first, and their TF-IDF vectors."""

    comments: list[Comment]
    counts: Counter[Comment]
    """How often each was written; 0 of what training lacks."""
    mean_length: float
    """Words of a comment, the frequent ones counted as often as they were written."""
    vectors: Any
    """(comments, terms) sparse float32, rows of length 1; a document is a distinct comment."""

    def __init__(self, training: Iterable[Comment]) -> None:
        """Read them; raises ValueError if no comment has a word."""
        counts = Counter(training)
        self.counts = counts
        self.comments = sorted(counts, key=lambda comment: (-counts[comment], comment))
        words = sum(count * len(comment) for comment, count in counts.items())
        self.mean_length = words / max(1, counts.total())
        self._vectorizer = TfidfVectorizer(analyzer=tuple, dtype=np.float32)
        self.vectors = self._vectorizer.fit_transform(self.comments)
        self._by_term = self.vectors.T.tocsr()

    def vectors_of(self, texts: Sequence[Comment]) -> Any:
        """(texts, terms) sparse; words that training lacks count for nothing."""
        return self._vectorizer.transform(texts)

    def nearest(self, texts: Sequence[Comment], most: int) -> list[list[int]]:
        """For each text the places of comments of the greatest cosine, the greatest first.

        At most ``most``, and none that shares no word; of equals the more frequent first.
        """
        found = []
        for start in range(0, len(texts), _BATCH):
            cosines = self.vectors_of(texts[start : start + _BATCH]) @ self._by_term
            for first, last in zip(cosines.indptr, cosines.indptr[1:], strict=False):
                places, values = cosines.indices[first:last], cosines.data[first:last]
                found.append(_greatest(places, values, most))
        return found


def joined(comments: Iterable[Comment]) -> Comment:
    """Their words as one text."""
    return tuple(chain.from_iterable(comments))


def _greatest(places: npt.NDArray[np.integer[Any]], values: Float32s, most: int) -> list[int]:
    """The ``most`` places (n,) of the greatest values (n,), descending, of equals the first."""
    if len(values) > most:
        enough = values >= np.partition(values, -most)[-most]
        places, values = places[enough], values[enough]
    ranked: list[int] = places[np.lexsort([places, -values])][:most].tolist()
    return ranked
