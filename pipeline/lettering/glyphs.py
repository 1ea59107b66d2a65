"""Text to coverage masks: widths, faces, outlines and coloured pictures."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache

from pipeline.lettering.fonts import Family
from pipeline.lettering.masks import PHASES, TextMask, assemble
from pipeline.lettering.rasters import draw_run
from pipeline.lettering.runs import Run, cut_line, is_simple

_FACE_CACHE = 512
_LARGE_CACHE = 64  # words and coloured pictures take up to a megabyte each


def clean_text(text: str) -> str:
    """``text`` as it is drawn: one kind of newline, tabs as two spaces, no lone surrogates."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "  ")
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


class Typeface:
    """Measures and draws text at any size, with system fonts for what the main one lacks.

    A width is the sum of unhinted advances, so it grows in proportion to the size.
    """

    missing: set[str]
    """Grapheme clusters so far that no font has.

    They are drawn as hollow boxes, or as their first character if a font has that.
    """

    def __init__(self) -> None:
        self.missing = set()
        self._advances: defaultdict[Family, dict[str, float]] = defaultdict(dict)
        self._face = lru_cache(_FACE_CACHE)(draw_run)
        self._large_run = lru_cache(_LARGE_CACHE)(draw_run)

    def width(self, text: str, family: Family = "gothic") -> float:
        """The width of the widest line of ``text``, in em."""
        return max(self._line_width(line, family) for line in text.split("\n"))

    def draw(
        self,
        text: str,
        *,
        size: float,
        baseline: float,
        pitch: float,
        outline: float,
        family: Family = "gothic",
        shift: float = 0.0,
    ) -> TextMask:
        """Draw ``text``, its lines beginning at the left edge of a box.

        All lengths are in pixels: ``size`` that of an em, ``baseline`` from the box's top to the
        first baseline, ``pitch`` from one line to the next, ``outline`` the width of the stroke.
        Everything is moved right by ``shift``; this and each character's position are rounded
        to quarters of a pixel. The mask is cropped to the ink; its origin is the box's top left
        corner.
        """
        masks = []
        for number, line in enumerate(text.split("\n")):
            pen, y = 0.0, round(baseline + number * pitch)
            for run in self._cut(line, family):
                if run.kind != "blank":
                    # Whole pixels, and quarters for which the run is drawn already.
                    x, phase = divmod(round(pen * size * PHASES) + round(shift * PHASES), PHASES)
                    mask = self._drawn(run, size, outline)[phase]
                    masks.append((mask, x + mask.left, y + mask.top))
                pen += run.advance
        return assemble(masks)

    def _line_width(self, line: str, family: Family) -> float:
        advances = self._advances[family]
        try:  # most lines consist of simple characters that were measured before
            return sum(map(advances.__getitem__, line))
        except KeyError:
            runs = self._cut(line, family)
            if is_simple(line):
                advances.update((run.text, run.advance) for run in runs)
            return sum(run.advance for run in runs)

    def _drawn(self, run: Run, size: float, outline: float) -> tuple[TextMask, ...]:
        if run.kind in ("shaped", "color"):
            return self._large_run(run, size, outline)
        return self._face(run, size, outline)

    def _cut(self, line: str, family: Family) -> list[Run]:
        runs = cut_line(line, family)
        self.missing.update([run.missing for run in runs if run.missing])
        return runs
