"""UTF-8 that is not quite UTF-8, as text."""

from __future__ import annotations

import codecs
import re

_SURROGATE = re.compile("[\ud800-\udfff]")
SURROGATE_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
"""One character beyond the basic plane, in a text whose encoder wrote it as two (CESU-8)."""


def clean_text(utf8: bytes) -> str:
    """The text of ``utf8``; CESU-8 is joined, what is no character is U+FFFD."""
    if utf8.isascii():
        return utf8.decode("ascii")
    return _SURROGATE.sub("\ufffd", SURROGATE_PAIR.sub(join_surrogates, decode(utf8)))


def decode(utf8: bytes) -> str:
    """The text of ``utf8``: surrogates (CESU-8) stay, whatever else is none becomes U+FFFD."""
    # Only halves of characters, which begin with this byte, need the slow handler.
    return utf8.decode("utf-8", _LENIENT if b"\xed" in utf8 else "replace")


def join_surrogates(pair: re.Match[str]) -> str:
    """The character that a match of SURROGATE_PAIR stands for."""
    return pair[0].encode("utf-16", "surrogatepass").decode("utf-16")


def _lenient(error: UnicodeError) -> tuple[str | bytes, int]:
    assert isinstance(error, UnicodeDecodeError)
    try:
        return codecs.lookup_error("surrogatepass")(error)
    except UnicodeDecodeError:
        return "\ufffd", error.end


_LENIENT = "yajiuma.surrogates-or-replace"
codecs.register_error(_LENIENT, _lenient)
