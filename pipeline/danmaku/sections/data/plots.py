"""Plots of the statistics of one commented episode."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from pipeline.report.plots import COLOR, Drawing, Words
from pipeline.runtime.clock import MILLISECONDS


def rank_frequency(corners: Sequence[tuple[int, int]]) -> Drawing:
    """How often the word of each rank occurs, both axes logarithmic."""

    def draw(axes: Axes, words: Words) -> None:
        axes.loglog(*zip(*corners, strict=True), color=COLOR, marker=".", markersize=3)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter("{x:,.0f}")
        axes.set(xlabel=words("data.axis_rank"), ylabel=words("data.axis_frequency"))

    return draw


def comments_per_second(counts: Sequence[int]) -> Drawing:
    """How many comments each second has."""

    def draw(axes: Axes, words: Words) -> None:
        axes.stairs(counts, fill=True, color=COLOR)
        axes.margins(x=0)
        axes.locator_params(axis="y", integer=True)
        axes.set(xlabel=words("data.axis_time"), ylabel=words("data.axis_comments"))

    return draw


def delays(distribution: Sequence[tuple[int, float]]) -> Drawing:
    """The share of comments that come so many milliseconds after what they are about."""

    def draw(axes: Axes, words: Words) -> None:
        lags, shares = zip(*distribution, strict=True)
        axes.plot([lag / MILLISECONDS for lag in lags], shares, color=COLOR, marker=".")
        axes.set(xlabel=words("data.axis_delay"), ylabel=words("data.axis_share"))
        axes.set_ylim(bottom=0)

    return draw
