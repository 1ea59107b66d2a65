"""Colours come out of a file as they went in."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from pipeline.media.codecs import Codec, CodecName
from pipeline.media.colors import Color, color_of
from pipeline.media.decode import planar_pictures, scaled_pictures
from pipeline.media.encode import VideoFormat, encoder
from pipeline.media.probe import probe
from tests import clips

COLOURS = [(200, 40, 60), (30, 160, 70), (60, 70, 220), (255, 255, 255), (0, 0, 0), (128, 99, 180)]
WEIGHTS = {"bt709": (0.2126, 0.0722), "bt470bg": (0.299, 0.114), "bt2020nc": (0.2627, 0.0593)}
"""Of red and blue in luma."""
TAGS = {"bt709": (1, 1), "bt470bg": (5, 6), "bt2020nc": (9, 16)}
"""Primaries and transfer that may go with a matrix."""


@pytest.mark.parametrize("matrix", WEIGHTS)
@pytest.mark.parametrize("full_range", [False, True])
def test_flat_colours_survive_the_way_to_yuv_and_back(
    tmp_path: Path, matrix: str, full_range: bool
) -> None:
    target = tmp_path / "out.mp4"
    color = Color(matrix, full_range)
    rate, codec = Fraction(25), Codec(crf=4)
    with encoder(
        target,
        VideoFormat(size=(64, 48), rate=rate, color=color, pixel_format="rgb24", codec=codec),
    ) as sink:
        for colour in COLOURS:
            sink.write(np.full((48, 64, 3), colour, np.uint8))
    video = probe(target)
    assert (video.color_matrix, video.full_range) == (matrix, full_range)
    decoded = [picture.pixels.copy() for picture in scaled_pictures(video, 32)]
    for colour, pixels in zip(COLOURS, decoded, strict=True):
        assert np.abs(pixels.astype(int) - colour).max() <= 6

    red, blue = WEIGHTS[matrix]
    low, span = (0, 255) if full_range else (16, 219)
    for (r, g, b), picture in zip(COLOURS, planar_pictures(video), strict=True):
        luma = red * r + (1 - red - blue) * g + blue * b
        assert abs(picture.planes[:48].mean() - (low + luma * span / 255)) <= 2


@pytest.mark.parametrize("codec", ["h264", "hevc", "av1"])
@pytest.mark.parametrize("matrix", TAGS)
@pytest.mark.parametrize("full_range", [False, True])
def test_ramps_and_tags_come_back(
    tmp_path: Path, codec: CodecName, matrix: str, full_range: bool
) -> None:
    target = tmp_path / "out.mp4"
    color = Color(matrix, full_range, *TAGS[matrix])
    low, high = (0, 255) if full_range else (16, 235)
    luma = np.tile(np.linspace(low, high, 256).astype(np.uint8), (64, 1))
    across = np.linspace(max(low, 1), 240 if low else 255, 128).astype(np.uint8)
    chroma = np.tile(across, (32, 1))
    planes = np.concatenate([a.ravel() for a in (luma, chroma, chroma[:, ::-1])]).reshape(96, 256)
    best = Codec(codec, "ultrafast", crf=1)
    with encoder(
        target, VideoFormat(size=(256, 64), rate=Fraction(25), color=color, codec=best)
    ) as sink:
        for _ in range(3):
            sink.write(planes)
    video = probe(target)
    assert color_of(video) == color
    for picture in planar_pictures(video):
        assert np.abs(picture.planes.astype(int) - planes).max() <= 1


@pytest.mark.parametrize(
    ("codec", "decoder", "ending"), [("prores", "prores", "mov"), ("vp9", "libvpx-vp9", "webm")]
)
def test_transparency_comes_back(
    tmp_path: Path, codec: CodecName, decoder: str, ending: str
) -> None:
    target, raw = tmp_path / f"out.{ending}", tmp_path / "out.rgba"
    opacity = np.tile(np.linspace(0, 255, 64).astype(np.uint8), (48, 1))
    colour = (30, 160, 200)
    green, blue, red = (np.full((48, 64), colour[k], np.uint8) for k in (1, 2, 0))
    with encoder(
        target,
        VideoFormat(
            size=(64, 48),
            rate=Fraction(25),
            pixel_format="gbrap",
            codec=Codec(codec, "ultrafast", crf=4),
            container="mov" if ending == "mov" else "webm",
        ),
    ) as sink:
        for _ in range(3):
            sink.write(np.stack([green, blue, red, opacity]))
    clips.ffmpeg("-c:v", decoder, "-i", target, "-f", "rawvideo", "-pix_fmt", "rgba", raw)
    pictures = np.frombuffer(raw.read_bytes(), np.uint8).reshape(-1, 48, 64, 4).astype(int)
    assert len(pictures) == 3
    assert np.abs(pictures[..., 3] - opacity).max() <= 3
    assert np.abs(pictures[..., 48:, :3] - colour).max() <= 6
