"""The attention gallery: comments that the picture had most to do with, and where it had."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from PIL import Image

from pipeline.danmaku.drawing.glyphs import clean_text
from pipeline.danmaku.explanation.heat import heat_over
from pipeline.report.content import Explanation
from pipeline.report.material import Material
from pipeline.runtime.clock import MILLISECONDS

_MOST = 12
_WIDTH = 360  # pixels
_QUALITY = 85


@dataclass(frozen=True)
class Shown:
    """One picture of the gallery."""

    picture: str
    """Path of a JPEG, from the page."""
    width: int
    """In pixels."""
    height: int
    number: int
    """Of the comment."""
    time: float
    text: str
    word: str
    """That looked most sharply, and whose heat is shown."""


def write_gallery(
    folder: Path, material: Material, explanations: Sequence[Explanation]
) -> list[Shown]:
    """Write pictures below ``folder``, to ``gallery/``; none for a model without attention."""
    (folder / "gallery").mkdir()
    found = []
    for place, number in enumerate(_chosen(explanations, float(material.video.duration))):
        comment, why = material.generated.comments[number], explanations[number]
        sharpest = int(np.argmax(why.peaks[: len(why.words)]))
        picture = material.video.picture_at(Fraction(why.seen), _WIDTH)
        heat = material.explained.attention[why.map + sharpest]
        name = f"gallery/{place:02}.jpg"
        Image.fromarray(heat_over(picture, heat)).save(folder / name, quality=_QUALITY)
        time, text = comment.time_ms / MILLISECONDS, clean_text(comment.text)
        height, width = picture.shape[:2]
        found.append(Shown(name, width, height, number, time, text, why.words[sharpest]))
    return found


def _chosen(explanations: Sequence[Explanation], seconds: float) -> list[int]:
    """Numbers of comments that the picture made much likelier, well apart, in order of time."""
    apart = seconds / (2 * _MOST)
    found: list[int] = []
    for number in sorted(range(len(explanations)), key=lambda n: -explanations[n].told):
        one = explanations[number]
        near = any(abs(explanations[other].seen - one.seen) < apart for other in found)
        if one.words and one.peaks and not near:
            found.append(number)
    return sorted(found[:_MOST], key=lambda n: explanations[n].seen)
