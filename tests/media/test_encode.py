import subprocess
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from pipeline.errors import ExitCode, PipelineError
from pipeline.media.decode import even_size, planar_pictures, scaled_pictures
from pipeline.media.encode import PLAYABLE_IN_MP4, encoder
from pipeline.media.probe import VideoInfo, probe
from tests import clips

FLAT = np.full((72, 64), 128, np.uint8)
"""A grey 64 × 48 picture in YUV 4:2:0."""


def re_encoded(path: Path, target: Path) -> VideoInfo:
    """Pass a clip through as the render stage does."""
    video = probe(path)
    with encoder(
        target,
        size=even_size(video),
        rate=video.rate,
        sample_aspect=video.sample_aspect,
        color_matrix=video.color_matrix,
        full_range=video.full_range,
        sound=path,
        copy_sound=set(video.sound_codecs) <= PLAYABLE_IN_MP4,
    ) as sink:
        for picture in planar_pictures(video):
            sink.write(picture)
    return probe(target)


def sound_packets(path: Path) -> list[bytes]:
    with av.open(str(path)) as container:
        return [bytes(p) for p in container.demux(container.streams.audio[0]) if p.size]


def atoms(path: Path) -> Iterator[str]:
    content = path.read_bytes()
    place = 0
    while place < len(content):
        yield content[place + 4 : place + 8].decode("latin-1")
        place += int.from_bytes(content[place : place + 4], "big")


def test_an_mp4_has_its_index_first_and_plays_everywhere(tmp_path: Path) -> None:
    target = tmp_path / "out.mp4"
    re_encoded(clips.constant(tmp_path / "clip.mkv"), target)
    order = list(atoms(target))
    assert order.index("moov") < order.index("mdat")
    with av.open(str(target)) as container:
        (stream,) = container.streams
        assert stream.codec_context.name == "h264"
        assert isinstance(stream, av.VideoStream)
        assert stream.codec_context.pix_fmt == "yuv420p"


@pytest.mark.parametrize(
    ("size", "aspect", "encoded"),
    [
        ("64x48", "1", (64, 48)),
        ("65x49", "1", (66, 50)),
        ("48x48", "64/45", (48, 48)),
        ("72x48", "8/9", (72, 48)),
    ],
)
def test_size_and_pixel_shape_survive(
    tmp_path: Path, size: str, aspect: str, encoded: tuple[int, int]
) -> None:
    path = tmp_path / "clip.mkv"
    shape = f"scale={size.replace('x', ':')},setsar={aspect}"
    clips.ffmpeg(*clips.pictures(), "-vf", shape, "-c:v", "ffv1", path)
    video = re_encoded(path, tmp_path / "out.mp4")
    assert (video.width, video.height) == encoded
    assert video.sample_aspect == Fraction(aspect)


def test_a_turned_clip_is_written_upright(tmp_path: Path) -> None:
    plain, turned = clips.constant(tmp_path / "plain.mp4"), tmp_path / "turned.mp4"
    clips.ffmpeg("-display_rotation", "90", "-i", plain, "-c", "copy", turned)
    video = re_encoded(turned, tmp_path / "out.mp4")
    assert (video.width, video.height) == (48, 64)


@pytest.mark.parametrize("rate", ["25", "30000/1001"])
def test_count_and_rate_of_pictures_survive(tmp_path: Path, rate: str) -> None:
    source, target = clips.constant(tmp_path / "clip.mp4", rate=rate), tmp_path / "out.mp4"
    video = re_encoded(source, target)
    assert video.rate == Fraction(rate)
    assert clips.true_times(target) == clips.true_times(source)


@pytest.mark.parametrize(("picture_seconds", "sound_seconds"), [(0.6, 1.4), (1.4, 0.6)])
def test_neither_pictures_nor_sound_are_cut_to_the_other(
    tmp_path: Path, picture_seconds: float, sound_seconds: float
) -> None:
    path, target = tmp_path / "clip.mp4", tmp_path / "out.mp4"
    streams = (*clips.pictures(seconds=picture_seconds), *clips.sound(sound_seconds))
    clips.ffmpeg(*streams, *clips.H264, "-c:a", "aac", path)
    video = re_encoded(path, target)
    assert abs(video.duration - probe(path).duration) <= 1 / video.rate
    assert clips.packet_count(target) == round(25 * picture_seconds)
    assert sound_packets(target) == sound_packets(path)


def test_sound_that_starts_late_stays_late(tmp_path: Path) -> None:
    path, target = tmp_path / "clip.mp4", tmp_path / "out.mp4"
    late = ("-itsoffset", "0.5", *clips.sound(0.5))
    clips.ffmpeg(*clips.pictures(), *late, *clips.H264, "-c:a", "aac", path)
    re_encoded(path, target)
    assert abs(_sound_begins(target) - _sound_begins(path)) < 0.03
    assert _sound_begins(target) > 0.4


