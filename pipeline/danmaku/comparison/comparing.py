"""All figures of several models with intervals, and the differences of every two of them."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from io import StringIO
from itertools import combinations
from pathlib import Path

import msgspec
import numpy as np

from pipeline.danmaku.comparison.compared import Compared
from pipeline.danmaku.comparison.figures import FIGURES, Unequal
from pipeline.danmaku.evaluation.evaluation_file import MeasuredOn
from pipeline.evaluation.diversity import measure_diversity
from pipeline.evaluation.intervals import Interval
from pipeline.runtime.atomic_files import write_json, write_text
from pipeline.runtime.sample_size import is_enough

_SEED = 2017


class Distinct(msgspec.Struct, frozen=True):
    """How varied comments are, of as many of each model: fewer would be more varied by that."""

    comments: int
    distinct_1: list[float | None]
    """Of each model, unique words ÷ words."""
    distinct_2: list[float | None]
    """The same of pairs of words."""


class Pair(msgspec.Struct, frozen=True):
    """Two models, side by side."""

    one: str
    other: str
    differences: dict[str, Interval | Unequal]
    """By figure, how much more it is for ``one``, or why that cannot be told."""


class Comparison(msgspec.Struct, frozen=True):
    """``compare.json``."""

    video: str
    models: list[str]
    measured_on: list[MeasuredOn]
    """Of each model."""
    figures: dict[str, list[Interval | None]]
    """By figure, of each model; None where there are too few values."""
    distinct: Distinct | None
    """None where a model wrote too few comments."""
    pairs: list[Pair]

    @classmethod
    def of(cls, video: str, models: Sequence[Compared]) -> Comparison:
        """Compare two models or more."""
        return cls(
            video=video,
            models=[model.name for model in models],
            measured_on=[model.values.basis.measured_on for model in models],
            figures={
                figure.name: [figure.interval(model) for model in models] for figure in FIGURES
            },
            distinct=_distinct(models),
            pairs=[
                Pair(
                    one.name,
                    other.name,
                    {figure.name: figure.difference(one, other) for figure in FIGURES},
                )
                for one, other in combinations(models, 2)
            ],
        )

    def save(self, folder: Path) -> None:
        """Write ``compare.json`` and ``figures.csv``."""
        write_json(folder / "compare.json", self)
        text = StringIO()
        csv.writer(text).writerows(self._rows())
        write_text(folder / "figures.csv", "\ufeff" + text.getvalue())

    def _rows(self) -> Iterator[tuple[object, ...]]:
        yield "figure", "model", "minus", "mean", "low", "high", "why not"
        for name, intervals in self.figures.items():
            for model, interval in zip(self.models, intervals, strict=True):
                yield name, model, "", *_cells(interval or "too_little")
            for pair in self.pairs:
                yield name, pair.one, pair.other, *_cells(pair.differences[name])


def _cells(value: Interval | Unequal) -> tuple[object, ...]:
    if isinstance(value, str):
        return "", "", "", value
    return value.mean, value.low, value.high, ""


def _distinct(models: Sequence[Compared]) -> Distinct | None:
    count = min(len(model.comments) for model in models)
    if not is_enough(count):
        return None
    found = []
    for model in models:
        order = np.random.default_rng(_SEED).permutation(len(model.comments))[:count]
        drawn = [model.comments[index] for index in sorted(order.tolist())]
        found.append(measure_diversity([(c.time_ms, tuple(c.words)) for c in drawn], ()))
    return Distinct(count, [one.distinct_1 for one in found], [one.distinct_2 for one in found])
