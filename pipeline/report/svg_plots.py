"""Plots as SVG elements that stand in an HTML page and take its colours."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import matplotlib_fontja  # noqa: F401  makes IPAexGothic known to matplotlib
from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.figure import Figure

_SIZE = (8, 3)  # inches of 72 pixels
COLOUR = "#3b87c8"  # to be seen on white and on near black
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


def svg(name: str, draw: Callable[[Axes], None]) -> str:
    """The plot as an element whose ids begin with ``name``, for several stand in one page."""
    with style.context(["default", _STYLE]):
        figure = Figure(figsize=_SIZE, layout="constrained")
        draw(figure.add_subplot())
        file = io.StringIO()
        nothing = dict.fromkeys(["Creator", "Date", "Format", "Type"])
        figure.savefig(file, format="svg", transparent=True, metadata=nothing)
    text = file.getvalue().replace(_PAGE_COLOUR, "currentColor")
    text = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{name}-", text)
    return text[text.index("<svg") :]
