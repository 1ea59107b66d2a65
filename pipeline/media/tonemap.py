"""HDR made into what screens of standard range show, by a table of colours for ffmpeg."""

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
"""Colours along each side of the table; between them ffmpeg interpolates."""
_USUAL_PEAK = 1000.0
"""cd/m² where the video does not tell how bright it gets, and HLG's."""
_TABLES_KEPT = 4


@contextmanager
def tone_mapping(video: VideoInfo) -> Iterator[list[str]]:
    """ffmpeg's filters from the video's own colours to RGB of standard range and BT.709.

    None where it is of standard range. They can be used within the block.
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
    """The signal of standard range and BT.709, 0–1, of RGB (…, 3) of an HDR signal, 0–1.

    Up to about 85 cd/m² light stays in proportion, and graphics white comes close below white;
    highlights are bent as ITU-R BT.2390 bends them, in one proportion for the three colours.
    What BT.709 cannot show is cut off.
    """
    primaries = hdr_primaries(color.primaries)
    if color.dynamic_range == "pq":
        light = pq_light(signal)
        peak = color.mastering.peak or _USUAL_PEAK
    else:
        light, peak = hlg_light(signal, primaries), _USUAL_PEAK
    light = (light @ np.linalg.inv(from_bt709(primaries)).T).clip(0, None)
    brightest = np.maximum(light.max(-1, keepdims=True), 1e-6)
    bent = _bent(brightest, max(float(peak), GRAPHICS_WHITE))
    return screen_signal(light * (bent / brightest) / GRAPHICS_WHITE)


def _bent(light: Floats, peak: float) -> Floats:
    """Light up to ``peak`` as light up to graphics white: the EETF of ITU-R BT.2390."""
    whole = pq_signal(peak)
    signal = (pq_signal(light) / whole).clip(0, 1)
    most = pq_signal(GRAPHICS_WHITE) / whole
    knee = 1.5 * most - 0.5
    t = ((signal - knee) / np.maximum(1 - knee, 1e-9)).clip(0, 1)
    spline = (
        (2 * t**3 - 3 * t**2 + 1) * knee
        + (t**3 - 2 * t**2 + t) * (1 - knee)
        + (3 * t**2 - 2 * t**3) * most
    )
    return pq_light(whole * np.where(signal < knee, signal, spline))


@lru_cache(_TABLES_KEPT)
def _table(color: Color) -> bytes:
    """A file in the form of Adobe's cube: red changes fastest."""
    steps = np.linspace(0, 1, _STEPS)
    blue, green, red = np.meshgrid(steps, steps, steps, indexing="ij")
    colors = tone_mapped(np.stack([red, green, blue], -1), color).reshape(-1, 3).tolist()
    lines = (f"{red:.5f} {green:.5f} {blue:.5f}\n" for red, green, blue in colors)
    return f"LUT_3D_SIZE {_STEPS}\n{''.join(lines)}".encode()


def _escaped(path: str) -> str:
    """``path`` as a value within a chain of filters, which ffmpeg takes apart twice."""
    for special in ("\\':", "\\'[],;"):
        path = "".join(f"\\{char}" if char in special else char for char in path)
    return path
