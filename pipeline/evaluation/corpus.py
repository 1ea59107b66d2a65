"""The training sentences as baselines and the drawing of candidates know them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.feature_extraction.text import TfidfVectorizer

Sentence = tuple[str, ...]
"""The words of a text."""

_BATCH = 64  # texts whose similarities to all sentences are in memory at once


class Corpus:
    """The distinct training sentences, most frequent first, and their TF-IDF vectors."""

    sentences: list[Sentence]
    counts: Counter[Sentence]
    """How often each sentence occurs; 0 for one that training lacks."""
    mean_length: float
    """Mean words per sentence, over all occurrences."""
    vectors: Any
    """(sentences, terms) sparse float32 with rows of length 1, one row a distinct sentence."""

    def __init__(self, training: Iterable[Sentence]) -> None:
        """Raises ValueError if no sentence has a word."""
        counts = Counter(training)
        self.counts = counts
        self.sentences = sorted(counts, key=lambda sentence: (-counts[sentence], sentence))
        words = sum(count * len(sentence) for sentence, count in counts.items())
        self.mean_length = words / max(1, counts.total())
        self._vectorizer = TfidfVectorizer(analyzer=tuple, dtype=np.float32)
        self.vectors = self._vectorizer.fit_transform(self.sentences)
        self._by_term = self.vectors.T.tocsr()

    def tfidf(self, texts: Sequence[Sentence]) -> Any:
        """(texts, terms) sparse vectors; words that training lacks are ignored."""
        return self._vectorizer.transform(texts)

    def nearest(self, texts: Sequence[Sentence], max_results: int) -> list[list[int]]:
        """For each text, the indices of the sentences with the greatest cosine, greatest first.

        At most ``max_results``, all with at least one word of the text. Ties go to the more
        frequent sentence.
        """
        results = []
        for start in range(0, len(texts), _BATCH):
            cosines = self.tfidf(texts[start : start + _BATCH]) @ self._by_term
            for first, last in zip(cosines.indptr, cosines.indptr[1:], strict=False):
                indices, values = cosines.indices[first:last], cosines.data[first:last]
                results.append(_greatest(indices, values, max_results))
        return results


def concatenated(sentences: Iterable[Sentence]) -> Sentence:
    """The words of all sentences as one text."""
    return tuple(chain.from_iterable(sentences))


def _greatest(
    indices: npt.NDArray[np.integer[Any]], values: npt.NDArray[np.float32], count: int
) -> list[int]:
    """The ``count`` indices (n,) with the greatest values (n,), descending, ties by index."""
    if len(values) > count:
        # Partitioning first keeps the sort short; all that tie with the last one stay in.
        enough = values >= np.partition(values, -count)[-count]
        indices, values = indices[enough], values[enough]
    ranked: list[int] = indices[np.lexsort([indices, -values])][:count].tolist()
    return ranked
