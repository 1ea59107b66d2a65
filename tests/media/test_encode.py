import subprocess
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from pipeline.media.codecs import Codec, CodecName
from pipeline.media.decode import planar_pictures
from pipeline.media.encode import VideoFormat, encoder
from pipeline.media.probe import VideoInfo, probe
from pipeline.runtime.errors import ExitCode, PipelineError
from tests import clips

FLAT = np.full((72, 64), 128, np.uint8)
"""A grey 64 × 48 picture in YUV 4:2:0."""


def re_encoded(path: Path, target: Path) -> VideoInfo:
    video = probe(path)
    clips.re_encoded(video, target, source=video)
    return probe(target)


def shown(path: Path) -> list[int]:
    """Of grey pictures, how bright each is."""
    return [round(float(p.planes[:48].mean())) for p in planar_pictures(probe(path))]


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


@pytest.mark.parametrize("ending", ["mp4", "mkv", "ts"])
def test_a_variable_rate_keeps_every_time(tmp_path: Path, ending: str) -> None:
    path, target = tmp_path / f"clip.{ending}", tmp_path / "out.mp4"
    clips.variable_rate(path)
    video = re_encoded(path, target)
    gaps = {later - earlier for earlier, later in pairwise(clips.true_times(path))}
    assert len(gaps) > 1
    assert clips.true_times(target) == clips.true_times(path)
    assert abs(video.duration - clips.true_times(path)[-1]) <= 2 / probe(path).rate


def test_times_are_those_that_were_given_and_else_follow_the_rate(tmp_path: Path) -> None:
    target = tmp_path / "out.mp4"
    unit = Fraction(1, 90_000)
    with encoder(target, VideoFormat(size=(64, 48), rate=Fraction(30), unit=unit)) as sink:
        for pts in (4500, 4501, None, 18_000):
            sink.write(FLAT, pts)
    with av.open(str(target)) as container:
        stream = container.streams.video[0]
        assert stream.time_base is not None
        times = [picture.time for picture in container.decode(stream)]
    assert times == [float(pts * unit) for pts in (4500, 4501, 7501, 18_000)]


@pytest.mark.parametrize("name", ["h264", "hevc", "av1"])
def test_a_long_wait_at_the_end_counts(tmp_path: Path, name: CodecName) -> None:
    target = tmp_path / "out.mp4"
    rate, unit, codec = Fraction(10), Fraction(1, 1000), Codec(name, "superfast")
    times = [0, 40, 80, 120, 160, 200, 240, 1000, 5000, 9000]
    with encoder(target, VideoFormat(size=(64, 48), rate=rate, unit=unit, codec=codec)) as sink:
        for pts in times:
            sink.write(FLAT + np.uint8(pts // 100), pts)
    assert clips.true_times(target) == [Fraction(pts, 1000) for pts in times]
    assert probe(target).duration == Fraction(91, 10)


@pytest.mark.parametrize("unit", [None, Fraction(1, 90_000)])
def test_the_codec_is_told_the_rate_and_not_the_unit(tmp_path: Path, unit: Fraction | None) -> None:
    target = tmp_path / "out.mp4"
    picture = np.full((720 * 3 // 2, 1280), 128, np.uint8)
    with encoder(target, VideoFormat(size=(1280, 720), rate=Fraction(25), unit=unit)) as sink:
        for _ in range(3):
            sink.write(picture)
    with av.open(str(target)) as container:
        extradata = container.streams.video[0].codec_context.extradata
    assert extradata is not None
    assert extradata[3] == 31  # level 3.1: 720p at up to 30 pictures a second


def test_a_buffer_is_free_once_it_was_written(tmp_path: Path) -> None:
    target = tmp_path / "out.mp4"
    canvas = np.empty((72, 64), np.uint8)
    with encoder(target, VideoFormat(size=(64, 48), rate=Fraction(25), codec=Codec(crf=4))) as sink:
        for number in range(40):
            canvas[:] = 40 + 3 * number
            sink.write(canvas)
            canvas[:] = 0
    assert np.abs(np.subtract(shown(target), [40 + 3 * n for n in range(40)])).max() <= 1


def test_bytes_are_pictures_too(tmp_path: Path) -> None:
    target = tmp_path / "out.mp4"
    with encoder(target, VideoFormat(size=(64, 48), rate=Fraction(25))) as sink:
        sink.write(FLAT.tobytes())
    assert shown(target) == [128]


def test_a_thread_is_told_how_many_pictures_are_done(tmp_path: Path) -> None:
    done: list[int] = []
    small: dict[str, Any] = {"size": (64, 48), "rate": Fraction(25)}
    with encoder(tmp_path / "a.mp4", VideoFormat(**small), on_progress=done.append) as sink:
        for _ in range(50):
            sink.write(FLAT)
    assert min(done) >= 0
    assert sum(done) == 50
    done.clear()
    with (
        pytest.raises(ValueError, match="mine"),
        encoder(tmp_path / "b.mp4", VideoFormat(**small), on_progress=done.append),
    ):
        raise ValueError("mine")
    assert sum(done) == 0


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
    assert clips.packets(target, "audio") == clips.packets(path, "audio")


def test_sound_that_starts_late_stays_late(tmp_path: Path) -> None:
    path, target = tmp_path / "clip.mp4", tmp_path / "out.mp4"
    late = ("-itsoffset", "0.5", *clips.sound(0.5))
    clips.ffmpeg(*clips.pictures(), *late, *clips.H264, "-c:a", "aac", path)
    re_encoded(path, target)
    assert abs(_sound_begins(target) - _sound_begins(path)) < 0.001
    assert _sound_begins(target) > 0.4


def test_pictures_that_start_late_stay_with_their_sound(tmp_path: Path) -> None:
    path, target = tmp_path / "clip.mp4", tmp_path / "out.mp4"
    late = ("-itsoffset", "0.48", *clips.pictures(seconds=0.6))
    clips.ffmpeg(*late, *clips.sound(1.2), *clips.H264, "-c:a", "aac", path)
    re_encoded(path, target)
    assert _sound_begins(target) == _sound_begins(path)
    assert clips.true_times(target) == clips.true_times(path)
    assert clips.true_times(target)[0] > Fraction(4, 10)


def _sound_begins(path: Path) -> float:
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        assert stream.start_time is not None
        assert stream.time_base is not None
        return float(stream.start_time * stream.time_base)


def test_planes_pass_through_without_a_change_of_colour(tmp_path: Path) -> None:
    source, target = clips.constant(tmp_path / "clip.mp4"), tmp_path / "out.mp4"
    video = re_encoded(source, target)
    before = [picture.planes.astype(int) for picture in planar_pictures(probe(source))]
    after = [picture.planes.astype(int) for picture in planar_pictures(video)]
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
        encoder(target, VideoFormat(size=(64, 48), rate=Fraction(25))) as sink,
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
        encoder(tmp_path / "out.mp4", VideoFormat(size=(64, 48), rate=Fraction(25))) as sink,
    ):
        sink.write(FLAT)
        raise ValueError("mine")
    assert processes[-1].poll() is not None
