"""The content of a comment file: unpacked and, where it is text, as UTF-8."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from pathlib import Path

from pipeline.danmaku.comments import text_encoding
from pipeline.danmaku.comments.decoding import clean_text, decode
from pipeline.danmaku.comments.json_outline import Outline, outline
from pipeline.danmaku.comments.packing import is_deflate, is_whole, packing_of, unpacked

LONGEST_LINE = 1 << 20
"""Characters; what is longer is no line of a subtitle."""

_HEAD = 1 << 16  # bytes
_BEYOND_ASCII = bytes(range(0x80, 0x100))
_DECLARED = re.compile(rb"""<\?xml[^>]*\sencoding\s*=\s*["']([\w.-]+)["']""")
_LEAD = re.compile(rb"[\xc2-\xec\xee-\xf4]")
"""A byte that begins a character, and not one of two halves (CESU-8)."""
_PRIVATE = re.compile("[\ue000-\uf8ff]")
_REPLACEMENT = "\ufffd".encode()
_MOST_FAULTS = 0.1
"""Share of the characters beyond ASCII that may be none; with more, it is another encoding."""
_FEW_FAULTS = 8
"""So many may be none in any case: single bytes of another encoding stand in small files."""


@dataclass(frozen=True)
class Content:
    """What is in a file. Its packing and encoding are told by its bytes."""

    path: Path
    packing: str | None = None
    """``gzip``, ``zlib``, ``deflate`` or ``zip``."""
    encoding: str | None = None
    """Name of a codec; None for what is no text in any known encoding."""
    faults: int = 0
    """How many characters are none in this encoding."""

    @classmethod
    def of(cls, path: Path) -> Content:
        """Look into a file. Raises OSError, and PipelineError as ``unpacked`` does."""
        with path.open("rb") as file:
            packing = packing_of(file.read(_HEAD))
        return cls(path, packing)._with_encoding()

    def as_deflate(self) -> Content | None:
        """The same file taken for raw deflate, or None if it is none."""
        if self.packing is not None or not is_deflate(self.raw_head):
            return None
        return Content(self.path, "deflate")._with_encoding()

    def raw(self) -> Iterator[bytes]:
        """The unpacked bytes, piece by piece."""
        return unpacked(self.path, self.packing)

    @cached_property
    def raw_head(self) -> bytes:
        """The first 64 KiB of the unpacked bytes."""
        head = b""
        for piece in self.raw():
            head += piece
            if len(head) >= _HEAD:
                break
        return head[:_HEAD]

    def utf8(self) -> Iterator[bytes]:
        """The text as UTF-8 without byte order mark, piece by piece; faults of UTF-8 stay."""
        if self.encoding == "utf-8":
            pieces = self.raw()
            yield next(pieces, b"").removeprefix(codecs.BOM_UTF8)
            yield from pieces
        elif self.encoding is not None:
            decoder = codecs.getincrementaldecoder(self.encoding)("replace")
            for piece in chain(self.raw(), [b""]):
                text = decoder.decode(piece, final=not piece).removeprefix("\ufeff")
                # What a standard leaves to its users is no character to anybody else.
                yield _PRIVATE.sub("\ufffd", text).encode("utf-8", "replace")

    def text(self) -> Iterator[str]:
        """The text, piece by piece; CESU-8 is joined, what is no character is U+FFFD."""
        for piece in _between_characters(self.utf8()):
            yield clean_text(piece)

    def lines(self) -> Iterator[str]:
        """The lines of the text without their ends and NUL; nothing of one beyond LONGEST_LINE."""
        rest = ""
        for piece in self.text():
            whole = rest + piece.replace("\0", "")
            held = whole.endswith("\r")  # its line feed may come with the next piece
            whole = whole[: len(whole) - held].replace("\r\n", "\n").replace("\r", "\n")
            *lines, rest = whole.split("\n")
            yield from lines
            rest = ("" if len(rest) > LONGEST_LINE else rest) + "\r" * held
        if rest.rstrip("\r"):
            yield rest.rstrip("\r")

    @cached_property
    def is_whole(self) -> bool:
        """Whether a packed file is neither cut short nor damaged."""
        return is_whole(self.path, self.packing)

    @cached_property
    def head(self) -> bytes:
        """The first 64 KiB of the text as UTF-8 without byte order mark; b"" for no text."""
        head = b""
        for piece in self.utf8():
            head += piece
            if len(head) >= _HEAD:
                break
        return head[:_HEAD]

    @cached_property
    def outline(self) -> Outline:
        """Which keys lie where in the beginning, if it is JSON."""
        return outline(self.head)

    def _with_encoding(self) -> Content:
        told = text_encoding.marked(self.raw_head) or text_encoding.without_mark(self.raw_head)
        if told not in (None, "utf-8"):
            return self._in(told)
        in_utf8 = self._in("utf-8")
        if in_utf8._reads_well():
            return in_utf8
        found = _DECLARED.search(self.raw_head[:200])
        likeliest = text_encoding.likeliest(
            (line for piece in self.raw() for line in piece.split(b"\n")),
            text_encoding.declared(found[1].decode()) if found else None,
        )
        for content in (self._in(likeliest) if likeliest else self, in_utf8):
            if content.encoding and (content._reads_well() or content.faults <= _FEW_FAULTS):
                return content
        return self

    def _in(self, encoding: str | None) -> Content:
        content = replace(self, encoding=encoding)
        faults = 0
        for piece in _between_characters(content.utf8()):
            if encoding != "utf-8":
                faults += piece.count(_REPLACEMENT)
            elif not _is_utf8(piece):
                faults += decode(piece).count("\ufffd") - piece.count(_REPLACEMENT)
        return replace(content, faults=faults)

    def _reads_well(self) -> bool:
        if not self.faults:
            return True
        foreign = sum(
            len(decode(piece)) - len(piece.translate(None, _BEYOND_ASCII))
            for piece in _between_characters(self.utf8())
        )
        return self.faults <= _MOST_FAULTS * foreign


def _is_utf8(piece: bytes) -> bool:
    try:
        piece.decode()
    except UnicodeDecodeError:
        return False
    return True


def _between_characters(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same UTF-8, cut only where no character goes on."""
    rest = b""
    for piece in pieces:
        content = rest + piece
        end = len(content.rstrip(_BEYOND_ASCII))  # the characters behind it may be incomplete
        if len(content) - end > _HEAD:
            leads = _LEAD.finditer(content, len(content) - 16)
            end = max((lead.start() for lead in leads), default=len(content))
        rest = content[end:]
        yield content[:end]
    yield rest
