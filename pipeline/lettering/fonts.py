"""Font files: the Japanese one of the project, and the system's for what it lacks."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
import uharfbuzz as hb
from PIL import ImageFont

from pipeline.runtime.paths import JAPANESE_FONT

Family = Literal["gothic", "mincho"]
"""Japanese faces without serifs and with them."""

SYSTEM_FOLDERS = (
    "~/.fonts",
    "~/.local/share/fonts",
    "~/Library/Fonts",
    "/usr/local/share/fonts",
    "/usr/share/fonts",
    "/Library/Fonts",
    "/System/Library/Fonts",
)

COLOR_TABLES = {"CBDT", "sbix", "COLR"}

_ENDINGS = {".ttf", ".otf", ".ttc", ".otc"}
_PREFERRED = ("notosanscjk", "notosansjp", "notosans", "dejavusans", "arialunicode")
"""Beginnings of file names: sans-serif faces go well with IPAexGothic."""
_MINCHO = (
    "ipaexm",
    "ヒラギノ明朝",
    "hiraginomincho",
    "hiramin",
    "yumin",
    "msmincho",
    "notoserifcjk",
    "notoserifjp",
    "sourcehanserif",
    "ipam",
)
_PLACEHOLDERS = "lastresort"  # a font of macOS that has a box for every character
_SPECIAL = ("bold", "italic", "oblique", "light", "thin", "black", "mono", "serif", "condensed")
_FONTS_OPEN = 64
_CACHE_SIZE = 1 << 16


@lru_cache(_CACHE_SIZE)
def font_for(text: str, family: Family = "gothic") -> Path | None:
    """The first font of the chain that has all characters of ``text``, or None.

    The chain is a Japanese serif face of the system (only for ``mincho``), the main font, then
    the system's other fonts. Fonts are opened one after another until one has the text: what the
    main font covers costs nothing, and what no font has costs about 1 ms for each installed
    font, once in a process. Fonts of coloured pictures are left out.
    """
    return next((path for path in _chain(family) if _has_faces(path) and covers(path, text)), None)


def _chain(family: Family) -> Iterator[Path]:
    if family == "mincho":
        yield from _mincho_fonts()
    yield JAPANESE_FONT
    yield from system_fonts()


@lru_cache(_FONTS_OPEN)
def opened(path: Path, size: float, *, shaping: bool = False) -> ImageFont.FreeTypeFont:
    """``path`` at ``size`` pixels an em; with ``shaping`` Raqm lays its text out."""
    engine = ImageFont.Layout.RAQM if shaping else ImageFont.Layout.BASIC
    return ImageFont.truetype(path, size, layout_engine=engine)


@cache
def system_fonts() -> tuple[Path, ...]:
    """The files of all installed fonts, the most suitable first."""
    paths = {
        path
        for folder in SYSTEM_FOLDERS
        for path in Path(folder).expanduser().rglob("*")
        if path.suffix.lower() in _ENDINGS and not path.stem.lower().startswith(_PLACEHOLDERS)
    }
    return tuple(sorted(paths, key=_preference))


@cache
def _mincho_fonts() -> tuple[Path, ...]:
    paths = [path for path in system_fonts() if _plain_name(path).startswith(_MINCHO)]
    return tuple(sorted(paths, key=lambda path: _rank(_plain_name(path), _MINCHO)))


def _preference(font: Path) -> tuple[bool, int, str]:
    name = _plain_name(font)
    return any(word in name for word in _SPECIAL), _rank(name, _PREFERRED), str(font)


def _rank(name: str, beginnings: tuple[str, ...]) -> int:
    ranks = (rank for rank, start in enumerate(beginnings) if name.startswith(start))
    return next(ranks, len(beginnings))


def _plain_name(font: Path) -> str:
    name = unicodedata.normalize("NFC", font.name)  # macOS keeps names decomposed
    return name.lower().replace("-", "").replace(" ", "")


def covers(font: Path, text: str) -> bool:
    """Whether ``font`` has every character of ``text``."""
    codes = _code_points(font)
    return all(
        (place := int(np.searchsorted(codes, ord(character)))) < len(codes)
        and codes[place] == ord(character)
        for character in text
    )


@cache
def tables(font: Path) -> frozenset[str]:
    """The names of the tables of ``font``; empty if it cannot be read."""
    face = _face(font)
    return frozenset(face.table_tags if face else ())


def table(font: Path, name: str) -> bytes:
    """A table of ``font`` as it stands in the file; empty if there is none."""
    face = _face(font)
    return face.reference_table(name).data if face else b""


def _has_faces(font: Path) -> bool:
    return not tables(font) & COLOR_TABLES


@cache
def _code_points(font: Path) -> npt.NDArray[np.uint32]:
    """The sorted code points of ``font``; empty if it cannot be read."""
    face = _face(font)
    return np.fromiter(face.unicodes if face else (), np.uint32)


def _face(font: Path) -> hb.Face | None:
    """The first face of a file, which has no tables if it is broken; None for no file."""
    try:
        return hb.Face(hb.Blob.from_file_path(str(font)))
    except hb.HarfBuzzError:  # another font serves
        return None
