"""Segments become one file without a seam."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from pipeline.media.codecs import Codec, CodecName
from pipeline.media.concat import join
from pipeline.media.decode import planar_pictures
from pipeline.media.probe import VideoInfo, probe
from tests import clips


def segments(video: VideoInfo, folder: Path, cuts: list[Fraction], **options: Any) -> list[Path]:
    edges = [Fraction(0), *cuts]
    return [
        clips.re_encoded(video, folder / f"{n}.nut", since, until, container="nut", **options)
        for n, (since, until) in enumerate(zip(edges, [*cuts, None], strict=True))
    ]


def decodes_without_error(path: Path) -> None:
    clips.ffmpeg("-xerror", "-i", path, "-f", "null", "-")


def differences(path: Path, other: Path) -> list[float]:
    """By how much each picture's luma differs on average."""
    ours = [picture.planes[:48].astype(int) for picture in planar_pictures(probe(path))]
    theirs = [picture.planes[:48].astype(int) for picture in planar_pictures(probe(other))]
    return [float(np.abs(a - b).mean()) for a, b in zip(ours, theirs, strict=True)]


def variable(path: Path) -> list[Fraction]:
    chosen = r"select=lt(mod(n\,10)\,6)+eq(mod(n\,17)\,0)"
    codecs = ("-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac")
    streams = ("-itsoffset", "0.2", *clips.pictures(rate="30", seconds=2), *clips.sound(2))
    clips.ffmpeg(*streams, "-vf", chosen, "-fps_mode:v", "passthrough", *codecs, path)
    return clips.true_times(path)


@pytest.mark.parametrize("name", ["h264", "hevc", "av1"])
@pytest.mark.parametrize("count", [1, 2, 3, "one picture each"])
def test_joined_segments_are_as_one(tmp_path: Path, name: CodecName, count: int | str) -> None:
    path, target, whole = tmp_path / "clip.mp4", tmp_path / "out.mp4", tmp_path / "whole.mp4"
    times = variable(path)
    assert times[0] > 0
    if isinstance(count, int):
        cuts = [times[len(times) * n // count] for n in range(1, count)]
    else:
        cuts = times[1:5]
    video, codec = probe(path), Codec(name, "superfast", crf=20)
    parts = segments(video, tmp_path, cuts, codec=codec)
    join(parts, target, rate=video.rate, codec=name, source=video)
    decodes_without_error(target)
    assert clips.true_times(target) == times
    assert clips.packet_count(target) == len(times)
    assert clips.packets(target, "audio") == clips.packets(path, "audio")
    clips.re_encoded(video, whole, codec=codec, source=video)
    assert clips.true_times(whole) == times
    assert max(differences(target, whole)) < 4
    assert not list(tmp_path.glob("tmp*"))


@pytest.mark.parametrize("name", ["h264", "hevc"])
def test_decoding_times_rise_and_never_lie_behind_showing(tmp_path: Path, name: CodecName) -> None:
    path, target = tmp_path / "clip.mp4", tmp_path / "out.mp4"
    times = variable(path)
    video = probe(path)
    parts = segments(video, tmp_path, times[7:20:6], codec=Codec(name, "medium"))
    join(parts, target, rate=video.rate, codec=name, source=video)
    with av.open(str(target)) as container:
        packets = [p for p in container.demux(video=0) if p.size]
    decoded = [packet.dts for packet in packets if packet.dts is not None]
    shown = [packet.pts for packet in packets if packet.pts is not None]
    assert shown != sorted(shown)
    assert decoded == sorted(set(decoded))
    assert all(dts <= pts for dts, pts in zip(decoded, shown, strict=True))
    length = times[-1] - times[0] + 1 / video.rate
    assert abs(probe(target).duration - times[0] - length) < Fraction(1, 1000)


def test_shape_and_colours_are_those_of_the_segments(tmp_path: Path) -> None:
    path, target = tmp_path / "clip.mp4", tmp_path / "out.mp4"
    tags = "setsar=4/3,setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709"
    clips.ffmpeg(*clips.pictures(), "-vf", tags, *clips.H264, path)
    video = probe(path)
    join(segments(video, tmp_path, [Fraction(1, 2)]), target, rate=video.rate)
    joined = probe(target)
    assert joined.sample_aspect == Fraction(4, 3)
    assert joined.color_matrix == "bt709"
    assert (joined.color_primaries, joined.color_transfer) == (1, 1)
    assert joined.rate == video.rate


def test_segments_that_overlap_are_refused(tmp_path: Path) -> None:
    video = probe(clips.constant(tmp_path / "clip.mp4"))
    part = clips.re_encoded(video, tmp_path / "0.nut", container="nut")
    with pytest.raises(ValueError, match="overlap"):
        join([part, part], tmp_path / "out.mp4", rate=video.rate)


def test_segments_of_different_settings_are_refused(tmp_path: Path) -> None:
    video = probe(clips.constant(tmp_path / "clip.mp4"))
    first, second = tmp_path / "0.nut", tmp_path / "1.nut"
    clips.re_encoded(video, first, until=Fraction(1, 2), container="nut")
    medium = Codec(preset="medium")
    clips.re_encoded(video, second, Fraction(1, 2), container="nut", codec=medium)
    with pytest.raises(ValueError, match="settings"):
        join([first, second], tmp_path / "out.mp4", rate=video.rate)
