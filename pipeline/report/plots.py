"""The plots of the page, as files that stay sharp: each in both languages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Literal

import numpy as np
from matplotlib.axes import Axes

from pipeline.captioning.training_record import Epoch
from pipeline.danmaku.evaluation.evaluation_file import Evaluation
from pipeline.danmaku.statistics import plots
from pipeline.danmaku.statistics.counting import Statistics
from pipeline.danmaku.training.training_record import TrainingRecord
from pipeline.evaluation.ranking import RankMetrics
from pipeline.report.language import phrases
from pipeline.report.svg_plots import COLOUR, svg

_OTHER = "#c8823b"

Words = Callable[[str], str]
"""From the key of a phrase to its words in the language of the plot."""


def write_plots(
    folder: Path,
    training: TrainingRecord,
    evaluation: Evaluation | None,
    data: Sequence[Statistics],
) -> None:
    """Write below ``folder``: ``plots/NAME.en.svg`` and ``plots/NAME.ja.svg``.

    Names are losses, ranks where there is an evaluation, and words-N, seconds-N and, where a
    delay was found, delays-N of the N-th of ``data``, from 0.
    """
    (folder / "plots").mkdir()
    languages: tuple[Literal["en", "ja"], ...] = ("en", "ja")
    for language in languages:

        def words(key: str, language: Literal["en", "ja"] = language) -> str:
            return str(getattr(phrases()[f"plot.{key}"], language))

        for name, drawing in _drawings(training, evaluation, data, words).items():
            path = folder / "plots" / f"{name}.{language}.svg"
            path.write_text(drawing, encoding="utf-8")


def _drawings(
    training: TrainingRecord,
    evaluation: Evaluation | None,
    data: Sequence[Statistics],
    words: Words,
) -> dict[str, str]:
    found = {"losses": losses(training.epochs, training.best_epoch, words)}
    if evaluation is not None and evaluation.ranking.all.scorers:
        found["ranks"] = reciprocal_ranks(evaluation.ranking.all.scorers, words)
    for n, statistics in enumerate(data):
        labels = words("rank"), words("frequency")
        found[f"words-{n}"] = plots.rank_frequency(statistics.words.rank_frequency, labels)
        labels = words("time"), words("comments")
        found[f"seconds-{n}"] = plots.comments_per_second(statistics.per_second, labels)
        if statistics.delay.estimated:
            labels = words("delay"), words("share")
            found[f"delays-{n}"] = plots.delays(statistics.delay.distribution, labels)
    return found


def losses(epochs: Sequence[Epoch], best: int, words: Words) -> str:
    """Nats a word of training and held-out comments, epoch by epoch."""

    def draw(axes: Axes) -> None:
        numbers = range(1, len(epochs) + 1)
        train, dev = [e.train_nll for e in epochs], [e.dev_nll for e in epochs]
        axes.plot(numbers, train, color=_OTHER, marker=".", label=words("train"))
        axes.plot(numbers, dev, color=COLOUR, marker=".", label=words("held out"))
        axes.axvline(best, color=COLOUR, linestyle=":", label=words("best"))
        axes.locator_params(axis="x", integer=True)
        axes.legend(frameon=False)
        axes.set(xlabel=words("epoch"), ylabel=words("nats"))

    return svg("losses", draw)


def reciprocal_ranks(standings: Mapping[str, RankMetrics], words: Words) -> str:
    """Mean reciprocal rank of each scorer, with its interval; the best at the top."""

    def draw(axes: Axes) -> None:
        ranked = sorted(standings.items(), key=lambda item: item[1].reciprocal_rank.mean)
        names = [words(f"scorer.{name}") for name, _ in ranked]
        found = [standing.reciprocal_rank for _, standing in ranked]
        means = np.array([interval.mean for interval in found])
        ends = np.array(
            [
                [(i.mean if i.low is None else i.low), (i.mean if i.high is None else i.high)]
                for i in found
            ]
        )
        colours = [COLOUR if name == "model" else _OTHER for name, _ in ranked]
        axes.barh(names, means, color=colours, xerr=np.abs(ends.T - means), ecolor="gray")
        axes.set(xlabel=words("reciprocal rank"))

    return svg("ranks", draw)
