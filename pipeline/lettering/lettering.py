"""Text on RGB pictures, with system fonts for what the main one lacks."""

from __future__ import annotations

from collections.abc import Sequence

import regex
from PIL import Image

from pipeline.lettering.colors import BLACK, Rgb
from pipeline.lettering.glyphs import Typeface
from pipeline.lettering.line_breaking import Passage

_ELLIPSIS = "…"
_CHARACTERS = regex.compile(r"\X")


class Lettering:
    """Measures and writes text; lengths are in pixels."""

    def __init__(self) -> None:
        self._typeface = Typeface()

    @property
    def missing(self) -> set[str]:
        """Characters so far that no font has; they are drawn as hollow boxes."""
        return self._typeface.missing

    def width(self, text: str, size: int) -> float:
        """How wide a line is at ``size`` pixels an em."""
        return size * self._typeface.width(text)

    def write(
        self,
        image: Image.Image,
        x: float,
        baseline: float,
        text: str,
        size: int,
        color: Rgb,
        outline: float = 0.0,
    ) -> None:
        """Write one line that begins at ``x``, with a black ``outline`` of that width."""
        mask = self._typeface.draw(text, size=size, baseline=0, pitch=0, outline=outline)
        if mask.fill.size:
            place = (round(x) + mask.left, round(baseline) + mask.top)
            if outline:
                image.paste(BLACK, place, Image.fromarray(mask.outline))
            image.paste(color, place, Image.fromarray(mask.fill))
            if mask.colors is not None:
                pictures = Image.fromarray(mask.colors)
                image.paste(pictures, place, pictures)

    def passage(self, text: str) -> Passage:
        """``text`` to be set on lines, whose widths are in em."""
        return Passage(text, self._typeface.width)

    def fitted(self, text: str, width: float, size: int, min_size: int) -> tuple[str, int]:
        """``text`` and its size, reduced down to ``min_size`` and then cut to fit ``width``."""
        while size > min_size and self.width(text, size) > width:
            size -= 1
        return self._cut(text, width, size), size

    def wrapped(self, text: str, width: float, size: int, max_lines: int) -> list[str]:
        """``text`` on at most ``max_lines`` even lines; cut if that is not enough."""
        limit = width / size
        return self.passage(text).shortened(limit, max_lines).lines(limit)

    def set_words(
        self, words: Sequence[str], width: float, size: int, gap: float
    ) -> list[tuple[int, float]]:
        """Line and x of each word, ``gap`` em apart; a word too wide for a line gets its own."""
        places: list[tuple[int, float]] = []
        line, x = 0, 0.0
        for word in words:
            advance = self.width(word, size)
            if x > 0 and x + advance > width:
                line, x = line + 1, 0.0
            places.append((line, x))
            x += advance + gap * size
        return places

    def _cut(self, text: str, width: float, size: int) -> str:
        if self.width(text, size) <= width:
            return text
        kept = _CHARACTERS.findall(text)
        while kept and self.width("".join(kept) + _ELLIPSIS, size) > width:
            kept.pop()
        return "".join(kept) + _ELLIPSIS
