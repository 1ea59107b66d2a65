"""The plots of the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from pipeline.artifacts.evaluation import Standing
from pipeline.artifacts.training import Epoch
from pipeline.plotting import COLOUR, svg

_OTHER = "#c8823b"


def losses(epochs: Sequence[Epoch], best: int) -> str:
    """Nats a word of training and held-out comments, epoch by epoch."""

    def draw(axes: Axes) -> None:
        numbers = range(1, len(epochs) + 1)
        axes.plot(numbers, [e.train_nll for e in epochs], color=_OTHER, marker=".", label="train")
        axes.plot(numbers, [e.dev_nll for e in epochs], color=COLOUR, marker=".", label="held out")
        axes.axvline(best, color=COLOUR, linestyle=":")
        axes.locator_params(axis="x", integer=True)
        axes.legend(frameon=False)
        axes.set(xlabel="epoch", ylabel="nats a word")

    return svg("losses", draw)


def reciprocal_ranks(standings: Mapping[str, Standing]) -> str:
    """Mean reciprocal rank of each scorer, with its interval; the best at the top."""

    def draw(axes: Axes) -> None:
        ranked = sorted(standings.items(), key=lambda item: item[1].reciprocal_rank.mean)
        names = [name for name, _ in ranked]
        found = [standing.reciprocal_rank for _, standing in ranked]
        means = np.array([interval.mean for interval in found])
        ends = np.array(
            [
                [(i.mean if i.low is None else i.low), (i.mean if i.high is None else i.high)]
                for i in found
            ]
        )
        colours = [COLOUR if name == "model" else _OTHER for name in names]
        axes.barh(names, means, color=colours, xerr=np.abs(ends.T - means), ecolor="gray")
        axes.set(xlabel="mean reciprocal rank")

    return svg("ranks", draw)
