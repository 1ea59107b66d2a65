"""A card of a ranked picture: its face or all of it, with rank and score."""

from __future__ import annotations

import numpy as np
from PIL import Image

from pipeline.faces.crops.windows import window_around
from pipeline.faces.ranking.ranks import Ranked
from pipeline.lettering.colors import BACKGROUND, QUIET
from pipeline.lettering.lettering import Lettering
from pipeline.media.pixels import Picture
from pipeline.pictures.heat import glow
from pipeline.runtime.arrays import Float32s

SIDE = 320  # pixels of a card
_TEXT, _STRIP = 20, 30  # pixels an em, and below the picture
_MARGIN = 0.25  # shares of the face's longer side
_PARTS = 3


def draw_card(
    picture: Picture, rank: int, ranked: Ranked, lettering: Lettering, *, why: bool
) -> Picture:
    """(350, 320, 3) the best face of ``picture``, or all of it, over its rank and score.

    With ``why`` those parts of the face glow that speak for it.
    """
    best = ranked.best
    if best.box is not None:
        height, width = picture.shape[:2]
        left, top, right, bottom = window_around(best.box, (width, height), _MARGIN, square=True)
        picture = picture[top:bottom, left:right]
    image = Image.fromarray(picture)
    image.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    if image.width < SIDE and image.height < SIDE:
        scale = SIDE / max(image.size)
        size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
        image = image.resize(size, Image.Resampling.BICUBIC)
    if why and best.why:
        image = Image.fromarray(glow(np.asarray(image), _heat(best.why, image.size)))
    card = Image.new("RGB", (SIDE, SIDE + _STRIP), BACKGROUND)
    card.paste(image, ((SIDE - image.width) // 2, (SIDE - image.height) // 2))
    shown = f"{best.score:.2f}" if best.by == "model" else f"{round(best.score, 2):g} ★"
    text = f"{rank}.  {shown}  ({best.low:.1f}–{best.high:.1f})"
    lettering.write(card, 4, SIDE + _TEXT + 2, text, _TEXT, QUIET)
    return np.asarray(card)


def _heat(why: list[float], size: tuple[int, int]) -> Float32s:
    """(height, width) how much what lies there raises the score, 1 for the strongest part."""
    raising = np.maximum(0, np.array(why, np.float32)).reshape(_PARTS, _PARTS)
    grid = Image.fromarray(raising / max(float(raising.max()), 1e-6))
    smooth = np.asarray(grid.resize(size, Image.Resampling.BICUBIC))
    return np.asarray(np.clip(smooth, 0, 1), np.float32)
