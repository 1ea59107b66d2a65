"""Decode UTF-8 that is not quite valid."""

from __future__ import annotations

import codecs
import re

_SURROGATE = re.compile("[\ud800-\udfff]")
SURROGATE_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
"""A character beyond the basic plane that was encoded as two surrogates (CESU-8)."""


def clean_text(utf8: bytes) -> str:
    """The text of ``utf8``: CESU-8 is joined, and invalid bytes become U+FFFD."""
    if utf8.isascii():
        return utf8.decode("ascii")
    return _SURROGATE.sub("\ufffd", SURROGATE_PAIR.sub(join_surrogates, decode(utf8)))


def decode(utf8: bytes) -> str:
    """The text of ``utf8``: surrogates (CESU-8) stay, and other invalid bytes become U+FFFD."""
    # Surrogates begin with this byte; only they need the slow handler.
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
