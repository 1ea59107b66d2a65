"""The plots of the page, as SVG elements that stand in an HTML page."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from pipeline.report.svg_plots import COLOUR, svg
from pipeline.runtime.clock import MILLISECONDS

Labels = tuple[str, str]
"""What stands at the axis across and at the one upwards."""


def rank_frequency(corners: Sequence[tuple[int, int]], labels: Labels = ("順位", "頻度")) -> str:
    """How often the word of each rank occurs, both axes logarithmic."""

    def draw(axes: Axes) -> None:
        axes.loglog(*zip(*corners, strict=True), color=COLOUR, marker=".", markersize=3)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter("{x:,.0f}")
        axes.set(xlabel=labels[0], ylabel=labels[1])

    return svg("words", draw)


def comments_per_second(counts: Sequence[int], labels: Labels = ("時刻 (秒)", "コメント数")) -> str:
    """How many comments each second has."""

    def draw(axes: Axes) -> None:
        axes.stairs(counts, fill=True, color=COLOUR)
        axes.margins(x=0)
        axes.locator_params(axis="y", integer=True)
        axes.set(xlabel=labels[0], ylabel=labels[1])

    return svg("seconds", draw)


def delays(
    distribution: Sequence[tuple[int, float]], labels: Labels = ("遅れ (秒)", "割合")
) -> str:
    """How large a share of comments comes so many milliseconds after its cause."""

    def draw(axes: Axes) -> None:
        lags, shares = zip(*distribution, strict=True)
        axes.plot([lag / MILLISECONDS for lag in lags], shares, color=COLOUR, marker=".")
        axes.set(xlabel=labels[0], ylabel=labels[1])
        axes.set_ylim(bottom=0)

    return svg("delay", draw)
