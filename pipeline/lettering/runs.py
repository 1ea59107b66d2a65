"""A line of text cut into runs: the pieces that are measured and drawn one by one."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Literal

import regex
from PIL import features

from pipeline.lettering.bidi import levels, visual_order
from pipeline.lettering.color_fonts import color_font_for, strike_size
from pipeline.lettering.fonts import Family, font_for, opened

SPACE_WIDTHS = {
    "\u2000": 1 / 2,
    "\u2001": 1.0,
    "\u2002": 1 / 2,
    "\u2003": 1.0,
    "\u2004": 1 / 3,
    "\u2005": 1 / 4,
    "\u2006": 1 / 6,
    "\u2007": 1 / 2,
    "\u2008": 1 / 4,
    "\u2009": 1 / 5,
    "\u200a": 1 / 10,
}
"""Em, by Unicode's General Punctuation. Fonts often lack these, and comment art needs them."""

HAS_RAQM = features.check("raqm")
"""Without Raqm, marks are set beside their letters, and letters do not join."""

_MEASURING_SIZE = 1000.0  # pixels an em, so that an advance is read to a thousandth
_CACHE_SIZE = 1 << 14
_MAX_CLUSTER = 32  # characters; stacks of marks are cut off there
_MAX_RUN = 32  # clusters, so that the mask of a run stays small; words are shorter

_SIMPLE = regex.compile(
    r"[[\p{sc=Zyyy}\p{sc=Latn}\p{sc=Grek}\p{sc=Cyrl}\p{sc=Armn}\p{sc=Geor}\p{sc=Han}"
    r"\p{sc=Hira}\p{sc=Kana}\p{sc=Bopo}\p{sc=Hang}\p{sc=Yiii}\p{sc=Zzzz}]"
    r"--[\p{M}\p{Cf}\p{Emoji_Presentation}\p{GCB=L}\p{GCB=V}\p{GCB=T}]]*+",
    regex.V1,
)
"""Characters whose form does not depend on their neighbours."""
_SIDE_MARKS = str.maketrans("\u3099\u309a", "ﾞﾟ")
"""Voicing marks: IPAexGothic sets the combining ones an em away from their letter."""
_EMOJI = regex.compile(
    r"\p{Emoji_Presentation}(?!\uFE0E)|\p{Emoji}(\uFE0F|\u20E3|\p{Emoji_Modifier}|\u200D\p{Emoji})"
)
"""The beginning of a cluster that is drawn as a coloured picture."""


@dataclass(frozen=True)
class Run:
    """Characters that are drawn as one picture."""

    text: str
    kind: Literal["blank", "face", "shaped", "color", "box"]
    """``face`` is a single glyph, ``shaped`` is laid out by Raqm, ``color`` is a coloured picture,
    ``box`` stands for what no font has."""
    advance: float
    """Em from its start to the start of the next one."""
    font: Path | None = None
    """None for a blank and a box."""
    leftward: bool = False
    """Whether a shaped run is read from right to left."""
    missing: str = ""
    """The cluster that no font has whole."""


def is_simple(text: str) -> bool:
    """Whether each character of ``text`` is a run of its own, whatever its neighbours."""
    return _SIMPLE.fullmatch(text) is not None


def cut_line(line: str, family: Family) -> list[Run]:
    """The runs of ``line``, which has no newline, from left to right.

    Characters of simple scripts are runs of their own. In other scripts letters may join, so
    neighbours of the same font and direction form a run, up to the next space. The order is
    that of ``pipeline.lettering.bidi``.
    """
    if is_simple(line):
        return [_character(character, family) for character in line]
    clusters = [each[:_MAX_CLUSTER] for each in regex.findall(r"\X", line)]
    pieces = [
        (run, level)
        for cluster, level in zip(clusters, levels(clusters), strict=True)
        for run in _cluster(cluster, family, level % 2 == 1)
    ]
    runs: list[tuple[Run, int]] = []
    for (shaped, _, level), group in groupby(pieces, _joining):
        members = [run for run, _ in group]
        runs += [(run, level) for run in (_joined(members) if shaped else members)]
    return [runs[number][0] for number in visual_order([level for _, level in runs])]


def _joining(piece: tuple[Run, int]) -> tuple[bool, Path | None, int]:
    run, level = piece
    return run.kind == "shaped", run.font, level


def _joined(runs: list[Run]) -> Iterator[Run]:
    first = runs[0]
    assert first.font is not None
    for start in range(0, len(runs), _MAX_RUN):
        text = "".join(run.text for run in runs[start : start + _MAX_RUN])
        yield _shaped(text, first.font, first.leftward)


@lru_cache(_CACHE_SIZE)
def _cluster(cluster: str, family: Family, leftward: bool) -> tuple[Run, ...]:
    """The runs of a grapheme cluster, mostly a single one."""
    if is_simple(cluster) and not (leftward and unicodedata.mirrored(cluster[0])):
        return tuple(_character(character, family) for character in cluster)
    visible = "".join(each for each in cluster if not _is_blank(each))
    if not visible:
        return tuple(_character(character, family) for character in cluster)
    if _EMOJI.match(cluster) and (colored := color_font_for(visible)):
        return (_colored(cluster if HAS_RAQM else visible, colored),)
    visible = unicodedata.normalize("NFC", visible).translate(_SIDE_MARKS)
    if is_simple(visible) and not leftward:
        return tuple(_character(character, family) for character in visible)
    if (path := font_for(visible, family)) is None:
        return (_incomplete(visible, cluster, family),)
    if HAS_RAQM:
        return (_shaped(cluster, path, leftward),)
    return (Run(visible, "face", _length(visible, path), path),)


@lru_cache(_CACHE_SIZE)
def _character(character: str, family: Family) -> Run:
    if character in SPACE_WIDTHS:
        return Run(character, "blank", SPACE_WIDTHS[character])
    space = unicodedata.category(character) == "Zs"
    if _is_blank(character) and not space:
        return Run(character, "blank", 0.0)
    path = font_for(character, family)
    advance = _box_width(character) if path is None else _length(character, path)
    if space:
        return Run(character, "blank", advance)
    if path is None:
        return Run(character, "box", advance, missing=character)
    return Run(character, "face", advance, path)


def _incomplete(visible: str, cluster: str, family: Family) -> Run:
    """The first character of a cluster that no font has as a whole, or else a box."""
    path = font_for(visible[0], family)
    if path is None:
        return Run(visible, "box", _box_width(visible[0]), missing=cluster)
    return Run(visible[0], "face", _length(visible[0], path), path, missing=cluster)


def _colored(text: str, path: Path) -> Run:
    size = strike_size(path) or _MEASURING_SIZE
    advance = opened(path, size, shaping=HAS_RAQM).getlength(text) / size
    return Run(text, "color", advance, path)


@lru_cache(_CACHE_SIZE)
def _shaped(text: str, path: Path, leftward: bool) -> Run:
    face = opened(path, _MEASURING_SIZE, shaping=True)
    length = face.getlength(text, direction="rtl" if leftward else "ltr")
    return Run(text, "shaped", length / _MEASURING_SIZE, path, leftward)


def _length(text: str, path: Path) -> float:
    return opened(path, _MEASURING_SIZE).getlength(text) / _MEASURING_SIZE


def _is_blank(character: str) -> bool:
    """Whether a character is a space, or a control character without a glyph."""
    return unicodedata.category(character) in ("Zs", "Zl", "Zp", "Cc", "Cf") or (
        "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"
    )


def _box_width(character: str) -> float:
    return 1.0 if unicodedata.east_asian_width(character) in "WFA" else 0.5
