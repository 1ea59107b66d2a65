"""What a taste says of examples by the score that people gave them, as a picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from pipeline.report.plots import COLOR
from pipeline.runtime.arrays import Float64s
from pipeline.runtime.atomic_files import published

_BINS = 24
_MOST_ROWS = 5
"""Distributions in a picture: neighbouring levels of finer scales share one."""
_INCHES = 1.1  # of a distribution


def draw_distributions(path: Path, said: Float64s, scores: Float64s, levels: Float64s) -> None:
    """Publish a PNG file with a histogram of ``said`` for each level of ``scores``, both (n,).

    Levels that no score is near to, such as those of one rater among several, have none.
    """
    ends = float(levels[0]), float(levels[-1])
    nearest = np.abs(scores[:, None] - levels).argmin(1)
    there = np.unique(nearest)
    groups = np.array_split(there, min(_MOST_ROWS, len(there)))
    figure = Figure(figsize=(6.4, _INCHES * len(groups) + 0.6), layout="constrained")
    rows = figure.subplots(len(groups), 1, sharex=True, squeeze=False)[:, 0]
    for axes, group in zip(rows, groups, strict=True):
        of_group = said[np.isin(nearest, group)]
        axes.hist(of_group, _BINS, range=ends, color=COLOR)
        for level in levels[group]:
            axes.axvline(level, color="black", linewidth=0.8, linestyle=":")
        ends_of_group = levels[group[[0, -1]]]
        given = " to ".join(dict.fromkeys(f"{level:.3g}" for level in ends_of_group))
        axes.set_ylabel(f"given {given}\n(n = {len(of_group):,})", fontsize=8)
        axes.spines[["top", "right"]].set_visible(False)
    rows[-1].set_xlabel("said of examples that were not learned from")
    with published(path) as temporary:
        figure.savefig(temporary, format="png", dpi=100, metadata={"Software": None})
