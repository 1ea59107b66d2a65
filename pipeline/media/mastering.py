"""Mastering metadata of HDR video: the screen it was graded on, and its brightest pictures."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

_NAMES = {
    "h264": ("mastering-display", "cll"),
    "hevc": ("master-display", "max-cll"),
    "av1": ("mastering-display", "content-light"),
}
_DISPLAY = "G({},{})B({},{})R({},{})WP({},{})L({},{})"
_CIE_UNIT, _LIGHT_UNIT = Fraction(1, 50_000), Fraction(1, 10_000)
"""Units of CIE coordinates and of light (cd/m²) in H.264 and HEVC."""


@dataclass(frozen=True)
class Display:
    """SMPTE ST 2086: the screen on which the pictures were graded."""

    red: tuple[Fraction, Fraction]
    """CIE x and y, like the next three."""
    green: tuple[Fraction, Fraction]
    blue: tuple[Fraction, Fraction]
    white: tuple[Fraction, Fraction]
    darkest: Fraction
    """In cd/m²."""
    brightest: Fraction
    """In cd/m²."""


@dataclass(frozen=True)
class Mastering:
    """The metadata, as far as it is known."""

    display: Display | None = None
    levels: tuple[int, int] | None = None
    """In cd/m², CTA-861.3: the brightest pixel, and the mean of the brightest picture."""

    @property
    def peak(self) -> float | None:
        """The brightest light of the video, in cd/m²; None if unknown."""
        if self.levels and self.levels[0]:
            return float(self.levels[0])
        return float(self.display.brightest) if self.display else None


UNKNOWN = Mastering()


def parameters(mastering: Mastering, codec: Literal["h264", "hevc", "av1"]) -> list[str]:
    """The parameters of x264, x265 or SVT-AV1 for it: ``name=value`` each."""
    display_name, levels_name = _NAMES[codec]
    result = []
    if display := mastering.display:
        lights = (display.brightest, display.darkest)
        if codec == "av1":
            numbers = [f"{float(value):.5f}" for value in (*_corners(display), *lights)]
        else:
            numbers = [str(round(value / _CIE_UNIT)) for value in _corners(display)]
            numbers += [str(round(value / _LIGHT_UNIT)) for value in lights]
        result.append(f"{display_name}={_DISPLAY.format(*numbers)}")
    if mastering.levels:
        result.append(f"{levels_name}={mastering.levels[0]},{mastering.levels[1]}")
    return result


def _corners(display: Display) -> tuple[Fraction, ...]:
    return *display.green, *display.blue, *display.red, *display.white
