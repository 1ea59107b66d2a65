"""Masks of single runs of text, at four positions within a pixel."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageChops, ImageDraw

from pipeline.lettering.color_fonts import draw_colored, strike_size
from pipeline.lettering.fonts import opened
from pipeline.lettering.masks import PHASES, TextMask
from pipeline.lettering.runs import HAS_RAQM, Run
from pipeline.runtime.arrays import UInt8s

EMBOLDENING = 0.014
"""Em added around a face, which gives it about weight 600, as Niconico's player has it.

Letters on pictures are read more easily so, and IPAexGothic only has the regular weight.
"""

_HOLLOW_BOX_STROKE = 0.06  # em


@dataclass(frozen=True)
class _Large:
    """A run drawn ``PHASES`` times as large, in its own pixels."""

    fill: Image.Image
    outline: Image.Image | None
    """None where there is none."""
    left: int
    """From the pen to the first column."""
    top: int
    """From the baseline to the first row."""
    colors: Image.Image | None = None


def draw_run(run: Run, size: float, outline: float) -> tuple[TextMask, ...]:
    """``run``, which is not blank, drawn 0, 1/4, 1/2 and 3/4 of a pixel right of the pen.

    ``size`` is pixels an em, ``outline`` the width of the stroke in pixels. The origin of
    the masks is the pen's position on the baseline.
    """
    draw = {"color": _draw_picture, "box": _draw_hollow_box}.get(run.kind, _draw_face)
    large = draw(run, size * PHASES, outline * PHASES)
    fills = _downsampled(large.fill, large)
    outlines = [np.zeros_like(fill) for fill in fills]
    if large.outline is not None:
        outlines = _downsampled(large.outline, large)
    colors = [None] * PHASES if large.colors is None else _downsampled(large.colors, large)
    left, top = large.left // PHASES, large.top // PHASES
    return tuple(
        TextMask(fill, around, left, top, color)
        for fill, around, color in zip(fills, outlines, colors, strict=True)
    )


def _downsampled(image: Image.Image, large: _Large) -> list[UInt8s]:
    """``image`` at its true size, once for each position within a pixel.

    A position is a number of large pixels by which the grid of four by four is shifted.
    """
    # Pad to whole pixels on all sides, and by one pixel for the shifts.
    above, before = large.top % PHASES, large.left % PHASES
    height = PHASES * math.ceil((above + image.height) / PHASES)
    width = PHASES * math.ceil((before + image.width + PHASES - 1) / PHASES)
    rows = image.crop((0, -above, image.width, height - above)).reduce((1, PHASES))
    starts = [-before - phase for phase in range(PHASES)]
    return [
        np.asarray(rows.crop((start, 0, start + width, rows.height)).reduce((PHASES, 1)))
        for start in starts
    ]


def _draw_face(run: Run, size: float, outline: float) -> _Large:
    assert run.font is not None
    font = opened(run.font, size, shaping=run.kind == "shaped")
    # Only Raqm supports directions, and without it no run is shaped.
    direction = ("rtl" if run.leftward else "ltr") if run.kind == "shaped" else None
    bold = EMBOLDENING * size
    box = font.getbbox(run.text, direction=direction, anchor="ls", stroke_width=bold + outline)
    left, top = math.floor(box[0]) - 1, math.floor(box[1]) - 1
    shape = (math.ceil(box[2]) + 1 - left, math.ceil(box[3]) + 1 - top)

    def mask(stroke: float) -> Image.Image:
        image = Image.new("L", shape)
        ImageDraw.Draw(image).text(
            (-left, -top),
            run.text,
            255,
            font,
            anchor="ls",
            direction=direction,
            stroke_width=stroke,
        )
        return image

    around = mask(bold + outline) if outline else None
    # The stroke alone may leave the middle of a wide part empty.
    return _Large(ImageChops.lighter(mask(0), mask(bold)), around, left, top)


def _draw_picture(run: Run, size: float, outline: float) -> _Large:
    """An emoji, in the font's own colours and without an outline."""
    assert run.font is not None
    # Bitmaps come in one size only, and are scaled.
    strike = strike_size(run.font) or size
    font = opened(run.font, strike, shaping=HAS_RAQM)
    picture, left, top = draw_colored(run.text, font)
    scale = size / strike
    shape = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    colors = picture.resize(shape, Image.Resampling.BICUBIC)
    nothing = Image.new("L", shape)
    return _Large(nothing, None, round(left * scale), round(top * scale), colors)


def _draw_hollow_box(run: Run, size: float, outline: float) -> _Large:
    width, margin = run.advance * size, math.ceil(outline)
    stroke = max(1, round(size * _HOLLOW_BOX_STROKE))
    across, down = max(3, round(width * 0.9)), max(3, round(size * 0.8))
    edge = np.full((down, across), 255, np.uint8)
    edge[stroke:-stroke, stroke:-stroke] = 0
    fill = np.pad(edge, margin)
    around = np.full_like(fill, 255)
    hollow = stroke + 2 * margin
    around[hollow:-hollow, hollow:-hollow] = 0
    left, top = round(width * 0.05) - margin, -down - margin
    return _Large(Image.fromarray(fill), Image.fromarray(around), left, top)
