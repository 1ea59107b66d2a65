"""Detect the encoding of a text from its bytes.

Byte order marks and valid UTF-8 are certain. Otherwise the encodings of the platforms' languages
compete: the one in which the text consists of common characters wins. Their standards list the
common ideographs first, so the code of a character shows how common it is. charset-normalizer,
which knows some 90 encodings, mistook every second line of EUC-JP or GB18030 (60 lines of real
comments each); it is used only where none of these encodings fits.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

SAMPLE_BYTES = 1 << 15
"""Bytes of lines beyond ASCII by which an encoding is judged."""

_MARKS = (  # UTF-32 before UTF-16: its mark begins with the other's
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
"""What files mean by these names: the standards with their later additions."""
_ESCAPED = re.compile(rb"\x1b\$[@B]")
"""Switches to Japanese in ISO-2022-JP."""
_WITHOUT_MARK = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
_MIN_USUAL_SHARE = 0.9
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
    """First and last code of the common characters in its standard (level 1)."""
    japanese: bool = False
    half_width: float = 0.3
    """Evidence that a half-width katakana is for it, up to 1."""


_CHARSETS = (
    _Charset("cp932", (0x889F, 0x9872), japanese=True),
    # Half-width katakana take two bytes here, a pair that is rare by chance.
    _Charset("euc_jis_2004", (0xB0A1, 0xCFD3), japanese=True, half_width=0.6),
    _Charset("gb18030", (0xB0A1, 0xD7F9)),
    _Charset("big5hkscs", (0xA440, 0xC67E)),
)
_KOREAN = _Charset("cp949", (0xB0A1, 0xC8FE))
_MIN_HANGUL = 12
"""Characters. Twelve common Chinese characters all lie in this range only once in 500, because
their own range is larger."""
_ALPHABETS = ["cp1252", "cp1251", "koi8_r", "cp1253", "cp1255", "cp874"]
"""Encodings of other alphabets, which charset-normalizer chooses from."""
_MIN_LETTERS = 8
"""Bytes beyond ASCII needed to choose one of those; fewer are more likely faults in UTF-8."""
_PLAUSIBLE, _POSSIBLE = 0.45, 0.0
"""Scores above which an encoding is accepted, and above which it is the last resort."""
_DECLARATION_BONUS = 0.5
"""Added to the score of a declared encoding."""
_MAX_MESS = 0.4
"""charset-normalizer's threshold for what looks wrong; at the default of 0.2 even French does."""
_ASCII = bytes(range(0x80))


def from_mark(head: bytes) -> str | None:
    """The encoding that a byte order mark or an escape sequence identifies, or None."""
    if _ESCAPED.search(head):
        return "iso2022_jp_ext"
    return next((name for mark, name in _MARKS if head.startswith(mark)), None)


def from_zeros(head: bytes) -> str | None:
    """UTF-16 or UTF-32 for a text with zero bytes, which only these have; else None."""
    if b"\0" not in head:
        return None
    head = head[: len(head) // 4 * 4]
    shares = {name: _usual_share(head.decode(name, "replace")) for name in _WITHOUT_MARK}
    best = max(shares, key=lambda name: shares[name])
    return best if shares[best] > _MIN_USUAL_SHARE else None


def _usual_share(text: str) -> float:
    """Share of usual characters; 0 for a text without ASCII, which every file of records has."""
    ascii_ = sum(" " <= character <= "~" or character in "\t\r\n" for character in text)
    if ascii_ < max(2, 0.01 * len(text)):
        return 0.0
    return (ascii_ + sum(_is_in(character, _USUAL) for character in text)) / len(text)


def codec_of(name: str) -> str | None:
    """The codec for a declared encoding; None if that is not an encoding of text."""
    try:
        codec = codecs.lookup(name.lower().removeprefix("x-")).name
        "".encode(codec)  # fails for codecs such as base64, which do not encode text
    except LookupError:
        return None
    return _IN_USE.get(codec.replace("-", "_"), codec)


def display_name(codec: str) -> str:
    """The name of a codec for people, such as ``Shift_JIS``."""
    return _NAMES.get(codec, codec.upper().replace("_", "-"))


def most_plausible(lines: Iterable[bytes], declared: str | None = None) -> str | None:
    """The encoding of lines that are not UTF-8; None if they are not text in any.

    A ``declared`` encoding wins unless another one is far more plausible.
    """
    sample = _sample(lines)
    if _is_korean(sample):
        return "cp949"
    scores = {charset.codec: _plausibility(charset, sample) for charset in _CHARSETS}
    if declared in scores:
        scores[declared] += _DECLARATION_BONUS
    best = max(scores, key=lambda codec: scores[codec])
    if scores[best] > _PLAUSIBLE:
        return best
    if _is_kaomoji(sample):
        return "cp932"
    if declared and not declared.startswith("utf"):
        return declared
    if len(sample.translate(None, _ASCII)) < _MIN_LETTERS:
        return None
    from charset_normalizer import from_bytes  # slow to import and seldom needed

    guess = from_bytes(sample, cp_isolation=_ALPHABETS, threshold=_MAX_MESS).best()
    return guess.encoding if guess else best if scores[best] > _POSSIBLE else None


def _is_korean(sample: bytes) -> bool:
    """Whether nearly all is common hangul, whose codes lie within those of common Chinese."""
    foreign = [c for c in sample.decode("cp949", "replace") if c > "\x7f"]
    hangul = sum(_is_in(c, _HANGUL) and _is_common(_KOREAN, c) for c in foreign)
    jamo = sum(_is_in(c, _JAMO) for c in foreign)  # ㅋㅋㅋ; EUC-JP has hiragana at these codes
    return hangul >= max(_MIN_HANGUL, jamo) and hangul + jamo > 0.97 * len(foreign)


def _is_kaomoji(sample: bytes) -> bool:
    """Whether all is symbols and half-width katakana in Shift_JIS: ``ｷﾀ━(ﾟ∀ﾟ)━!``."""
    text = sample.decode("cp932", "replace")
    foreign = [c for c in text if c > "\x7f"]
    return all(_is_in(c, (*_HALF_WIDTH, *_SYMBOL)) or c in _PUNCTUATION for c in foreign)


def _sample(lines: Iterable[bytes]) -> bytes:
    """The first lines beyond ASCII; ASCII is the same in all of these encodings."""
    beyond_ascii = (line for line in lines if not line.isascii())
    sample, size = [], 0
    for line in islice(beyond_ascii, SAMPLE_BYTES):
        sample.append(line[:SAMPLE_BYTES])
        size += len(sample[-1])
        if size > SAMPLE_BYTES:
            break
    return b"\n".join(sample)


def _plausibility(charset: _Charset, sample: bytes) -> float:
    """From -2 to 1: how common the characters beyond ASCII are in the encoding's language."""
    text = sample.decode(charset.codec, "replace")
    foreign = [character for character in text if character > "\x7f"]
    if not foreign:
        return -2.0
    weight = 0.8
    if charset.japanese:
        # Ideographs without any kana are probably Chinese, so they count less.
        kana = sum(_is_in(character, _KANA) for character in foreign)
        ideographs = sum(_is_in(character, _IDEOGRAPH) for character in foreign)
        weight *= 0.6 + 0.4 * min(1.0, 4 * kana / max(kana + ideographs, 1))
    scores = sum(_score(charset, weight, character) for character in foreign)
    return scores / len(foreign)


def _score(charset: _Charset, weight: float, character: str) -> float:
    """The evidence of one character; ``weight`` is that of a common ideograph."""
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
