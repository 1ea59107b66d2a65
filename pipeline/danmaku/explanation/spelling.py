"""``attention.mp4``: a comment spelt out word by word over the picture it is about."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
from PIL import Image, ImageDraw

from pipeline.danmaku.explanation.attended import AttendedComment
from pipeline.danmaku.explanation.strips import size_of_area
from pipeline.lettering.colors import BACKGROUND, BRIGHT, HOT, QUIET
from pipeline.lettering.lettering import Lettering
from pipeline.media.pixels import Picture
from pipeline.pictures.heat import heat_over

RATE = Fraction(25)
"""Pictures a second."""
_HELD = 15  # pictures for each word: 0.6 s
_FADING = 5  # of these, while the last heat goes and the next one comes
_PICTURE_AREA = 960 * 540
_MARGIN = 20
_MAX_TEXT, _MIN_TEXT = 40, 18  # pixels an em
_LINES = 2  # of words in view
_SPACING = 0.45  # ems between words
_PADDING = 0.16  # ems around the word that is lit up
_NOTE = 18  # pixels an em
_PITCH = 1.4  # ems from line to line
_BAND = 2 * round(_MARGIN + (_LINES * _MAX_TEXT + _NOTE) * _PITCH / 2)


class Speller:
    """Draws the pictures of the animation; ``aspect`` is that of the video as it is shown."""

    def __init__(self, aspect: float, lettering: Lettering) -> None:
        self._lettering = lettering
        self.picture = size_of_area(aspect, _PICTURE_AREA)
        """Width and height of the pictures that ``spell`` takes."""
        self.size = (self.picture[0], self.picture[1] + _BAND)
        """Width and height of those drawn, both even."""

    def spell(self, comment: AttendedComment, picture: Picture) -> Iterator[Picture]:
        """Yield all pictures of a comment: the bare picture first, then one word after another."""
        before = self._drawn(comment, picture, None)
        yield from [np.asarray(before)] * _HELD
        for place, heat in enumerate(comment.heat):
            now = self._drawn(comment, heat_over(picture, heat), place)
            for step in range(1, _FADING):
                yield np.asarray(Image.blend(before, now, step / _FADING))
            yield from [np.asarray(now)] * (_HELD - _FADING + 1)
            before = now

    def _drawn(self, comment: AttendedComment, picture: Picture, place: int | None) -> Image.Image:
        """``picture`` above the words up to ``place``."""
        image = Image.new("RGB", self.size, BACKGROUND)
        image.paste(Image.fromarray(picture), (0, 0))
        baseline = self.size[1] - _MARGIN
        self._lettering.write(image, _MARGIN, baseline, comment.time, _NOTE, QUIET)
        if place is not None:
            share = f"peak {comment.peak(place)}"
            x = self.size[0] - _MARGIN - self._lettering.width(share, _NOTE)
            self._lettering.write(image, x, baseline, share, _NOTE, HOT)
            self._write_words(image, comment.labels, place)
        return image

    def _write_words(self, image: Image.Image, labels: list[str], place: int) -> None:
        """The words so far where the whole comment has them, the one at ``place`` lit up."""
        width = self.size[0] - 2 * _MARGIN
        # The largest size at which all words fit into the lines that there are.
        size = _MAX_TEXT
        while True:
            words = [self._lettering.fitted(label, width, size, size)[0] for label in labels]
            places = self._lettering.set_words(words, width, size, _SPACING)
            if size == _MIN_TEXT or (places[-1][0] < _LINES and words == labels):
                break
            size -= 2
        # Where even the smallest size has more lines, those up to the current word scroll by.
        first_line = max(0, places[place][0] - _LINES + 1)
        lines = min(_LINES, places[-1][0] + 1)
        top = self.picture[1] + _MARGIN + (_LINES * _MAX_TEXT - lines * size) * _PITCH / 2
        for number, (word, (line, x)) in enumerate(zip(words[: place + 1], places, strict=False)):
            if line < first_line:
                continue
            x += _MARGIN
            baseline = top + size + (line - first_line) * size * _PITCH
            color = QUIET if number == len(labels) - 1 else BRIGHT
            if number == place:
                right, around = x + self._lettering.width(word, size), _PADDING * size
                box = (x - around, baseline - 1.02 * size, right + around, baseline + 0.28 * size)
                ImageDraw.Draw(image).rounded_rectangle(box, radius=6, fill=HOT)
                color = BACKGROUND
            self._lettering.write(image, x, baseline, word, size, color)
