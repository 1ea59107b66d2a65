"""Files that are packed: gzip, zlib, raw deflate, and zip archives of one file."""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib
from collections.abc import Generator, Iterator
from pathlib import Path, PurePosixPath

from pipeline.runtime.errors import ExitCode, PipelineError

LARGEST = 2 << 30
"""Bytes that a packed file may unfold to: ten times what a million comments take in XML."""

_CHUNK = 1 << 18  # bytes read at once, and at most so many of output
_GZIP, _ZLIB, _DEFLATE = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS, -zlib.MAX_WBITS
_WINDOWS = {"gzip": _GZIP, "zlib": _ZLIB, "deflate": _DEFLATE}
_DAMAGE = (
    *(zlib.error, lzma.LZMAError, zipfile.BadZipFile, EOFError, ValueError, struct.error),
    *(RuntimeError, NotImplementedError),  # a password, an unknown method
)
_LOCAL_HEADER = struct.Struct("<4s2xHH16xHH")
"""Of a zip's entry: mark, flags, method, lengths of the name and of what is added."""


def packing_of(head: bytes) -> str | None:
    """``gzip``, ``zlib`` or ``zip``, from the first bytes of a file; None for none of these."""
    if head.startswith(b"\x1f\x8b\x08"):
        return "gzip"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    # RFC 1950: method 8, a window of at most 32 KiB, and a check of both bytes.
    zlib_header = len(head) > 2 and head[0] & 0x8F == 0x08 and (head[0] << 8 | head[1]) % 31 == 0
    return "zlib" if zlib_header and _unfolds(head, _ZLIB) else None


def is_deflate(head: bytes) -> bool:
    """Whether all these bytes unfold as raw deflate, which has no mark of its own."""
    try:
        return bool(zlib.decompressobj(_DEFLATE).decompress(head, 1 << 24))
    except zlib.error:
        return False


def unpacked(path: Path, packing: str | None) -> Generator[bytes, None, bool]:
    """The content of a file piece by piece; False in the end if it is cut short or damaged.

    Raises PipelineError NOT_COMMENTS for more than LARGEST bytes, and for an archive that does
    not hold one file.
    """
    with path.open("rb") as file:
        chunks = iter(lambda: file.read(_CHUNK), b"")
        if packing is None:
            yield from chunks
            return True
        pieces = _from_archive(path) if packing == "zip" else _inflated(chunks, _WINDOWS[packing])
        total = 0
        try:
            while True:
                piece = next(pieces)
                total += len(piece)
                if total > LARGEST:
                    raise _unusable(path, f"unfolds to more than {LARGEST >> 30} GiB")
                yield piece
        except StopIteration as end:
            return bool(end.value)
        except _DAMAGE as error:
            if not total:
                raise _unusable(path, f"cannot be unpacked ({error})") from None
            return False


def is_whole(path: Path, packing: str | None) -> bool:
    """Whether a packed file is neither cut short nor damaged."""
    if packing is None:
        return True
    pieces = unpacked(path, packing)
    try:
        while True:
            next(pieces)
    except StopIteration as end:
        return bool(end.value)


def _inflated(chunks: Iterator[bytes], window: int) -> Generator[bytes, None, bool]:
    """All members of a gzip file, or the one stream of the others."""
    stream = zlib.decompressobj(window)
    held = b""
    for chunk in chunks:
        held += chunk
        while held:
            before = stream.copy()
            try:
                piece = stream.decompress(held, _CHUNK)
            except zlib.error:
                yield from _up_to_the_fault(before, held)
                return False
            yield piece
            held = stream.unconsumed_tail
            if stream.eof:
                held = stream.unused_data.lstrip(b"\0")  # tapes pad with these
                if window != _GZIP or (held and not held.startswith(b"\x1f\x8b"[: len(held)])):
                    return True
                stream = zlib.decompressobj(window) if held else stream
    return stream.eof


def _up_to_the_fault(stream: zlib._Decompress, damaged: bytes) -> Iterator[bytes]:
    for place in range(len(damaged)):
        try:
            yield stream.decompress(damaged[place : place + 1])
        except zlib.error:
            return


def _from_archive(path: Path) -> Generator[bytes, None, bool]:
    try:
        archive = zipfile.ZipFile(path)
    except zipfile.BadZipFile:
        return (yield from _from_torn_archive(path))
    with archive:
        entries = [entry for entry in archive.infolist() if not _is_clutter(entry)]
        if len(entries) != 1:
            names = ", ".join(entry.filename for entry in entries[:5]) or "none"
            raise _unusable(path, f"is an archive of {len(entries)} files ({names})")
        with archive.open(entries[0]) as file:
            yield from iter(lambda: file.read(_CHUNK), b"")
    return True


def _from_torn_archive(path: Path) -> Generator[bytes, None, bool]:
    """The first entry of an archive whose table of contents, which stands last, is missing."""
    with path.open("rb") as file:
        header = file.read(_LOCAL_HEADER.size)
        mark, _, method, name, added = _LOCAL_HEADER.unpack(header)
        if mark != b"PK\x03\x04" or method != zipfile.ZIP_DEFLATED:
            raise zipfile.BadZipFile("its table of contents is missing")
        file.seek(name + added, 1)
        yield from _inflated(iter(lambda: file.read(_CHUNK), b""), _DEFLATE)
    return False


def _is_clutter(entry: zipfile.ZipInfo) -> bool:
    """Whether it is a folder, or what macOS puts beside files."""
    path = PurePosixPath(entry.filename)
    return entry.is_dir() or "__MACOSX" in path.parts or path.name == ".DS_Store"


def _unfolds(head: bytes, window: int) -> bool:
    try:
        return bool(zlib.decompressobj(window).decompress(head, 64))
    except zlib.error:
        return False


def _unusable(path: Path, why: str) -> PipelineError:
    return PipelineError(
        ExitCode.NOT_COMMENTS,
        f"{path} {why}",
        "Unpack it yourself, and give the comment file that was in it",
    )
