"""The figures that models are compared by, and what has to be equal for that.

Each is a ratio of sums over items that belong to blocks of seconds or to scenes. A difference of
two models resamples these for both together: what is easy or hard for both cancels out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from pipeline.danmaku.comparison.compared import Compared
from pipeline.danmaku.evaluation.values_file import Basis
from pipeline.evaluation.intervals import Interval, Ratio, difference_interval
from pipeline.runtime.clock import MILLISECONDS
from pipeline.runtime.sample_size import is_enough

Unequal = Literal["too_little", "frames", "block_s", "comments", "vocabulary", "candidates"]
"""Why there is no difference: too few values, or the field of ``Basis`` that is not the same."""


@dataclass(frozen=True)
class Figure:
    """One figure of a model."""

    name: str
    of: Callable[[Compared], Ratio]
    same: Sequence[Literal["frames", "block_s", "comments", "vocabulary", "candidates"]]
    """Fields of ``Basis`` that must be equal, the most telling first."""
    is_share: bool = True
    is_lower_better: bool = False

    def interval(self, model: Compared) -> Interval | None:
        """None where there are too few values."""
        ratio = self.of(model)
        return ratio.interval if is_enough(np.size(ratio.clusters)) else None

    def difference(self, one: Compared, other: Compared) -> Interval | Unequal:
        """How much more it is for ``one``, or why that cannot be told."""
        for field in self.same:
            if getattr(one.values.basis, field) != getattr(other.values.basis, field):
                return field
        ratios = self.of(one), self.of(other)
        if not all(is_enough(np.size(ratio.clusters)) for ratio in ratios):
            return "too_little"
        return difference_interval(*ratios)


def _nats(model: Compared) -> Ratio:
    comments = model.values.comments
    return Ratio(comments.nats, comments.words, comments.block)


def _from_picture(model: Compared) -> Ratio:
    comments = model.values.comments
    return Ratio(comments.mean_nats - comments.nats, comments.words, comments.block)


def _of_queries(name: str) -> Callable[[Compared], Ratio]:
    def of(model: Compared) -> Ratio:
        queries = model.values.queries
        return Ratio(getattr(queries, name), np.ones(len(queries.block)), queries.block)

    return of


def _named(model: Compared) -> Ratio:
    names = model.values.names
    return Ratio(names.is_right, np.ones(len(names.scene)), names.scene)


def _copied(model: Compared) -> Ratio:
    seconds = np.array([comment.time_ms for comment in model.comments], float) / MILLISECONDS
    copied = model.explained.copies > 0
    return Ratio(copied, np.ones(len(copied)), seconds // model.values.basis.block_s)


_COMMENTS: Sequence[Literal["frames", "comments", "vocabulary", "block_s"]] = (
    *("frames", "comments", "vocabulary", "block_s"),
)
_QUERIES: Sequence[Literal["frames", "comments", "candidates", "block_s"]] = (
    *("frames", "comments", "candidates", "block_s"),
)

FIGURES: Sequence[Figure] = (
    Figure("nll", _nats, _COMMENTS, is_share=False, is_lower_better=True),
    Figure("pmi", _from_picture, _COMMENTS, is_share=False),
    Figure("mrr", _of_queries("reciprocal_rank"), _QUERIES, is_share=False),
    Figure("hit_1", _of_queries("hit_1"), _QUERIES),
    Figure("hit_5", _of_queries("hit_5"), _QUERIES),
    Figure("hit_10", _of_queries("hit_10"), _QUERIES),
    Figure("named", _named, ["frames"]),
    Figure("copied", _copied, ["frames", "block_s"], is_lower_better=True),
)
"""Nats a word of viewers' comments, and how many of them the picture saves; reciprocal rank of what
viewers wrote among candidates, and whether it is among the first; names of those on screen; and
generated comments that are word for word a viewer's of training."""


def different_bases(models: Sequence[Compared]) -> list[str]:
    """Fields of ``Basis`` in which any two models differ."""
    first, *others = (model.values.basis for model in models)
    return [
        field
        for field in Basis.__struct_fields__
        if any(getattr(other, field) != getattr(first, field) for other in others)
    ]
