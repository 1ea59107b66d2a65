"""Tone mapping of HDR to standard range, as a colour lookup table for ffmpeg."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

import numpy as np

from pipeline.media.colors import TONE_MAPPED, Color, color_of
from pipeline.media.light import (
    GRAPHICS_WHITE,
    from_bt709,
    hdr_primaries,
    hlg_light,
    pq_light,
    pq_signal,
    screen_signal,
)
from pipeline.media.probe import VideoInfo
from pipeline.runtime.arrays import Floats

_STEPS = 33
"""Colours along each axis of the table; ffmpeg interpolates between them."""
_DEFAULT_PEAK = 1000.0
"""cd/m²: HLG's, and that of a video without mastering metadata."""
_TABLES_KEPT = 4


@contextmanager
def tone_mapping(video: VideoInfo) -> Iterator[list[str]]:
    """ffmpeg's filters from the video's own colours to RGB of standard range and BT.709.

    They are valid within the block; there are none for video of standard range.
    """
    color = color_of(video)
    if color.dynamic_range is None:
        yield []
        return
    with tempfile.NamedTemporaryFile(suffix=".cube") as file:
        file.write(_table(color))
        file.flush()
        yield [
            f"scale=in_color_matrix={color.matrix}:in_range={color.range_name}",
            "format=gbrp16le",
            f"lut3d=file={_escaped(file.name)}:interp=tetrahedral",
            f"setparams=color_primaries={TONE_MAPPED.primaries}:color_trc={TONE_MAPPED.transfer}",
        ]


def tone_mapped(signal: Floats, color: Color) -> Floats:
    """The RGB signal (…, 3) of standard range and BT.709 of an HDR signal, 0–1 each.

    Up to about 85 cd/m² light stays in proportion, and graphics white comes out just below
    white. Highlights are compressed by ITU-R BT.2390's curve, by the same factor for all three
    colours. Colours outside of BT.709 are clipped.
    """
    primaries = hdr_primaries(color.primaries)
    if color.dynamic_range == "pq":
        light = pq_light(signal)
        peak = color.mastering.peak or _DEFAULT_PEAK
    else:
        light, peak = hlg_light(signal, primaries), _DEFAULT_PEAK
    light = (light @ np.linalg.inv(from_bt709(primaries)).T).clip(0, None)
    # The brightest colour decides by how much the three are dimmed: that keeps the hue.
    brightest = np.maximum(light.max(-1, keepdims=True), 1e-6)
    compressed = _compress(brightest, max(float(peak), GRAPHICS_WHITE))
    return screen_signal(light * (compressed / brightest) / GRAPHICS_WHITE)


def _compress(light: Floats, peak: float) -> Floats:
    """Light up to ``peak`` as light up to graphics white, in cd/m²: the EETF of ITU-R BT.2390."""
    # In shares of the peak's PQ signal, whose equal steps look about equal.
    whole = pq_signal(peak)
    signal = (pq_signal(light) / whole).clip(0, 1)
    maximum = pq_signal(GRAPHICS_WHITE) / whole
    # Below the knee nothing changes; a Hermite spline leads from there to the maximum.
    knee = 1.5 * maximum - 0.5
    t = ((signal - knee) / np.maximum(1 - knee, 1e-9)).clip(0, 1)
    spline = (
        (2 * t**3 - 3 * t**2 + 1) * knee
        + (t**3 - 2 * t**2 + t) * (1 - knee)
        + (3 * t**2 - 2 * t**3) * maximum
    )
    return pq_light(whole * np.where(signal < knee, signal, spline))


@lru_cache(_TABLES_KEPT)
def _table(color: Color) -> bytes:
    """A file in Adobe's cube format, in which red changes fastest."""
    steps = np.linspace(0, 1, _STEPS)
    blue, green, red = np.meshgrid(steps, steps, steps, indexing="ij")
    colors = tone_mapped(np.stack([red, green, blue], -1), color).reshape(-1, 3).tolist()
    lines = (f"{red:.5f} {green:.5f} {blue:.5f}\n" for red, green, blue in colors)
    return f"LUT_3D_SIZE {_STEPS}\n{''.join(lines)}".encode()


def _escaped(path: str) -> str:
    """``path`` as a value within a filter chain, which ffmpeg unescapes twice."""
    for special in ("\\':", "\\'[],;"):
        path = "".join(f"\\{char}" if char in special else char for char in path)
    return path
