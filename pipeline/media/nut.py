"""Raw pictures as NUT, which holds each one's exact time, none of them copied on the way.

PyAV writes what comes before the first picture. Its own muxing of pictures would copy each of them
once more, which costs as much as writing it. The format is specified by libnut's ``nut.txt``.
"""

from __future__ import annotations

import io
import os
from fractions import Fraction
from typing import Any

import av

_OPTIONS = {"syncpoints": "none", "strict": "experimental", "write_index": "0"}
"""For a pipe: what helps to seek would have to stand between the pictures."""
_SYNCPOINT = bytes.fromhex("4e4be4adeeca4569 06 00 00 00000000")
"""Behind the headers: times begin at 0, and nothing is before."""
_ALL_IS_TOLD = 1
"""libavformat's frame code under which no field of a frame's header is left out."""
_FLAGS = 0b110_1001
"""A key frame, whose time, size and checksum follow."""
_NOT_SHORT = 1 << 14
"""Added to times that are told in full, where libavformat's unit is below a millisecond."""
_POLYNOMIAL = 0x1_04C1_1DB7


class NutWriter:
    """Writes pictures to a pipe."""

    def __init__(
        self, pipe: int, size: tuple[int, int], rate: Fraction, unit: Fraction, pixel_format: str
    ) -> None:
        """``pipe`` is a file descriptor, ``rate`` a mean, ``unit`` the seconds in one of a time."""
        self._pipe = pipe
        headers, finer = _headers(size, rate, unit, pixel_format)
        self._pending = headers + _SYNCPOINT
        self._units = int(unit / finer)

    def write(self, picture: Any, pts: int) -> None:
        """Append a C-contiguous picture, shown at ``pts`` units; it is free again afterwards.

        Raises BrokenPipeError where nobody reads any more.
        """
        pixels = memoryview(picture).cast("B")
        told = (_FLAGS, pts * self._units + _NOT_SHORT, len(pixels))
        header = bytes([_ALL_IS_TOLD]) + b"".join(map(variable_length, told))
        self._put(self._pending + header + checksum(header))
        self._put(pixels)
        self._pending = b""

    def _put(self, content: bytes | memoryview) -> None:
        while content:
            content = content[os.write(self._pipe, content) :]


def _headers(
    size: tuple[int, int], rate: Fraction, unit: Fraction, pixel_format: str
) -> tuple[bytes, Fraction]:
    """The headers, and the unit of times that libavformat chose: a whole part of ``unit``."""
    file = io.BytesIO()
    with av.open(file, "w", format="nut", options=_OPTIONS) as container:
        stream = container.add_stream("rawvideo", rate=rate)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height = size
        stream.pix_fmt = pixel_format
        stream.codec_context.time_base = unit
        container.start_encoding()
        assert stream.time_base is not None
        return file.getvalue(), stream.time_base


def variable_length(number: int) -> bytes:
    """Seven bits a byte, the highest first; all but the last have the eighth bit set."""
    groups = [number & 127]
    while number := number >> 7:
        groups.append(number & 127 | 128)
    return bytes(reversed(groups))


def checksum(header: bytes) -> bytes:
    """CRC-32 of the highest bit first, from 0, as NUT has it."""
    remainder = 0
    for byte in header:
        remainder ^= byte << 24
        for _ in range(8):
            remainder = remainder << 1 ^ (_POLYNOMIAL if remainder >> 31 else 0)
    return remainder.to_bytes(4, "big")
