"""Font files: the Japanese one the project carries, and the system's for what it lacks."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt

SYSTEM_FOLDERS = (
    "~/.fonts",
    "~/.local/share/fonts",
    "~/Library/Fonts",
    "/usr/local/share/fonts",
    "/usr/share/fonts",
    "/Library/Fonts",
    "/System/Library/Fonts",
)

_ENDINGS = {".ttf", ".otf", ".ttc", ".otc"}
_BITMAP_TABLES = {"CBDT", "sbix", "COLR"}
_PREFERRED = ("notosanscjk", "notosansjp", "notosans", "dejavusans", "arialunicode")
"""Beginnings of file names: sans-serif faces look of one piece with IPAexGothic."""
_PLACEHOLDERS = "lastresort"  # a font of macOS that has a box for every character
_SPECIAL = ("bold", "italic", "oblique", "light", "thin", "black", "mono", "serif", "condensed")


@cache
def main_font() -> Path:
    """IPAexGothic, from the package matplotlib-fontja.

    The package is only located: importing it would import all of matplotlib.
    """
    package = find_spec("matplotlib_fontja")
    assert package is not None and package.submodule_search_locations
    return Path(package.submodule_search_locations[0], "fonts", "ipaexg.ttf")


@cache
def font_for(character: str) -> Path | None:
    """The font to draw ``character`` with: the main one, a system font, or None.

    System fonts are opened one after another until one has the character, so a text that
    the main font covers costs nothing; a character that none has costs some 10 ms for
    each installed font, once in a process.
    """
    if _covers(main_font(), character):
        return main_font()
    return next((font for font in _system_fonts() if _covers(font, character)), None)


@cache
def _system_fonts() -> tuple[Path, ...]:
    found = {
        path
        for folder in SYSTEM_FOLDERS
        for path in Path(folder).expanduser().rglob("*")
        if path.suffix.lower() in _ENDINGS and not path.stem.lower().startswith(_PLACEHOLDERS)
    }
    return tuple(sorted(found, key=_preference))


def _preference(font: Path) -> tuple[bool, int, str]:
    name = font.name.lower().replace("-", "").replace(" ", "")
    ranks = (rank for rank, start in enumerate(_PREFERRED) if name.startswith(start))
    return any(word in name for word in _SPECIAL), next(ranks, len(_PREFERRED)), str(font)


def _covers(font: Path, character: str) -> bool:
    codes = _code_points(font)
    place = int(np.searchsorted(codes, ord(character)))
    return place < len(codes) and codes[place] == ord(character)


@cache
def _code_points(font: Path) -> npt.NDArray[np.uint32]:
    """The sorted characters of ``font``; none when it holds pictures instead of outlines."""
    from fontTools.ttLib import TTFont

    try:
        with TTFont(font, fontNumber=0, lazy=True) as tables:
            if _BITMAP_TABLES & set(tables.keys()):
                return np.empty(0, np.uint32)
            return np.array(sorted(tables.getBestCmap() or ()), np.uint32)
    except Exception:  # a system font may be broken in any way; another one serves
        return np.empty(0, np.uint32)
