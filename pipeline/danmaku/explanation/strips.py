"""``attention.png``: a strip of cells for each comment, one for each of its words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from pipeline.danmaku.explanation.attended import AttendedComment
from pipeline.lettering.colors import BACKGROUND, BRIGHT, HOT, QUIET, Rgb
from pipeline.lettering.lettering import Lettering
from pipeline.media.pixels import Picture
from pipeline.pictures.heat import glow, heat_over

_CELL_AREA = 216 * 122  # pixels of a cell; its shape is the video's
_MIN_CELL_WIDTH = 144  # pixels, so that a word has room
_MIN_WIDTH, _MAX_WIDTH = 860, 1920  # pixels of a sheet
_MARGIN, _GAP = 24, 10
_WORD_LINE = 34  # pixels below a cell
_HEAD_LINE = 36  # pixels for each line above a strip
_STRIP_GAP = 26
_TEXT, _WORD, _SMALL, _SMALLER, _MIN_TEXT = 24, 20, 18, 14, 12  # pixels an em
_MAX_HEAD_LINES = 3
_LEGEND_BAR = (160, 12)


def size_of_area(aspect: float, area: int, min_width: int = 2) -> tuple[int, int]:
    """Width and height, both even, of about ``area`` pixels in the shape of the video."""
    width = max(math.sqrt(area * aspect), min_width)
    return 2 * round(width / 2), max(2, 2 * round(width / aspect / 2))


class Sheet:
    """The strips of ``comments``, to be filled with a picture for each of them.

    ``aspect`` is the width of the video's pictures over their height, as they are shown.
    """

    def __init__(
        self, comments: Sequence[AttendedComment], aspect: float, title: str, lettering: Lettering
    ) -> None:
        self._comments = comments
        self._lettering = lettering
        self.cell = size_of_area(aspect, _CELL_AREA, _MIN_CELL_WIDTH)
        """Width and height of the pictures that ``fill`` takes."""
        self._step = self.cell[0] + _GAP
        room = max(2, (_MAX_WIDTH - 2 * _MARGIN + _GAP) // self._step)
        needed = 1 + max(len(comment.labels) for comment in comments)
        self._columns = min(room, needed)  # the bare picture has one, too
        self._width = max(_MIN_WIDTH, 2 * _MARGIN + self._columns * self._step - _GAP)
        self._heads = [self._heading(comment) for comment in comments]
        heights = [
            len(head) * _HEAD_LINE + self._lines(comment) * self._line + _STRIP_GAP
            for head, comment in zip(self._heads, comments, strict=True)
        ]
        top = _MARGIN + _HEAD_LINE + _STRIP_GAP // 2
        self._tops = [top + sum(heights[:number]) for number in range(len(heights))]
        height = top + sum(heights) - _STRIP_GAP + _MARGIN
        self.image = Image.new("RGB", (self._width, height + height % 2), BACKGROUND)
        self._write_title(title)

    def fill(self, number: int, picture: Picture) -> None:
        """Draw the strip of a comment; ``picture`` has the size of a cell."""
        comment = self._comments[number]
        top = self._tops[number]
        time_width = self._write(_MARGIN, top + _TEXT, comment.time, _SMALL, QUIET) + _GAP
        for text in self._heads[number]:
            self._write(_MARGIN + time_width, top + _TEXT, text, _TEXT, BRIGHT)
            top += _HEAD_LINE
        self._paste(picture, _MARGIN, top)
        for place, (label, heat) in enumerate(zip(comment.labels, comment.heat, strict=True)):
            line, column = divmod(place, self._columns - 1)
            x, y = _MARGIN + (column + 1) * self._step, top + line * self._line
            self._paste(heat_over(picture, heat), x, y)
            last = place == len(comment.labels) - 1
            color = QUIET if last else BRIGHT
            self._label(x, y + self.cell[1], label, comment.peak(place), color)

    def save(self, path: Path) -> None:
        """Write a PNG file, whatever the path's ending."""
        self.image.save(path, "PNG")

    @property
    def _line(self) -> int:
        """Height of a line of cells and their words."""
        return self.cell[1] + _WORD_LINE

    def _lines(self, comment: AttendedComment) -> int:
        return -(-len(comment.labels) // (self._columns - 1))

    def _heading(self, comment: AttendedComment) -> list[str]:
        time_width = self._lettering.width(comment.time, _SMALL) + _GAP
        width = self._width - 2 * _MARGIN - time_width
        return self._lettering.wrapped(comment.text, width, _TEXT, _MAX_HEAD_LINES)

    def _label(self, x: int, top: int, word: str, share: str, color: Rgb) -> None:
        """The word at the left below a cell, the peak's share of attention at the right."""
        width = self._lettering.width(share, _SMALLER)
        baseline = top + _WORD + 3
        self._write(x + self.cell[0] - width, baseline, share, _SMALLER, HOT)
        room = self.cell[0] - width - _GAP
        word, size = self._lettering.fitted(word, room, _WORD, _MIN_TEXT)
        self._write(x, baseline, word, size, color)

    def _write_title(self, title: str) -> None:
        """The title at the left, what the colours mean at the right."""
        baseline = _MARGIN + _SMALL
        even = 100 / self._comments[0].heat.shape[1]
        right = self._width - _MARGIN
        right = self._write_left_of(right, baseline, "peak") - _LEGEND_BAR[0]
        heat = np.tile(np.linspace(0, 1, _LEGEND_BAR[0], dtype=np.float32), (_LEGEND_BAR[1], 1))
        grey = np.full((*heat.shape, 3), 110, np.uint8)
        self._paste(glow(grey, heat), right, baseline - _LEGEND_BAR[1])
        right = self._write_left_of(right - _GAP, baseline, f"even share, {even:.2g} %")
        title, size = self._lettering.fitted(title, right - _MARGIN, _SMALL, _MIN_TEXT)
        self._write(_MARGIN, baseline, title, size, QUIET)

    def _write_left_of(self, right: int, baseline: int, text: str) -> int:
        """Write small and grey up to ``right``; return where the next text ends, to the left."""
        left = right - math.ceil(self._lettering.width(text, _SMALLER))
        self._write(left, baseline, text, _SMALLER, QUIET)
        return left - _GAP

    def _write(self, x: float, baseline: float, text: str, size: int, color: Rgb) -> float:
        """Write, and return how wide that was."""
        self._lettering.write(self.image, x, baseline, text, size, color)
        return self._lettering.width(text, size)

    def _paste(self, picture: Picture, x: int, y: int) -> None:
        self.image.paste(Image.fromarray(picture), (x, y))
