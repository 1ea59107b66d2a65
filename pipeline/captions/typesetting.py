"""The size of a line's letters and how it is broken, so that it fits its card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.lettering.lettering import Lettering

PITCH = 1.45
"""Em from one line to the next, with room for the marks of Thai and Arabic."""


@dataclass(frozen=True)
class TextBlock:
    """Lines of one size."""

    lines: Sequence[str]
    size: int
    """Pixels an em."""
    widths: Sequence[float]
    """Of each line, in pixels."""
    shortened: bool
    """Whether the end of the text was left out for want of room."""

    @property
    def height(self) -> float:
        """In pixels, from the top of the first line's letters to the bottom of the last one's."""
        return self.size * (1 + PITCH * (len(self.lines) - 1))


def set_text(
    text: str,
    lettering: Lettering,
    width: float,
    sizes: Sequence[int],
    usual_lines: Sequence[int],
    max_lines: int | None = None,
) -> TextBlock:
    """``text`` in the largest of ``sizes`` at which the usual number of lines is enough.

    The last of ``sizes`` is the smallest. At this one there are as many lines as it takes, but
    no more than ``max_lines``; what does not fit these is left out. ``width`` is in pixels.
    """
    passage = lettering.passage(text)
    size = next(
        (
            size
            for size, lines in zip(sizes, usual_lines, strict=True)
            if passage.line_count(width / size) <= lines
        ),
        sizes[-1],
    )
    limit = width / size
    shown = passage if max_lines is None else passage.shortened(limit, max_lines)
    lines = shown.lines(limit)
    # Joined letters and single enormous ones may be wider than was reckoned.
    widest = max(lettering.width(line, size) for line in lines)
    if widest > width:
        size = max(1, int(size * width / widest))
    widths = [lettering.width(line, size) for line in lines]
    return TextBlock(lines, size, widths, shown is not passage)
