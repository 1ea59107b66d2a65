"""In which encoding a text is, told by its bytes.

Marks and plain UTF-8 are certain. Among the encodings of the platforms' languages that one is
likeliest in which the text uses common characters: their standards list the common ideographs
first, so a code says how common its character is. charset-normalizer alone, which knows some
90 encodings, took every second line of EUC-JP or GB18030 for another (60 lines of real
comments each); it is asked where none of the platforms' fits.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

ENOUGH = 1 << 18
"""Bytes beyond ASCII's lines by which an encoding is judged."""

_MARKS = (  # that of UTF-32 begins with that of UTF-16
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_IN_USE = {
    "shift_jis": "cp932",
    "euc_jp": "euc_jis_2004",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "cp950": "big5hkscs",
}
"""What files mean by these names: the standards with later additions."""
_NAMES = {
    "cp932": "Shift_JIS",
    "euc_jis_2004": "EUC-JP",
    "big5hkscs": "Big5",
    "cp1252": "Windows-1252",
    "cp1251": "Windows-1251",
    "koi8_r": "KOI8-R",
}

_Ranges = tuple[tuple[str, str], ...]
_KANA: _Ranges = (("\u3041", "\u3096"), ("\u30a1", "\u30fa"))
_HALF_WIDTH: _Ranges = (("\uff61", "\uff9f"),)
_RARE: _Ranges = (
    *(("\x80", "\x9f"), ("\ue000", "\uf8ff"), ("\ufff0", "\uffff")),
    ("\U000f0000", "\U0010ffff"),
)
_PUNCTUATION = frozenset("、。，！？：；（）「」『』…ー・～〜\u3000")
_FULL_WIDTH: _Ranges = (("\uff10", "\uff5a"),)
_SYMBOL: _Ranges = (("\u2190", "\u30ff"),)
_IDEOGRAPH: _Ranges = (("\u3400", "\u4dbf"), ("\u4e00", "\u9fff"))


@dataclass(frozen=True)
class _Charset:
    """One encoding of a platform's language."""

    codec: str
    common: tuple[int, int]
    """First and last code of the characters that its standard calls common (level 1)."""
    japanese: bool = False
    half_width: float = -0.3
    """How much a half-width katakana does."""


_CHARSETS = (
    _Charset("cp932", (0x889F, 0x9872), japanese=True),
    # Half-width katakana take two bytes here, which seldom come about by chance.
    _Charset("euc_jis_2004", (0xB0A1, 0xCFD3), japanese=True, half_width=0.3),
    _Charset("gb18030", (0xB0A1, 0xD7F9)),
    _Charset("big5hkscs", (0xA440, 0xC67E)),
)
_OTHERS = ["cp1252", "cp1251", "koi8_r"]
"""Encodings of alphabets."""
_ENOUGH_LETTERS = 8
"""Bytes beyond ASCII from which one of those is told; fewer are rather faults of UTF-8."""
_PLAUSIBLE = 0.2
_MESS = 0.4
"""charset-normalizer's measure of what looks wrong; French at its usual 0.2 already does."""
_ASCII = bytes(range(0x80))


def marked(head: bytes) -> str | None:
    """The encoding that a byte order mark names, or None."""
    return next((name for mark, name in _MARKS if head.startswith(mark)), None)


def without_mark(head: bytes) -> str | None:
    """UTF-16 or UTF-32 by the zeros that stand in digits, blanks and line ends; or None."""
    count = max(len(head) // 4, 1)
    zeros = [head[place : count * 4 : 4].count(0) / count for place in range(4)]
    for name, empty in (("utf-32-le", (2, 3)), ("utf-32-be", (0, 1))):
        if all(zeros[place] > 0.9 for place in empty) and min(zeros) < 0.5:
            return name
    for name, high, low in (("utf-16-le", (1, 3), (0, 2)), ("utf-16-be", (0, 2), (1, 3))):
        if min(zeros[p] for p in high) > 0.05 and max(zeros[p] for p in low) < 0.02:
            return name
    return None


def declared(name: str) -> str | None:
    """The codec that a file means by the name of an encoding; None for no encoding of text."""
    try:
        codec = codecs.lookup(name).name
        "".encode(codec)  # codecs such as base64 are not of text
    except LookupError:
        return None
    return _IN_USE.get(codec.replace("-", "_"), codec)


def name_of(codec: str) -> str:
    """An encoding's name for people, such as ``Shift_JIS``."""
    return _NAMES.get(codec, codec.upper().replace("_", "-"))


def likeliest(lines: Iterable[bytes]) -> str | None:
    """The encoding of lines that are not in UTF-8; None if they look like no text in any."""
    sample = _sample(lines)
    scores = {charset.codec: _plausibility(charset, sample) for charset in _CHARSETS}
    best = max(scores, key=lambda codec: scores[codec])
    if scores[best] > _PLAUSIBLE:
        return best
    if len(sample.translate(None, _ASCII)) < _ENOUGH_LETTERS:
        return None
    from charset_normalizer import from_bytes  # slow to load, and seldom needed

    guess = from_bytes(sample, cp_isolation=_OTHERS, threshold=_MESS).best()
    return guess.encoding if guess else None


def _sample(lines: Iterable[bytes]) -> bytes:
    telling = (line for line in lines if not line.isascii())
    sample, size = [], 0
    for line in islice(telling, ENOUGH):
        sample.append(line[:ENOUGH])
        size += len(sample[-1])
        if size > ENOUGH:
            break
    return b"\n".join(sample)


def _plausibility(charset: _Charset, sample: bytes) -> float:
    """From -2 to 1: how common the characters beyond ASCII are in this encoding's language."""
    text = sample.decode(charset.codec, "replace")
    foreign = [character for character in text if character > "\x7f"]
    if not foreign:
        return -2.0
    weight = 0.8
    if charset.japanese:
        # Without kana, ideographs are rather Chinese.
        kana = sum(_is_in(character, _KANA) for character in foreign)
        ideographs = sum(_is_in(character, _IDEOGRAPH) for character in foreign)
        weight *= 0.6 + 0.4 * min(1.0, 4 * kana / max(kana + ideographs, 1))
    points = sum(_points(charset, weight, character) for character in foreign)
    return points / len(foreign)


def _points(charset: _Charset, weight: float, character: str) -> float:
    if _is_in(character, _IDEOGRAPH):
        return weight if _is_common(charset, character) else -0.2
    if _is_in(character, _KANA):
        return 1.0 if charset.japanese else 0.3
    if character in _PUNCTUATION or _is_in(character, _FULL_WIDTH):
        return 0.7
    if _is_in(character, _HALF_WIDTH):
        return charset.half_width
    if _is_in(character, _RARE):
        return -2.0
    return 0.3 if _is_in(character, _SYMBOL) else -0.3


def _is_in(character: str, ranges: _Ranges) -> bool:
    return any(first <= character <= last for first, last in ranges)


def _is_common(charset: _Charset, character: str) -> bool:
    try:
        code = character.encode(charset.codec)
    except UnicodeEncodeError:
        return False
    first, last = charset.common
    return len(code) == 2 and first <= code[0] << 8 | code[1] <= last
