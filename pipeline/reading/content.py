"""The content of a file: decompressed and, where it is text, as UTF-8."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from pathlib import Path

from pipeline.reading import text_encoding
from pipeline.reading.compression import (
    CHUNK_BYTES,
    decompressed,
    detect_compression,
    is_deflate,
    is_intact,
)
from pipeline.reading.decoding import clean_text, decode
from pipeline.reading.json_outline import Outline, outline

MAX_LINE_CHARACTERS = 1 << 20
"""Anything longer is not a line of a subtitle file."""

_HEAD_BYTES = 1 << 16
_BEYOND_ASCII = bytes(range(0x80, 0x100))
_DECLARED = re.compile(rb"""<\?xml[^>]*\sencoding\s*=\s*["']([\w.-]+)["']""")
_LEAD = re.compile(rb"[\xc2-\xec\xee-\xf4]")
"""The first byte of a character in UTF-8, except that of a surrogate (CESU-8)."""
_LINE_END = re.compile("\r\n?|\n")
_PRIVATE = re.compile("[\ue000-\uf8ff]")
_REPLACEMENT = "\ufffd".encode()
_MAX_FAULT_SHARE = 0.1
"""Share of the characters beyond ASCII that may be invalid; with more, the encoding is wrong."""
_ALWAYS_ALLOWED_FAULTS = 8
"""Invalid characters that are always allowed: small files may hold stray bytes."""


@dataclass(frozen=True)
class Content:
    """The content of a file, with compression and encoding as detected from its bytes."""

    path: Path
    compression: str | None = None
    """``gzip``, ``zlib``, ``deflate`` or ``zip``."""
    encoding: str | None = None
    """Name of a codec; None if the file is not text in any known encoding."""
    faults: int = 0
    """Number of characters that are invalid in this encoding."""
    chunk: int = CHUNK_BYTES
    """Bytes read and decompressed at once."""

    @classmethod
    def open(cls, path: Path, chunk: int = CHUNK_BYTES) -> Content:
        """Detect compression and encoding.

        Raises OSError, and PipelineError as ``decompressed`` does.
        """
        with path.open("rb") as file:
            compression = detect_compression(file.read(_HEAD_BYTES))
        return cls(path, compression, chunk=chunk)._with_encoding()

    def as_deflate(self) -> Content | None:
        """The same file read as raw deflate; None if it is something else."""
        if self.compression is not None or not is_deflate(self.raw_head):
            return None
        return Content(self.path, "deflate", chunk=self.chunk)._with_encoding()

    def raw(self) -> Iterator[bytes]:
        """The decompressed bytes, piece by piece."""
        return decompressed(self.path, self.compression, chunk=self.chunk)

    @cached_property
    def raw_head(self) -> bytes:
        """The first 64 KiB of the decompressed bytes."""
        return _head(self.raw())

    def utf8(self) -> Iterator[bytes]:
        """The text as UTF-8 without a byte order mark, piece by piece; invalid UTF-8 stays."""
        if self.encoding == "utf-8":
            pieces = self.raw()
            yield next(pieces, b"").removeprefix(codecs.BOM_UTF8)
            yield from pieces
        elif self.encoding is not None:
            decoder = codecs.getincrementaldecoder(self.encoding)("replace")
            for piece in chain(self.raw(), [b""]):
                text = decoder.decode(piece, final=not piece).removeprefix("\ufeff")
                # Codes that a standard leaves to its users mean nothing to anybody else.
                yield _PRIVATE.sub("\ufffd", text).encode("utf-8", "replace")

    def text(self) -> Iterator[str]:
        """The text, piece by piece; CESU-8 is joined, and invalid bytes become U+FFFD."""
        for piece in _between_characters(self.utf8()):
            yield clean_text(piece)

    def lines(self) -> Iterator[str]:
        """The lines of the text without line ends and NUL; those beyond the maximum are empty."""
        rest = ""
        for piece in self.text():
            whole = rest + piece.replace("\0", "")
            # The line feed of a CR LF may come with the next piece.
            ends_in_cr = whole.endswith("\r")
            whole = whole[: len(whole) - ends_in_cr].replace("\r\n", "\n").replace("\r", "\n")
            *lines, rest = whole.split("\n")
            yield from lines
            rest = ("" if len(rest) > MAX_LINE_CHARACTERS else rest) + "\r" * ends_in_cr
        if rest.rstrip("\r"):
            yield rest.rstrip("\r")

    @cached_property
    def is_intact(self) -> bool:
        """Whether a compressed file is neither cut short nor damaged."""
        return is_intact(self.path, self.compression)

    @cached_property
    def head(self) -> bytes:
        """The first 64 KiB of the text as UTF-8; empty if the file is not text."""
        return _head(self.utf8())

    def first_lines(self, count: int) -> list[str]:
        """The first lines of the head, at most ``count``, without those that are empty."""
        lines = _LINE_END.split(self.head.decode("utf-8", "replace"))
        return list(filter(str.strip, lines))[:count]

    @cached_property
    def outline(self) -> Outline:
        """The keys at each place of the head; empty if it is not JSON."""
        return outline(self.head)

    def _with_encoding(self) -> Content:
        """The same content in the encoding that fits it best."""
        head = self.raw_head
        certain = text_encoding.from_mark(head) or text_encoding.from_zeros(head)
        if certain not in (None, "utf-8"):
            return self._in(certain)
        # UTF-8 is hardly ever valid by accident, so a declaration cannot overrule it.
        in_utf8 = self._in("utf-8")
        if in_utf8._is_readable():
            return in_utf8
        declaration = _DECLARED.search(head[:200])
        plausible = text_encoding.most_plausible(
            (line for piece in self.raw() for line in piece.split(b"\n")),
            text_encoding.codec_of(declaration[1].decode()) if declaration else None,
        )
        for content in (self._in(plausible) if plausible else self, in_utf8):
            few_faults = content.faults <= _ALWAYS_ALLOWED_FAULTS
            if content.encoding and (content._is_readable() or few_faults):
                return content
        return self

    def _in(self, encoding: str | None) -> Content:
        """The same content in ``encoding``, with its faults counted."""
        content = replace(self, encoding=encoding)
        faults = 0
        for piece in _between_characters(content.utf8()):
            if encoding != "utf-8":
                faults += piece.count(_REPLACEMENT)
            elif not _is_utf8(piece):
                # Replacement characters that the file itself holds are not faults.
                faults += decode(piece).count("\ufffd") - piece.count(_REPLACEMENT)
        return replace(content, faults=faults)

    def _is_readable(self) -> bool:
        """Whether few of the characters beyond ASCII are invalid."""
        if not self.faults:
            return True
        beyond_ascii = sum(
            len(decode(piece)) - len(piece.translate(None, _BEYOND_ASCII))
            for piece in _between_characters(self.utf8())
        )
        return self.faults <= _MAX_FAULT_SHARE * beyond_ascii


def _head(pieces: Iterator[bytes]) -> bytes:
    head = b""
    for piece in pieces:
        head += piece
        if len(head) >= _HEAD_BYTES:
            break
    return head[:_HEAD_BYTES]


def _is_utf8(piece: bytes) -> bool:
    try:
        piece.decode()
    except UnicodeDecodeError:
        return False
    return True


def _between_characters(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same UTF-8, but no piece ends within a character."""
    rest = b""
    for piece in pieces:
        content = rest + piece
        # Trailing bytes beyond ASCII may be an incomplete character, so they wait.
        end = len(content.rstrip(_BEYOND_ASCII))
        if len(content) - end > _HEAD_BYTES:
            # So many in a row must not pile up: cut before the last character that begins here.
            leads = _LEAD.finditer(content, len(content) - 16)
            end = max((lead.start() for lead in leads), default=len(content))
        rest = content[end:]
        yield content[:end]
    yield rest
