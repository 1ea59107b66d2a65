"""Colours of text, and those of sheets and animations that show pictures with text beside them."""

from __future__ import annotations

Rgb = tuple[int, int, int]
"""Red, green and blue, 0–255 each."""

BLACK: Rgb = (0, 0, 0)
WHITE: Rgb = (255, 255, 255)

BACKGROUND: Rgb = (18, 18, 22)
BRIGHT: Rgb = (240, 240, 240)
QUIET: Rgb = (150, 150, 160)
HOT: Rgb = (250, 175, 60)
"""Near the hot end of the heat maps' colours."""
