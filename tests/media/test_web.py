"""What browsers are given plays, and every picture keeps its time."""

from pathlib import Path

import av
import pytest

from pipeline.media.probe import probe
from pipeline.media.web import web_container, write_for_web
from tests import clips

AAC = ("-c:a", "aac")
OPUS = ("-c:a", "libopus")
VP9 = ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-pix_fmt", "yuv420p")
TEN_BITS = ("-c:v", "libx264", "-pix_fmt", "yuv422p10le")
LATE = ("-itsoffset", "0.2", *clips.pictures(), *clips.sound())


def codecs(path: Path) -> tuple[str, str | None, list[str]]:
    with av.open(str(path)) as file:
        context = file.streams.video[0].codec_context
        return context.name, context.pix_fmt, [s.codec_context.name for s in file.streams.audio]


def written(source: Path) -> Path:
    video = probe(source)
    target = source.with_name(f"out.{web_container(video)}")
    write_for_web(video, target)
    return target


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("a.mp4", (*clips.pictures(), *clips.sound(), *clips.H264, *AAC)),
        ("a.mkv", (*LATE, *clips.H264, *AAC)),
        ("a.ts", (*LATE, *clips.H264, *AAC)),
        ("a.webm", (*clips.pictures(), *clips.sound(), *VP9, *OPUS)),
    ],
)
def test_what_plays_is_copied_bit_by_bit(
    tmp_path: Path, name: str, arguments: tuple[str, ...]
) -> None:
    clips.ffmpeg(*arguments, tmp_path / name)
    target = written(tmp_path / name)
    source = tmp_path / name
    assert clips.packet_count(target) == clips.packet_count(source)
    copied = zip(clips.packets(target, "audio")[0], clips.packets(source, "audio")[0], strict=True)
    assert all(theirs.endswith(ours) for ours, theirs in copied)  # MPEG-TS adds headers
    times = [float(time) for time in clips.true_times(source)]
    assert [float(time) for time in clips.true_times(target)] == pytest.approx(times, abs=0.002)


@pytest.mark.parametrize(
    ("name", "arguments", "sound"),
    [
        ("a.avi", (*clips.pictures(), *clips.sound(), "-c:v", "mpeg4", "-c:a", "mp2"), ["aac"]),
        ("a.mkv", (*clips.pictures("65x49"), "-c:v", "ffv1", "-pix_fmt", "yuv444p"), []),
        ("a.gif", clips.pictures(), []),
        ("b.mkv", (*clips.pictures(), *clips.sound(), *TEN_BITS, "-c:a", "ac3"), ["aac"]),
    ],
)
def test_what_does_not_play_is_encoded(
    tmp_path: Path, name: str, arguments: tuple[str, ...], sound: list[str]
) -> None:
    clips.ffmpeg(*arguments, tmp_path / name)
    target = written(tmp_path / name)
    assert codecs(target) == ("h264", "yuv420p", sound)
    assert clips.packet_count(target) == clips.packet_count(tmp_path / name)


def test_sound_that_does_not_play_is_encoded_alone(tmp_path: Path) -> None:
    source = tmp_path / "a.mkv"
    clips.ffmpeg(*clips.pictures(), *clips.sound(), *clips.H264, "-c:a", "flac", source)
    target = written(source)
    assert codecs(target) == ("h264", "yuv420p", ["aac"])
    assert clips.packets(target, "video")[0][5] == clips.packets(source, "video")[0][5]


def test_one_sound_track_goes_along_and_nothing_else(tmp_path: Path) -> None:
    source, text = tmp_path / "a.mkv", tmp_path / "a.srt"
    text.write_text("1\n00:00:00,000 --> 00:00:01,000\nhello\n")
    streams: tuple[str | Path, ...] = (
        *clips.pictures(),
        *clips.sound(),
        *clips.sound(),
        "-i",
        text,
    )
    mapped = ("-map", "0", "-map", "1", "-map", "2", "-map", "3")
    clips.ffmpeg(*streams, *mapped, *clips.H264, *AAC, source)
    with av.open(str(written(source))) as file:
        assert [stream.type for stream in file.streams] == ["video", "audio"]


def test_variable_times_survive_encoding(tmp_path: Path) -> None:
    source = tmp_path / "a.mkv"
    clips.variable_rate(tmp_path / "v.mp4")
    clips.ffmpeg("-i", tmp_path / "v.mp4", "-fps_mode", "passthrough", "-c:v", "mpeg4", source)
    times = [float(time) for time in clips.true_times(source)]
    assert [float(t) for t in clips.true_times(written(source))] == pytest.approx(times, abs=0.002)