def test_pictures_that_start_late_stay_with_their_sound(tmp_path: Path) -> None:
    path, target = tmp_path / "clip.mp4", tmp_path / "out.mp4"
    late = ("-itsoffset", "0.48", *clips.pictures(seconds=0.6))
    clips.ffmpeg(*late, *clips.sound(1.2), *clips.H264, "-c:a", "aac", path)
    re_encoded(path, target)
    # The first picture fills the wait, so that both begin together.
    assert abs(_sound_begins(target)) < 0.03
    assert abs(clips.packet_count(target) - 27) <= 1


def _sound_begins(path: Path) -> float:
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        assert stream.start_time is not None
        assert stream.time_base is not None
        return float(stream.start_time * stream.time_base)


def test_surround_sound_is_copied_untouched(tmp_path: Path) -> None:
    path, target = tmp_path / "clip.mp4", tmp_path / "out.mp4"
    clips.ffmpeg(*clips.pictures(), *clips.sound(layout="5.1"), *clips.H264, "-c:a", "aac", path)
    re_encoded(path, target)
    assert sound_packets(target) == sound_packets(path)
    with av.open(str(target)) as container:
        assert container.streams.audio[0].codec_context.channels == 6


@pytest.mark.parametrize("codec", ["libvorbis", "flac"])
def test_sound_that_browsers_lack_becomes_aac(tmp_path: Path, codec: str) -> None:
    path = tmp_path / "clip.mkv"
    clips.ffmpeg(*clips.pictures(), *clips.sound(), *clips.H264, "-c:a", codec, path)
    assert re_encoded(path, tmp_path / "out.mp4").sound_codecs == ("aac",)


def test_every_sound_track_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "clip.mkv"
    both = ("-map", "0:v", "-map", "1:a", "-map", "1:a", "-c:a", "aac")
    clips.ffmpeg(*clips.pictures(), *clips.sound(), *both, *clips.H264, path)
    assert re_encoded(path, tmp_path / "out.mp4").sound_codecs == ("aac", "aac")


COLOURS = [(200, 40, 60), (30, 160, 70), (60, 70, 220), (255, 255, 255), (0, 0, 0), (128, 99, 180)]
WEIGHTS = {"bt709": (0.2126, 0.0722), "bt470bg": (0.299, 0.114)}
"""Of red and blue in luma."""


@pytest.mark.parametrize("matrix", ["bt709", "bt470bg"])
@pytest.mark.parametrize("full_range", [False, True])
def test_flat_colours_survive_the_way_to_yuv_and_back(
    tmp_path: Path, matrix: str, full_range: bool
) -> None:
    target = tmp_path / "out.mp4"
    options: dict[str, Any] = {"color_matrix": matrix, "full_range": full_range}
    options |= {"pixel_format": "rgb24", "crf": 4}
    with encoder(target, size=(64, 48), rate=Fraction(25), **options) as sink:
        for colour in COLOURS:
            sink.write(np.full((48, 64, 3), colour, np.uint8))
    video = probe(target)
    assert (video.color_matrix, video.full_range) == (matrix, full_range)
    decoded = [picture.pixels.copy() for picture in scaled_pictures(video, 32)]
    for colour, pixels in zip(COLOURS, decoded, strict=True):
        assert np.abs(pixels.astype(int) - colour).max() <= 6

    red, blue = WEIGHTS[matrix]
    low, span = (0, 255) if full_range else (16, 219)
    for (r, g, b), planes in zip(COLOURS, planar_pictures(video), strict=True):
        luma = red * r + (1 - red - blue) * g + blue * b
        assert abs(planes[:48].mean() - (low + luma * span / 255)) <= 2


def test_planes_pass_through_without_a_change_of_colour(tmp_path: Path) -> None:
    source, target = clips.constant(tmp_path / "clip.mp4"), tmp_path / "out.mp4"
    video = re_encoded(source, target)
    before = [picture.astype(int) for picture in planar_pictures(probe(source))]
    after = [picture.astype(int) for picture in planar_pictures(video)]
    difference = np.subtract(before, after)
    assert abs(difference.mean()) < 0.5
    assert np.abs(difference).mean() < 4


def test_the_same_pictures_give_the_same_bytes(tmp_path: Path) -> None:
    source = clips.constant(tmp_path / "clip.mp4")
    for name in ("a.mp4", "b.mp4"):
        re_encoded(source, tmp_path / name)
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()


@pytest.mark.parametrize("count", [1, 500])
def test_an_encoder_that_fails_says_why(tmp_path: Path, count: int) -> None:
    target = tmp_path / "no such folder" / "out.mp4"
    with (
        pytest.raises(PipelineError) as caught,
        encoder(target, size=(64, 48), rate=Fraction(25)) as sink,
    ):
        for _ in range(count):
            sink.write(FLAT)
    assert caught.value.code == ExitCode.FFMPEG_FAILED
    assert "out.mp4" in caught.value.problem


def test_an_error_in_the_block_comes_through_and_leaves_no_process(
    tmp_path: Path, processes: list[subprocess.Popen[bytes]]
) -> None:
    with (
        pytest.raises(ValueError, match="mine"),
        encoder(tmp_path / "out.mp4", size=(64, 48), rate=Fraction(25)) as sink,
    ):
        sink.write(FLAT)
        raise ValueError("mine")
    assert processes[-1].poll() is not None
