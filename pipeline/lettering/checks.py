"""What drawing text needs."""

from __future__ import annotations

from pipeline.runtime.checks import Check


def _fonts() -> str:
    from pipeline.lettering.color_fonts import color_font_for
    from pipeline.runtime.paths import JAPANESE_FONT

    emoji = color_font_for("😀")
    return f"{JAPANESE_FONT}; " + (
        f"coloured emoji from {emoji}"
        if emoji
        else "no coloured emoji (Debian: apt install fonts-noto-color-emoji)"
    )


CHECKS = [Check("fonts", _fonts)]
