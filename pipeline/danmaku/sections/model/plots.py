"""Plots of how a model learned, and of how it ranks comments beside baselines."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes

from pipeline.danmaku.training.training_record import TrainingRecord
from pipeline.evaluation.ranking import RankMetrics
from pipeline.report.language import Phrases
from pipeline.report.plots import COLOR, OTHER_COLOR, Words, write_plot


def write_losses(folder: Path, phrases: Phrases, training: TrainingRecord) -> None:
    """Plot ``losses``: nats per word of training and held-out comments, epoch by epoch."""

    def draw(axes: Axes, words: Words) -> None:
        epochs = training.epochs
        numbers = range(1, len(epochs) + 1)
        train, dev = [e.train_nll for e in epochs], [e.dev_nll for e in epochs]
        axes.plot(numbers, train, color=OTHER_COLOR, marker=".", label=words("model.train"))
        axes.plot(numbers, dev, color=COLOR, marker=".", label=words("model.dev"))
        axes.axvline(training.best_epoch, color=COLOR, linestyle=":", label=words("model.kept"))
        axes.locator_params(axis="x", integer=True)
        axes.legend(frameon=False)
        axes.set(xlabel=words("model.epoch"), ylabel=words("model.nats_per_word"))

    write_plot(folder, "losses", phrases, draw)


def write_ranks(
    folder: Path, phrases: Phrases, scorers: Mapping[str, RankMetrics], keys: Mapping[str, str]
) -> None:
    """Plot ``ranks``: mean reciprocal rank of each scorer with its interval, the best on top.

    ``keys`` are of the phrases that name the scorers.
    """

    def draw(axes: Axes, words: Words) -> None:
        ranked = sorted(scorers.items(), key=lambda item: item[1].reciprocal_rank.mean)
        intervals = [metrics.reciprocal_rank for _, metrics in ranked]
        means = np.array([interval.mean for interval in intervals])
        # An interval without ends is drawn as one without width.
        ends = np.array(
            [
                [(i.mean if i.low is None else i.low), (i.mean if i.high is None else i.high)]
                for i in intervals
            ]
        )
        axes.barh(
            [words(keys[name]) for name, _ in ranked],
            means,
            color=[COLOR if name == "model" else OTHER_COLOR for name, _ in ranked],
            xerr=np.abs(ends.T - means),
            ecolor="gray",
        )
        axes.set(xlabel=words("model.mrr"))

    write_plot(folder, "ranks", phrases, draw)
