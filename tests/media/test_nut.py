"""NUT written by hand, as libavformat reads and writes it."""

import io
import os
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.media.nut import NutWriter, checksum, variable_length

SIZE = (64, 48)
PICTURE = np.arange(64 * 72, dtype=np.uint32).astype(np.uint8).reshape(72, 64)


def write(path: Path, unit: Fraction, times: list[int], pixel_format: str = "yuv420p") -> None:
    bytes_each = {"yuv420p": 64 * 72, "rgb24": 64 * 48 * 3, "gbrap": 64 * 48 * 4}[pixel_format]
    pixels = np.resize(PICTURE, bytes_each)
    with path.open("wb", buffering=0) as file:
        writer = NutWriter(file.fileno(), SIZE, Fraction(25), unit, pixel_format)
        for time in times:
            writer.write(pixels, time)


@settings(deadline=None, max_examples=40)
@given(
    st.sampled_from(
        [Fraction(1, 25), Fraction(1001, 30000), Fraction(1, 90000), Fraction(1, 1000)]
    ),
    st.lists(st.integers(0, 10**7), min_size=1, max_size=6, unique=True).map(sorted),
)
def test_every_time_comes_back(
    tmp_path_factory: pytest.TempPathFactory, unit: Fraction, times: list[int]
) -> None:
    path = tmp_path_factory.mktemp("nut") / "x.nut"
    write(path, unit, times)
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert (stream.width, stream.height) == SIZE
        packets = [packet for packet in container.demux(stream) if packet.size]
        assert [packet.pts * stream.time_base for packet in packets] == [t * unit for t in times]  # type: ignore[operator]
        assert all(packet.is_keyframe for packet in packets)
        assert all(bytes(packet) == PICTURE.tobytes() for packet in packets)


@pytest.mark.parametrize("pixel_format", ["yuv420p", "rgb24", "gbrap"])
def test_every_pixel_format_is_named(tmp_path: Path, pixel_format: str) -> None:
    path = tmp_path / "x.nut"
    write(path, Fraction(1, 90000), [0, 3600], pixel_format)
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
    assert [frame.format.name for frame in frames] == [pixel_format] * 2


def test_a_picture_s_header_is_libavformat_s() -> None:
    """One whose time it has to tell in full, and so with a checksum."""
    file = io.BytesIO()
    options = {"syncpoints": "none", "strict": "experimental", "write_index": "0"}
    with av.open(file, "w", format="nut", options=options) as container:
        stream = container.add_stream("rawvideo", rate=25)
        assert isinstance(stream, av.VideoStream)
        (stream.width, stream.height), stream.pix_fmt = SIZE, "yuv420p"
        stream.codec_context.time_base = Fraction(1, 90000)
        for time in (0, 900_000):
            packet = av.Packet(PICTURE.tobytes())
            packet.stream, packet.time_base = stream, Fraction(1, 90000)
            packet.pts = packet.dts = time
            packet.is_keyframe = True
            container.mux_one(packet)
    header = bytes([1]) + b"".join(map(variable_length, (0b110_1001, 900_000 + (1 << 14), 4608)))
    assert header + checksum(header) + PICTURE.tobytes() in file.getvalue()


def test_a_reader_that_goes_away_is_a_broken_pipe() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb", buffering=0), pytest.raises(BrokenPipeError):
        NutWriter(writing, SIZE, Fraction(25), Fraction(1, 25), "yuv420p").write(PICTURE, 0)
