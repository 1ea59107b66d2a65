"""What HDR video says of the screen that it was made on, and of its brightest pictures."""

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
_PLACE, _LIGHT = Fraction(1, 50_000), Fraction(1, 10_000)
"""Units of places on the CIE diagram and of light (cd/m²) in H.264 and HEVC."""


@dataclass(frozen=True)
class Display:
    """SMPTE ST 2086: the screen on which the pictures were looked at when they were made."""

    red: tuple[Fraction, Fraction]
    """CIE x and y, as of the others."""
    green: tuple[Fraction, Fraction]
    blue: tuple[Fraction, Fraction]
    white: tuple[Fraction, Fraction]
    darkest: Fraction
    """In cd/m²."""
    brightest: Fraction
    """In cd/m²."""


@dataclass(frozen=True)
class Mastering:
    """What goes along with HDR pictures, as far as it is known."""

    display: Display | None = None
    levels: tuple[int, int] | None = None
    """In cd/m², CTA-861.3: the brightest pixel, and the mean of the brightest picture."""

    @property
    def peak(self) -> float | None:
        """In cd/m²: nothing is brighter; None where that is not told."""
        if self.levels and self.levels[0]:
            return float(self.levels[0])
        return float(self.display.brightest) if self.display else None


UNTOLD = Mastering()


def parameters(mastering: Mastering, codec: Literal["h264", "hevc", "av1"]) -> list[str]:
    """What tells it to x264, x265 or SVT-AV1: ``name=value`` each."""
    of_display, of_levels = _NAMES[codec]
    told = []
    if display := mastering.display:
        lights = (display.brightest, display.darkest)
        if codec == "av1":
            numbers = [f"{float(value):.5f}" for value in (*_corners(display), *lights)]
        else:
            numbers = [str(round(value / _PLACE)) for value in _corners(display)]
            numbers += [str(round(value / _LIGHT)) for value in lights]
        told.append(f"{of_display}={_DISPLAY.format(*numbers)}")
    if mastering.levels:
        told.append(f"{of_levels}={mastering.levels[0]},{mastering.levels[1]}")
    return told


def _corners(display: Display) -> tuple[Fraction, ...]:
    return *display.green, *display.blue, *display.red, *display.white
