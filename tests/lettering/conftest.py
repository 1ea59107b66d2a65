"""The fonts that these tests make."""

from tests.fonts import emoji_font, installed

__all__ = ["emoji_font", "installed"]
