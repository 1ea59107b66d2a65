"""The plots of the page, as SVG elements that stand in an HTML page."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence

import matplotlib_fontja  # noqa: F401  makes IPAexGothic known to matplotlib
from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pipeline.timebase import MILLISECONDS

_SIZE = (8, 3)  # inches of 72 pixels
_COLOUR = "#3b87c8"  # to be seen on white and on near black
_PAGE_COLOUR = "#010203"
"""Stands for the page's own text colour until the SVG is written; matplotlib knows no such."""
_STYLE = {
    "font.family": "IPAexGothic",
    "svg.fonttype": "path",  # the reader's machine needs no Japanese font
    "svg.hashsalt": "yajiuma",  # ids are the same every time
    **dict.fromkeys(
        ["text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color"],
        _PAGE_COLOUR,
    ),
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def rank_frequency(corners: Sequence[tuple[int, int]]) -> str:
    """How often the word of each rank occurs, both axes logarithmic."""

    def draw(axes: Axes) -> None:
        axes.loglog(*zip(*corners, strict=True), color=_COLOUR, marker=".", markersize=3)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter("{x:,.0f}")
        axes.set(xlabel="順位", ylabel="頻度")

    return _svg("words", draw)


def comments_per_second(counts: Sequence[int]) -> str:
    """How many comments each second has."""

    def draw(axes: Axes) -> None:
        axes.stairs(counts, fill=True, color=_COLOUR)
        axes.margins(x=0)
        axes.locator_params(axis="y", integer=True)
        axes.set(xlabel="時刻 (秒)", ylabel="コメント数")

    return _svg("seconds", draw)


def delays(distribution: Sequence[tuple[int, float]]) -> str:
    """How large a share of comments comes so many milliseconds after its cause."""

    def draw(axes: Axes) -> None:
        lags, shares = zip(*distribution, strict=True)
        axes.plot([lag / MILLISECONDS for lag in lags], shares, color=_COLOUR, marker=".")
        axes.set(xlabel="遅れ (秒)", ylabel="割合")
        axes.set_ylim(bottom=0)

    return _svg("delay", draw)


def _svg(name: str, draw: Callable[[Axes], None]) -> str:
    """The plot as an element whose ids begin with ``name``, for several stand in one page."""
    with style.context(["default", _STYLE]):
        figure = Figure(figsize=_SIZE, layout="constrained")
        draw(figure.add_subplot())
        file = io.StringIO()
        nothing = dict.fromkeys(["Creator", "Date", "Format", "Type"])
        figure.savefig(file, format="svg", transparent=True, metadata=nothing)
    svg = file.getvalue().replace(_PAGE_COLOUR, "currentColor")
    svg = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{name}-", svg)
    return svg[svg.index("<svg") :]
