"""Bytes of files to UTF-8, whatever encoding they declare."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

_BEYOND_ASCII = bytes(range(0x80, 0x100))
_SURROGATE = re.compile("[\ud800-\udfff]")
_CHUNK = 1 << 18  # bytes read at once
_HEAD = 1 << 16
_DECLARED = re.compile(rb"""<\?xml[^>]*\sencoding=["']([\w.-]+)["']""")
SURROGATE_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
"""One character beyond the basic plane, in a text whose encoder wrote it as two (CESU-8)."""


def beginning(path: Path) -> bytes:
    """The first 64 KiB, by which a format is told; text as UTF-8 without byte order mark."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        head = head.decode("utf-16", "replace").encode()
    return head.removeprefix(codecs.BOM_UTF8)


def utf8_chunks(path: Path) -> Iterator[bytes]:
    """The file piece by piece as UTF-8 without byte order mark, its faults kept.

    A UTF-16 mark or an XML declaration says from what to convert.
    """
    with path.open("rb") as file:
        head = file.read(4)
        encoding = _encoding(head + file.read(200))
        file.seek(len(codecs.BOM_UTF8) if head.startswith(codecs.BOM_UTF8) else 0)
        if encoding == "utf-8":
            yield from iter(lambda: file.read(_CHUNK), b"")
            return
        decoder = codecs.getincrementaldecoder(encoding)("replace")
        while chunk := file.read(_CHUNK):
            yield decoder.decode(chunk).encode("utf-8", "replace")
        yield decoder.decode(b"", final=True).encode()


def text_chunks(path: Path) -> Iterator[str]:
    """The file piece by piece as text; CESU-8 is joined, what is no character is U+FFFD."""
    rest = b""
    for chunk in utf8_chunks(path):
        content = rest + chunk
        whole = content.rstrip(_BEYOND_ASCII)  # the characters behind it may be incomplete
        rest = content[len(whole) :]
        yield _clean(whole)
    yield _clean(rest)


def _clean(utf8: bytes) -> str:
    if utf8.isascii():
        return utf8.decode("ascii")
    return _SURROGATE.sub("\ufffd", SURROGATE_PAIR.sub(join_surrogates, decode(utf8)))


def decode(utf8: bytes) -> str:
    """The text of ``utf8``: surrogates (CESU-8) stay, whatever else is none becomes U+FFFD."""
    return utf8.decode("utf-8", _LENIENT)


def join_surrogates(pair: re.Match[str]) -> str:
    """The character that a match of SURROGATE_PAIR stands for."""
    return pair[0].encode("utf-16", "surrogatepass").decode("utf-16")


def _encoding(head: bytes) -> str:
    """The name of a codec of text."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    declared = _DECLARED.search(head)
    try:
        name = codecs.lookup(declared[1].decode() if declared else "utf-8").name
        "".encode(name)  # codecs such as base64 are not of text
    except LookupError:
        return "utf-8"
    # A file that declares UTF-16 in single bytes is not in UTF-16.
    return "utf-8" if name.startswith(("utf-16", "utf-32")) else name


def _lenient(error: UnicodeError) -> tuple[str | bytes, int]:
    assert isinstance(error, UnicodeDecodeError)
    try:
        return codecs.lookup_error("surrogatepass")(error)
    except UnicodeDecodeError:
        return "\ufffd", error.end


_LENIENT = "yajiuma.surrogates-or-replace"
codecs.register_error(_LENIENT, _lenient)
