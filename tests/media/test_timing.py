"""How long videos are whose headers do not say, or say wrong."""

import struct
import subprocess
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from pipeline.media import timing
from pipeline.media.ffmpeg import ffmpeg_path
from pipeline.media.probe import VideoInfo, probe
from tests import clips


def piped(path: Path, form: str, *codecs: str) -> Path:
    """What a recorder leaves that cannot go back to its headers."""
    command = [ffmpeg_path(), "-v", "error", *clips.pictures(seconds=2), *codecs, "-f", form, "-"]
    path.write_bytes(subprocess.run(command, check=True, capture_output=True).stdout)
    return path


def of_a_recorder(folder: Path) -> Path:
    return piped(folder / "clip.webm", "webm", "-c:v", "libvpx", "-deadline", "realtime")


def without_cues(folder: Path) -> Path:
    return piped(folder / "clip.mkv", "matroska", *clips.H264)


def flash(folder: Path) -> Path:
    return piped(folder / "clip.flv", "flv", *clips.H264, "-flvflags", "no_duration_filesize")


def bare_pictures(folder: Path) -> Path:
    path = folder / "clip.h264"
    clips.ffmpeg(*clips.pictures(seconds=2), *clips.H264, path)
    return path


def thousand_a_second(folder: Path) -> Path:
    """Matroska's default duration, in nanoseconds, is changed from that of 25 a second."""
    path = folder / "clip.mkv"
    clips.ffmpeg(*clips.pictures(seconds=2), *clips.H264, path)
    content = path.read_bytes()
    told = bytes.fromhex("23e383 84") + (40_000_000).to_bytes(4, "big")
    assert content.count(told) == 1
    path.write_bytes(content.replace(told, told[:4] + (1_000_000).to_bytes(4, "big")))
    return path


def ninety_thousand_a_second(folder: Path) -> Path:
    """The pictures themselves say so, and the packets that hold them know better."""
    path = folder / "clip.ts"
    ticks = ("-bsf:v", "h264_metadata=tick_rate=180000")
    clips.ffmpeg(*clips.pictures(seconds=2), *clips.H264, *ticks, path)
    return path


@pytest.mark.parametrize(
    "make",
    [
        of_a_recorder,
        without_cues,
        flash,
        bare_pictures,
        thousand_a_second,
        ninety_thousand_a_second,
    ],
)
def test_length_and_rate_are_those_of_the_pictures(
    tmp_path: Path, make: Callable[[Path], Path]
) -> None:
    video = probe(make(tmp_path))
    assert video.rate == 25
    assert video.frame_count == 50
    assert video.counted
    assert abs(video.duration - 2) < Fraction(1, 10)


def ends(video: VideoInfo) -> tuple[Fraction, Fraction, int]:
    return video.rate, round(video.pictures_end, 2), video.frame_count


@pytest.mark.parametrize("ending", ["mp4", "mkv", "mov", "ts", "avi"])
def test_of_a_well_made_file_headers_and_packets_tell_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    path = tmp_path / f"clip.{ending}"
    rate = clips.pictures(rate="30000/1001", seconds=8)
    clips.ffmpeg(*rate, *clips.sound(8), *clips.H264, "-bf", "0", "-c:a", "mp2", path)
    told = probe(path)
    monkeypatch.setattr(timing, "from_headers", lambda *file: None)
    measured = probe(path)
    assert measured.counted
    assert ends(told)[0] == ends(measured)[0] == Fraction(30000, 1001)
    assert abs(told.pictures_end - measured.pictures_end) < Fraction(1, 30)
    assert abs(told.frame_count - measured.frame_count) <= 1


def test_a_well_made_mp4_is_not_read_as_a_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "clip.mp4"
    clips.ffmpeg(*clips.pictures(seconds=20), *clips.sound(20), *clips.H264, path)

    def measured(*file: object) -> None:
        raise AssertionError

    monkeypatch.setattr(timing, "from_packets", measured)
    assert probe(path).frame_count == 500


def test_a_file_that_ends_before_the_second_it_claims_is_measured(tmp_path: Path) -> None:
    path = tmp_path / "clip.mkv"
    clips.ffmpeg(*clips.pictures(seconds=8), *clips.H264, "-g", "25", path)
    content = bytearray(path.read_bytes())
    place = content.index(b"\x44\x89\x88") + 3
    content[place : place + 8] = struct.pack(">d", 60_000)
    path.write_bytes(content)
    assert probe(path).duration == 8


@pytest.mark.parametrize("ending", ["mp4", "mkv", "ts"])
def test_a_single_picture_lasts_as_long_as_its_song(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"still.{ending}"
    clips.ffmpeg(*clips.pictures(seconds=0.04), *clips.sound(5), *clips.H264, "-c:a", "aac", path)
    video = probe(path)
    assert video.frame_count == 1
    assert video.pictures_end < Fraction(1, 5)
    assert abs(video.duration - 5) < Fraction(1, 10)
    assert video.held_rate in (25, 50)  # which is what pictures of two fields could be


def test_text_moves_over_a_picture_that_is_said_to_last_a_second(tmp_path: Path) -> None:
    path = tmp_path / "still.mp4"
    clips.ffmpeg(*clips.pictures(rate="1"), *clips.sound(3), *clips.H264, path)
    video = probe(path)
    assert video.rate == 1
    assert video.held_rate == 25


def test_sound_of_a_transport_stream_ends_behind_the_beginning_of_its_last_packet(
    tmp_path: Path,
) -> None:
    path = tmp_path / "clip.ts"
    late = ("-itsoffset", "1", *clips.pictures(seconds=2, rate="25"))
    clips.ffmpeg("-f", "lavfi", "-i", "sine=d=4", *late, *clips.H264, "-c:a", "aac", path)
    video = probe(path)
    assert video.duration == pytest.approx(4, abs=0.1)
    assert video.pictures_end == pytest.approx(3, abs=0.1)
