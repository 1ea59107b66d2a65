"""In which encoding a text is, told by its bytes.

Marks and plain UTF-8 are certain. Among the encodings of the platforms' languages that one is
likeliest in which the text uses common characters: their standards list the common ideographs
first, so a code says how common its character is. charset-normalizer alone, which knows some
90 encodings, took every second line of EUC-JP or GB18030 for another (60 lines of real
comments each); it is asked where none of the platforms' fits.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

ENOUGH = 1 << 15
"""Bytes of lines that are not in ASCII, by which an encoding is judged."""

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
_ESCAPED = re.compile(rb"\x1b\$[@B]")
"""The beginning of Japanese in ISO-2022-JP."""
_WITHOUT_MARK = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
_SURELY_LETTERS = 0.9
_NAMES = {
    "iso2022_jp_ext": "ISO-2022-JP",
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
_HANGUL: _Ranges = (("\uac00", "\ud7a3"),)
_JAMO: _Ranges = (("\u3131", "\u318e"),)
_USUAL: _Ranges = (
    *(("\u00a0", "\u024f"), ("\u2000", "\u9fff"), ("\uff00", "\uffef")),
    ("\U0001f000", "\U0001faff"),
)
_IDEOGRAPH: _Ranges = (("\u3400", "\u4dbf"), ("\u4e00", "\u9fff"))


@dataclass(frozen=True)
class _Charset:
    """One encoding of a platform's language."""

    codec: str
    common: tuple[int, int]
    """First and last code of the characters that its standard calls common (level 1)."""
    japanese: bool = False
    half_width: float = 0.3
    """How much a half-width katakana speaks for it, up to 1."""


_CHARSETS = (
    _Charset("cp932", (0x889F, 0x9872), japanese=True),
    # Half-width katakana take two bytes here, which seldom come about by chance.
    _Charset("euc_jis_2004", (0xB0A1, 0xCFD3), japanese=True, half_width=0.6),
    _Charset("gb18030", (0xB0A1, 0xD7F9)),
    _Charset("big5hkscs", (0xA440, 0xC67E)),
)
_KOREAN = _Charset("cp949", (0xB0A1, 0xC8FE))
_ENOUGH_HANGUL = 12
"""Characters: of Chinese ones, whose common codes go on beyond, so many lie there once in 500."""
_OTHERS = ["cp1252", "cp1251", "koi8_r", "cp1253", "cp1255", "cp874"]
"""Encodings of alphabets."""
_ENOUGH_LETTERS = 8
"""Bytes beyond ASCII from which one of those is told; fewer are rather faults of UTF-8."""
_PLAUSIBLE, _POSSIBLE = 0.45, 0.0
_BELIEF = 0.5
"""How much a declaration speaks for an encoding."""
_MESS = 0.4
"""charset-normalizer's measure of what looks wrong; French at its usual 0.2 already does."""
_ASCII = bytes(range(0x80))


def from_mark(head: bytes) -> str | None:
    """The encoding that a byte order mark or an escape sequence names, or None."""
    if _ESCAPED.search(head):
        return "iso2022_jp_ext"
    return next((name for mark, name in _MARKS if head.startswith(mark)), None)


def from_zeros(head: bytes) -> str | None:
    """UTF-16 or UTF-32 of a text that has zeros, as only these do; or None."""
    if b"\0" not in head:
        return None
    head = head[: len(head) // 4 * 4]
    shares = {name: _share_of_letters(head.decode(name, "replace")) for name in _WITHOUT_MARK}
    best = max(shares, key=lambda name: shares[name])
    return best if shares[best] > _SURELY_LETTERS else None


def _share_of_letters(text: str) -> float:
    """Of a text that holds ASCII, as every comment file does, the share of usual characters."""
    ascii_ = sum(" " <= character <= "~" or character in "\t\r\n" for character in text)
    if ascii_ < max(2, 0.01 * len(text)):
        return 0.0
    return (ascii_ + sum(_is_in(character, _USUAL) for character in text)) / len(text)


def codec_of(name: str) -> str | None:
    """The codec that a file means by the name of an encoding; None for no encoding of text."""
    try:
        codec = codecs.lookup(name.lower().removeprefix("x-")).name
        "".encode(codec)  # codecs such as base64 are not of text
    except LookupError:
        return None
    return _IN_USE.get(codec.replace("-", "_"), codec)


def display_name(codec: str) -> str:
    """An encoding's name for people, such as ``Shift_JIS``."""
    return _NAMES.get(codec, codec.upper().replace("_", "-"))


def most_plausible(lines: Iterable[bytes], declared: str | None = None) -> str | None:
    """The encoding of lines that are not in UTF-8; None if they look like no text in any.

    The ``declared`` one is believed unless another is far likelier.
    """
    sample = _sample(lines)
    if _is_korean(sample):
        return "cp949"
    scores = {charset.codec: _plausibility(charset, sample) for charset in _CHARSETS}
    if declared in scores:
        scores[declared] += _BELIEF
    best = max(scores, key=lambda codec: scores[codec])
    if scores[best] > _PLAUSIBLE:
        return best
    if _is_kaomoji(sample):
        return "cp932"
    if declared and not declared.startswith("utf"):
        return declared
    if len(sample.translate(None, _ASCII)) < _ENOUGH_LETTERS:
        return None
    from charset_normalizer import from_bytes  # slow to load, and seldom needed

    guess = from_bytes(sample, cp_isolation=_OTHERS, threshold=_MESS).best()
    return guess.encoding if guess else best if scores[best] > _POSSIBLE else None


def _is_korean(sample: bytes) -> bool:
    """Whether all is in the codes of common hangul, which lie among those of Chinese."""
    foreign = [c for c in sample.decode("cp949", "replace") if c > "\x7f"]
    hangul = sum(_is_in(c, _HANGUL) and _is_common(_KOREAN, c) for c in foreign)
    jamo = sum(_is_in(c, _JAMO) for c in foreign)  # ㅋㅋㅋ; hiragana are at their codes in EUC-JP
    return hangul >= max(_ENOUGH_HANGUL, jamo) and hangul + jamo > 0.97 * len(foreign)


def _is_kaomoji(sample: bytes) -> bool:
    """Whether all is symbols and half-width katakana of Shift_JIS: ``ｷﾀ━(ﾟ∀ﾟ)━!``."""
    text = sample.decode("cp932", "replace")
    foreign = [c for c in text if c > "\x7f"]
    return all(_is_in(c, (*_HALF_WIDTH, *_SYMBOL)) or c in _PUNCTUATION for c in foreign)


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
