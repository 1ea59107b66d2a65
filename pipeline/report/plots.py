"""Plots as SVG files beside a page: one in each of its languages."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial
from pathlib import Path

from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager

from pipeline.report.language import LANGUAGES, Phrases
from pipeline.runtime.paths import JAPANESE_FONT

fontManager.addfont(JAPANESE_FONT)

COLOR = "#3b87c8"
"""Of what a plot is about; visible on white and, inverted by the page's style, on near black."""
OTHER_COLOR = "#c8823b"
"""Of what it is compared with."""

Words = Callable[[str], str]
"""From the key of a phrase to its words in the language of the plot."""
Drawing = Callable[[Axes, Words], None]
"""Draws a plot."""

_SIZE = (8, 3)  # inches of 72 pixels
_STYLE = {
    "font.family": "IPAexGothic",
    "svg.fonttype": "path",  # the reader's machine needs no Japanese font
    "svg.hashsalt": "yajiuma",  # ids are the same every time
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def write_plot(folder: Path, name: str, phrases: Phrases, draw: Drawing) -> None:
    """Write ``plots/NAME.en.svg`` and ``plots/NAME.ja.svg`` below ``folder``.

    The macro ``plot`` of web/figures.html.j2 shows them.
    """
    (folder / "plots").mkdir(exist_ok=True)
    for language in LANGUAGES:
        path = folder / "plots" / f"{name}.{language}.svg"
        path.write_text(svg(draw, partial(phrases.text, language=language)), encoding="utf-8")


def svg(draw: Drawing, words: Words) -> str:
    """The plot as the text of an SVG file; equal drawings give equal text."""
    with style.context(["default", _STYLE]):
        figure = Figure(figsize=_SIZE, layout="constrained")
        draw(figure.add_subplot(), words)
        file = io.StringIO()
        no_metadata = dict.fromkeys(["Creator", "Date", "Format", "Type"])
        figure.savefig(file, format="svg", transparent=True, metadata=no_metadata)
    return file.getvalue()
