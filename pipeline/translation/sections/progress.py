"""How a translator learned: the same pictures after each epoch, and curves of losses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes

from pipeline.report.gallery import write_picture
from pipeline.report.language import Phrases
from pipeline.report.page import WEB as PAGE
from pipeline.report.plots import Drawing, Words, write_plot
from pipeline.report.section import Section
from pipeline.translation.samples import SampleSheet
from pipeline.translation.sections.summary import WEB
from pipeline.translation.training_record import TrainingRecord

_MOST = 60  # epochs that the page shows
_COLORS = ("#3b87c8", "#c8823b", "#4c9a5a", "#a667b8", "#b8505a")  # visible on both grounds


def progress_section(
    folder: Path, sheet: SampleSheet, training: TrainingRecord, sheet_address: str
) -> Section:
    """Write pictures of epochs and plots below ``folder``; the address leads to the whole sheet."""
    among = np.linspace(0, len(sheet.epochs) - 1, min(_MOST, len(sheet.epochs))).astype(int)
    shown = [sheet.epochs[place] for place in among]
    pictures = {
        epoch: write_picture(folder, f"samples/{epoch:04}.jpg", sheet.after(epoch))
        for epoch in shown
    }
    phrases = Phrases.load([PAGE, WEB])
    plots = [name for name in ("generator", "discriminator", "held_out") if _curves(training, name)]
    for name in plots:
        write_plot(folder, name, phrases, _drawn(_curves(training, name)))
    values = {
        "count": len(shown),
        "last": pictures[shown[-1]],
        "training": training,
        "plots": plots,
        "address": sheet_address,
    }
    return Section(
        "progress",
        WEB,
        "progress.html.j2",
        values,
        ["progress.js"],
        ["translation.css"],
        data=[(epoch, picture.path) for epoch, picture in pictures.items()],
    )


def _curves(training: TrainingRecord, name: str) -> Mapping[str, Sequence[float]]:
    """By the key of their phrase: a network's losses, or the measures of held-out pictures."""
    if name == "held_out":
        return {
            f"progress.held_out_{key}": [epoch.held_out[key] for epoch in training.epochs]
            for key in training.epochs[-1].held_out
        }
    return {
        f"progress.{key.partition('/')[2]}": [epoch.train[key] for epoch in training.epochs]
        for key in training.epochs[-1].train
        if key.startswith(f"{name}/")
    }


def _drawn(curves: Mapping[str, Sequence[float]]) -> Drawing:
    def draw(axes: Axes, words: Words) -> None:
        for (key, values), color in zip(curves.items(), _COLORS, strict=False):
            numbers = range(1, len(values) + 1)
            axes.plot(numbers, values, color=color, marker=".", label=words(key))
        axes.locator_params(axis="x", integer=True)
        axes.legend(frameon=False)
        axes.set(xlabel=words("progress.epoch"))

    return draw
