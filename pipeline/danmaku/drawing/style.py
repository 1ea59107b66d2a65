"""Commands: the words that set a comment's place, size, colour and duration."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pipeline.danmaku.drawing.comment import Layer
from pipeline.lettering.colors import WHITE, Rgb

Place = Literal["naka", "ue", "shita"]
Size = Literal["big", "medium", "small"]

if TYPE_CHECKING:
    from pipeline.lettering.fonts import Family

Font = Literal["defont", "gothic", "mincho"]
"""``defont`` is the player's default, a gothic for Japanese."""

Value = Place | Size | Font | Rgb | float | bool

MARKS: Mapping[Layer, Rgb] = {"viewer": WHITE, "owner": WHITE, "generated": (255, 170, 60)}
"""Colours of the layers where these are to be distinguished."""

DEFAULT_SECONDS = 3.0
MAX_SECONDS = 120.0
LIVE_OPACITY = 0.5


@dataclass(frozen=True)
class Style:
    """How one comment is drawn."""

    place: Place = "naka"
    """Scrolling (naka), or fixed at the top (ue) or the bottom (shita)."""
    size: Size = "medium"
    color: Rgb = WHITE
    """Red, green and blue, 0–255 each."""
    opacity: float = 1.0
    """0 is transparent, 1 is solid; it applies to the outline too."""
    seconds: float = DEFAULT_SECONDS
    """For a fixed comment, the seconds on screen; for a scrolling one, the seconds that it takes to
    cross, less one."""
    full: bool = False
    """A fixed comment may be as wide as the stage rather than the 4:3 area."""
    ender: bool = False
    """Many lines do not make the text smaller."""
    invisible: bool = False
    font: Font = "defont"
    reverse: bool = False
    """Whether a scrolling comment goes to the right."""

    @property
    def family(self) -> Family:
        """The kind of face that ``font`` asks for."""
        return "mincho" if self.font == "mincho" else "gothic"


def parse_style(commands: Sequence[str], text: str) -> Style:
    """The style that ``commands`` set; any words and any text are accepted.

    Case does not matter, the first word of each category wins, and words that are no
    commands are ignored. Text that begins with ``/`` is a script line, and invisible.
    """
    fields: dict[str, Value] = {}
    for word in commands:
        if meaning := _meaning(word.lower()):
            fields.setdefault(*meaning)
    if text.startswith("/"):
        fields["invisible"] = True
    return Style(**fields)  # type: ignore[arg-type]  # _meaning pairs fields and values


def category(word: str) -> str | None:
    """The field of Style that ``word`` sets, None if it is no command; case does not matter."""
    meaning = _meaning(word.lower())
    return meaning[0] if meaning else None


def _meaning(word: str) -> tuple[str, Value] | None:
    """The field of Style that ``word`` sets, and its value."""
    if word in _WORDS:
        return _WORDS[word]
    if word in _COLORS:
        return "color", _rgb(_COLORS[word])
    if match := _HEX_COLOR.fullmatch(word):
        digits = match[1] if len(match[1]) == 6 else "".join(d * 2 for d in match[1])
        return "color", _rgb(int(digits, 16))
    if match := _SECONDS.fullmatch(word):
        seconds = float(match[1])
        return "seconds", min(seconds, MAX_SECONDS) if seconds > 0 else DEFAULT_SECONDS
    return None


def _rgb(code: int) -> Rgb:
    return code >> 16, code >> 8 & 255, code & 255


_HEX_COLOR = re.compile("#([0-9a-f]{3}|[0-9a-f]{6})")
_SECONDS = re.compile(r"[@＠]([-+]?(?:\d+\.?\d*|\.\d+))", re.ASCII)

_WORDS: dict[str, tuple[str, Value]] = {
    "naka": ("place", "naka"),
    "ue": ("place", "ue"),
    "shita": ("place", "shita"),
    "big": ("size", "big"),
    "medium": ("size", "medium"),
    "small": ("size", "small"),
    "defont": ("font", "defont"),
    "gothic": ("font", "gothic"),
    "mincho": ("font", "mincho"),
    "_live": ("opacity", LIVE_OPACITY),
    "full": ("full", True),
    "ender": ("ender", True),
    "invisible": ("invisible", True),
    "reverse": ("reverse", True),  # Bilibili's, and Niconico's ＠逆; no viewer of Niconico's has it
}

_COLORS = {
    "white": 0xFFFFFF,
    "red": 0xFF0000,
    "pink": 0xFF8080,
    "orange": 0xFFC000,
    "yellow": 0xFFFF00,
    "green": 0x00FF00,
    "cyan": 0x00FFFF,
    "blue": 0x0000FF,
    "purple": 0xC000FF,
    "black": 0x000000,
    "white2": 0xCCCC99,
    "niconicowhite": 0xCCCC99,
    "red2": 0xCC0033,
    "truered": 0xCC0033,
    "pink2": 0xFF33CC,
    "orange2": 0xFF6600,
    "passionorange": 0xFF6600,
    "yellow2": 0x999900,
    "madyellow": 0x999900,
    "green2": 0x00CC66,
    "elementalgreen": 0x00CC66,
    "cyan2": 0x00CCCC,
    "blue2": 0x3399FF,
    "marineblue": 0x3399FF,
    "purple2": 0x6633CC,
    "nobleviolet": 0x6633CC,
    "black2": 0x666666,
}
"""Niconico's named colours; those after black are for premium users."""
