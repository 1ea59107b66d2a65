"""Transfer functions and primaries, of standard range and HDR: between light and its signal."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import numpy.typing as npt

from pipeline.media.colors import dynamic_range
from pipeline.runtime.arrays import Floats

GRAPHICS_WHITE = 203.0
"""cd/m² of white text over HDR pictures, by ITU-R BT.2408: 58 % of PQ's signal, 75 % of HLG's."""
HLG_PEAK = 1000.0
"""cd/m² of HLG's nominal screen, for which ITU-R BT.2100 gives a system gamma of 1.2."""

_UNSPECIFIED, _BT2020 = 2, 9  # ITU-T H.273 ColourPrimaries
_BT709 = ((0.640, 0.330), (0.300, 0.600), (0.150, 0.060))
_CHROMATICITIES = {
    9: ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046)),
    11: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),
    12: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),
}
"""CIE x and y of red, green and blue by ITU-T H.273 ColourPrimaries: BT.2020 and both of P3. All
others are too close to BT.709 to be seen."""
_D65 = (0.3127, 0.3290)

# SMPTE ST 2084
_M1, _M2 = 2610 / 16384, 2523 / 4096 * 128
_C1, _C2, _C3 = 3424 / 4096, 2413 / 4096 * 32, 2392 / 4096 * 32
_PQ_PEAK = 10_000.0  # cd/m²
# ITU-R BT.2100, HLG
_A, _B, _C = 0.17883277, 0.28466892, 0.55991073
_SYSTEM_GAMMA = 1.2
_SCREEN_GAMMA = 2.4  # ITU-R BT.1886


def pq_signal(light: npt.ArrayLike) -> Floats:
    """PQ's signal, 0–1, for light in cd/m²."""
    power = (np.asarray(light, np.float64) / _PQ_PEAK).clip(0, 1) ** _M1
    signal: Floats = ((_C1 + _C2 * power) / (1 + _C3 * power)) ** _M2
    return signal


def pq_light(signal: npt.ArrayLike) -> Floats:
    """Light in cd/m² for PQ's signal, 0–1."""
    power = np.asarray(signal, np.float64).clip(0, 1) ** (1 / _M2)
    light: Floats = (np.maximum(power - _C1, 0) / (_C2 - _C3 * power)) ** (1 / _M1)
    return light * _PQ_PEAK


def hlg_signal(light: npt.ArrayLike, primaries: int) -> Floats:
    """HLG's signal, 0–1, for light (…, 3) in cd/m² on its nominal screen."""
    shown = np.asarray(light, np.float64).clip(0, None) / HLG_PEAK
    luminance = (shown @ _luminances(primaries))[..., None]
    scene = shown * np.maximum(luminance, 1e-9) ** (1 / _SYSTEM_GAMMA - 1)
    bright = _A * np.log(np.maximum(12 * scene - _B, 1e-9)) + _C
    return np.where(scene <= 1 / 12, np.sqrt(3 * scene), bright).clip(0, 1)


def hlg_light(signal: npt.ArrayLike, primaries: int) -> Floats:
    """Light (…, 3) in cd/m² on HLG's nominal screen for its signal, 0–1."""
    values = np.asarray(signal, np.float64).clip(0, 1)
    scene = np.where(values <= 1 / 2, values**2 / 3, (np.exp((values - _C) / _A) + _B) / 12)
    luminance = (scene @ _luminances(primaries))[..., None]
    light: Floats = HLG_PEAK * scene * np.maximum(luminance, 1e-9) ** (_SYSTEM_GAMMA - 1)
    return light


def screen_signal(light: npt.ArrayLike) -> Floats:
    """The signal of standard range, 0–1, for light from 0 to 1."""
    signal: Floats = np.asarray(light, np.float64).clip(0, 1) ** (1 / _SCREEN_GAMMA)
    return signal


def hdr_primaries(primaries: int) -> int:
    """The primaries of HDR video: BT.2020's if the file does not say."""
    return _BT2020 if primaries == _UNSPECIFIED else primaries


def from_bt709(primaries: int) -> Floats:
    """(3, 3) the matrix M with: light in ``primaries`` = M @ light in BT.709's."""
    return np.linalg.inv(_to_xyz(primaries)) @ _to_xyz(1)


def grading(primaries: int, transfer: int) -> Callable[[Floats], Floats] | None:
    """A function from colours (…, 3) of text, sRGB 0–255, to the same colours in a video's signal.

    None if the numbers do not change: in standard range with about BT.709's primaries. In HDR,
    white becomes graphics white.
    """
    kind = dynamic_range(transfer)
    if kind is None and primaries not in _CHROMATICITIES:
        return None
    primaries = hdr_primaries(primaries) if kind else primaries
    turned = from_bt709(primaries).T

    def graded(rgb: Floats) -> Floats:
        light = _screen_light(rgb / 255) @ turned
        match kind:
            case "pq":
                signal = pq_signal(GRAPHICS_WHITE * light)
            case "hlg":
                signal = hlg_signal(GRAPHICS_WHITE * light, primaries)
            case None:
                signal = screen_signal(light)
        return (255 * signal).astype(np.float32)

    return graded


def ungrading(primaries: int, transfer: int) -> Callable[[Floats], Floats] | None:
    """The way back from ``grading``; light brighter than graphics white becomes white."""
    kind = dynamic_range(transfer)
    if kind is None and primaries not in _CHROMATICITIES:
        return None
    primaries = hdr_primaries(primaries) if kind else primaries
    turned = np.linalg.inv(from_bt709(primaries)).T

    def ungraded(rgb: Floats) -> Floats:
        signal = rgb / 255
        match kind:
            case "pq":
                light = pq_light(signal) / GRAPHICS_WHITE
            case "hlg":
                light = hlg_light(signal, primaries) / GRAPHICS_WHITE
            case None:
                light = _screen_light(signal)
        return (255 * screen_signal(light @ turned)).astype(np.float32)

    return ungraded


def shade(opacity: float, transfer: int) -> float:
    """How opaque black must be to darken as much as black of ``opacity`` does in standard range.

    It is the signal that is blended, and half of PQ's signal is far less than half of the light.
    """
    kept = GRAPHICS_WHITE * _screen_light(np.full(3, 1 - opacity))
    white = np.full(3, GRAPHICS_WHITE)
    match dynamic_range(transfer):
        case "pq":
            share = pq_signal(kept) / pq_signal(white)
        case "hlg":
            share = hlg_signal(kept, 9) / hlg_signal(white, 9)
        case None:
            return opacity
    return float(1 - share[0])


def _screen_light(signal: Floats) -> Floats:
    """Light from 0 to 1 for the signal of standard range, 0–1."""
    light: Floats = signal.astype(np.float64) ** _SCREEN_GAMMA
    return light


def _luminances(primaries: int) -> Floats:
    """(3,) the shares of red, green and blue in luminance."""
    shares: Floats = _to_xyz(primaries)[1]
    return shares


@cache
def _to_xyz(primaries: int) -> Floats:
    """(3, 3) the matrix M with: CIE XYZ = M @ light; white is D65."""
    xy = np.array([*_CHROMATICITIES.get(primaries, _BT709), _D65])
    xyz = np.stack([xy[:, 0], xy[:, 1], 1 - xy.sum(1)]) / xy[:, 1]
    matrix: Floats = xyz[:, :3] * np.linalg.solve(xyz[:, :3], xyz[:, 3])
    return matrix
