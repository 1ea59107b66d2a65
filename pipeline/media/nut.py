"""Raw pictures as NUT, which holds the exact time of each, written without copying them.

PyAV writes the headers before the first picture. Its muxing would copy each picture once more,
which takes as long as writing it. The format is specified by libnut's ``nut.txt``.
"""

from __future__ import annotations

import io
import os
from fractions import Fraction
from typing import Any

import av

_OPTIONS = {"syncpoints": "none", "strict": "experimental", "write_index": "0"}
"""For a pipe, which nobody seeks in: syncpoints would stand between the pictures."""
_SYNCPOINT = bytes.fromhex("4e4be4adeeca4569 06 00 00 00000000")
"""It follows the headers: times begin at 0, and there is no earlier syncpoint."""
_FULL_HEADER = 1
"""libavformat's frame code for a frame header without omitted fields."""
_FLAGS = 0b110_1001
"""A key frame; its time, size and checksum follow."""
_ABSOLUTE_TIME = 1 << 14
"""Added to absolute times: libavformat's offset for units below a millisecond."""
_POLYNOMIAL = 0x1_04C1_1DB7


class NutWriter:
    """Writes pictures to a pipe."""

    def __init__(
        self, pipe: int, size: tuple[int, int], rate: Fraction, unit: Fraction, pixel_format: str
    ) -> None:
        """``pipe`` is a file descriptor, ``rate`` the mean pictures a second.

        ``unit`` is the seconds in one unit of the times given to ``write``.
        """
        self._pipe = pipe
        headers, finer = _headers(size, rate, unit, pixel_format)
        self._pending = headers + _SYNCPOINT
        self._units = int(unit / finer)  # of libavformat's in one of ours

    def write(self, picture: Any, pts: int) -> None:
        """Append a C-contiguous picture shown at ``pts`` units; it can be reused afterwards.

        Raises BrokenPipeError if nobody reads from the pipe any more.
        """
        pixels = memoryview(picture).cast("B")
        fields = (_FLAGS, pts * self._units + _ABSOLUTE_TIME, len(pixels))
        header = bytes([_FULL_HEADER]) + b"".join(map(variable_length, fields))
        self._put(self._pending + header + checksum(header))
        self._put(pixels)
        self._pending = b""

    def _put(self, content: bytes | memoryview) -> None:
        while content:
            content = content[os.write(self._pipe, content) :]


def _headers(
    size: tuple[int, int], rate: Fraction, unit: Fraction, pixel_format: str
) -> tuple[bytes, Fraction]:
    """The headers, and the unit of time that libavformat chose: ``unit`` is a multiple of it."""
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
    """NUT's integers: seven bits a byte, the highest first; all but the last have bit 7 set."""
    groups = [number & 127]
    while number := number >> 7:
        groups.append(number & 127 | 128)
    return bytes(reversed(groups))


def checksum(header: bytes) -> bytes:
    """NUT's CRC-32: the highest bit first, beginning with 0."""
    remainder = 0
    for byte in header:
        remainder ^= byte << 24
        for _ in range(8):
            remainder = remainder << 1 ^ (_POLYNOMIAL if remainder >> 31 else 0)
    return remainder.to_bytes(4, "big")
