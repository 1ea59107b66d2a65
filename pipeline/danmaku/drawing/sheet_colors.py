"""The colours of sheets and animations that show pictures with text beside them."""

from __future__ import annotations

from pipeline.danmaku.drawing.style import Rgb

BACKGROUND: Rgb = (18, 18, 22)
BRIGHT: Rgb = (240, 240, 240)
QUIET: Rgb = (150, 150, 160)
HOT: Rgb = (250, 175, 60)
"""Near the hot end of the heat maps' colours."""
