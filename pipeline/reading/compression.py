"""Compressed files: gzip, zlib, raw deflate, and zip archives of one file."""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib
from collections.abc import Generator, Iterator
from pathlib import Path, PurePosixPath

from pipeline.runtime.errors import ExitCode, PipelineError

MAX_BYTES = 2 << 30
"""Bytes that a file may decompress to: ten times a million comments in XML."""

CHUNK_BYTES = 1 << 18
"""Bytes read at once, and at most decompressed at once."""

_GZIP, _ZLIB, _DEFLATE = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS, -zlib.MAX_WBITS
_WINDOWS = {"gzip": _GZIP, "zlib": _ZLIB, "deflate": _DEFLATE}
_DAMAGE = (
    *(zlib.error, lzma.LZMAError, zipfile.BadZipFile, EOFError, ValueError, struct.error),
    *(RuntimeError, NotImplementedError),  # encrypted, or an unknown method
)
_LOCAL_HEADER = struct.Struct("<4s2xHH16xHH")
"""Of an entry in a zip: signature, flags, method, lengths of its name and extra field."""


def detect_compression(head: bytes) -> str | None:
    """``gzip``, ``zlib`` or ``zip`` by the first bytes of a file; None for any other."""
    if head.startswith(b"\x1f\x8b\x08"):
        return "gzip"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    # RFC 1950: method 8, a window of at most 32 KiB, and a check of both bytes.
    zlib_header = len(head) > 2 and head[0] & 0x8F == 0x08 and (head[0] << 8 | head[1]) % 31 == 0
    return "zlib" if zlib_header and _decompresses(head, _ZLIB) else None


def is_deflate(head: bytes) -> bool:
    """Whether all these bytes decompress as raw deflate, which has no signature."""
    try:
        return bool(zlib.decompressobj(_DEFLATE).decompress(head, 1 << 24))
    except zlib.error:
        return False


def decompressed(
    path: Path,
    compression: str | None,
    *,
    chunk: int = CHUNK_BYTES,
    max_bytes: int = MAX_BYTES,
) -> Generator[bytes, None, bool]:
    """Yield the content of a file piece by piece; return False if it is cut short or damaged.

    Pieces are of at most ``chunk`` bytes. Raises PipelineError UNKNOWN_FORMAT for more than
    ``max_bytes``, and for an archive that does not hold exactly one file.
    """
    with path.open("rb") as file:
        chunks = iter(lambda: file.read(chunk), b"")
        if compression is None:
            yield from chunks
            return True
        is_zip = compression == "zip"
        pieces = _from_archive(path) if is_zip else _inflated(chunks, _WINDOWS[compression])
        total = 0
        try:
            while True:
                piece = next(pieces)
                total += len(piece)
                if total > max_bytes:
                    raise _unusable(path, f"decompresses to more than {max_bytes >> 20} MiB")
                yield piece
        except StopIteration as end:
            return bool(end.value)
        except _DAMAGE as error:
            if not total:
                raise _unusable(path, f"cannot be decompressed ({error})") from None
            return False


def is_intact(path: Path, compression: str | None) -> bool:
    """Whether a compressed file is neither cut short nor damaged."""
    if compression is None:
        return True
    pieces = decompressed(path, compression)
    try:
        while True:
            next(pieces)
    except StopIteration as end:
        return bool(end.value)


def _inflated(chunks: Iterator[bytes], window: int) -> Generator[bytes, None, bool]:
    """Decompress all members of a gzip file, or the only stream of another one."""
    stream = zlib.decompressobj(window)
    pending = b""
    for chunk in chunks:
        pending += chunk
        while pending:
            before = stream.copy()
            try:
                piece = stream.decompress(pending, CHUNK_BYTES)
            except zlib.error:
                yield from _up_to_the_fault(before, pending)
                return False
            yield piece
            pending = stream.unconsumed_tail
            if stream.eof:
                pending = stream.unused_data.lstrip(b"\0")  # tapes are padded with zeros
                has_member = pending.startswith(b"\x1f\x8b"[: len(pending)])
                if window != _GZIP or (pending and not has_member):
                    return True
                stream = zlib.decompressobj(window) if pending else stream
    return stream.eof


def _up_to_the_fault(stream: zlib._Decompress, damaged: bytes) -> Iterator[bytes]:
    """Decompress byte by byte, which yields everything before the damage."""
    for place in range(len(damaged)):
        try:
            yield stream.decompress(damaged[place : place + 1])
        except zlib.error:
            return


def _from_archive(path: Path) -> Generator[bytes, None, bool]:
    try:
        archive = zipfile.ZipFile(path)
    except zipfile.BadZipFile:
        return (yield from _from_truncated_archive(path))
    with archive:
        entries = [entry for entry in archive.infolist() if not _is_clutter(entry)]
        if len(entries) != 1:
            names = ", ".join(entry.filename for entry in entries[:5]) or "none"
            raise _unusable(path, f"is an archive of {len(entries)} files ({names})")
        with archive.open(entries[0]) as file:
            yield from iter(lambda: file.read(CHUNK_BYTES), b"")
    return True


def _from_truncated_archive(path: Path) -> Generator[bytes, None, bool]:
    """The first entry of an archive without its directory, which stands at the end."""
    with path.open("rb") as file:
        header = file.read(_LOCAL_HEADER.size)
        signature, _, method, name, extra = _LOCAL_HEADER.unpack(header)
        if signature != b"PK\x03\x04" or method != zipfile.ZIP_DEFLATED:
            raise zipfile.BadZipFile("its directory is missing")
        file.seek(name + extra, 1)
        yield from _inflated(iter(lambda: file.read(CHUNK_BYTES), b""), _DEFLATE)
    return False


def _is_clutter(entry: zipfile.ZipInfo) -> bool:
    """Whether an entry is a folder, or one of the files that macOS adds."""
    path = PurePosixPath(entry.filename)
    return entry.is_dir() or "__MACOSX" in path.parts or path.name == ".DS_Store"


def _decompresses(head: bytes, window: int) -> bool:
    try:
        return bool(zlib.decompressobj(window).decompress(head, 64))
    except zlib.error:
        return False


def _unusable(path: Path, why: str) -> PipelineError:
    return PipelineError(
        ExitCode.UNKNOWN_FORMAT,
        f"{path} {why}",
        "Decompress it yourself, and give the file in it",
    )
