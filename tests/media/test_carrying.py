"""All but the pictures of a video goes along."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from pipeline.media.codecs import Codec, Container
from pipeline.media.encode import VideoFormat, encoder
from pipeline.media.probe import VideoInfo, probe, probe_sound
from pipeline.media.stream_copy import left_out
from pipeline.runtime.errors import ExitCode, PipelineError
from tests import clips

SRT = "1\n00:00:00,200 --> 00:00:00,600\nfirst\n\n2\n00:00:00,700 --> 00:00:00,900\nsecond\n"
CHAPTERS = """;FFMETADATA1
title=The title
[CHAPTER]
TIMEBASE=1/1000
START=0
END=400
title=one
[CHAPTER]
TIMEBASE=1/1000
START=400
END=1000
title=two
"""


def carried(path: Path, target: Path, container: Container = "mp4") -> VideoInfo:
    video = probe(path)
    codec = Codec("vp9", "ultrafast") if container == "webm" else Codec(preset="ultrafast")
    clips.re_encoded(video, target, source=video, codec=codec, container=container)
    return probe(target)


def with_sound(path: Path, *options: str) -> Path:
    clips.ffmpeg(*clips.pictures(), *clips.sound(), *clips.H264, *options, path)
    return path


def test_surround_sound_is_copied_untouched(tmp_path: Path) -> None:
    path, target = tmp_path / "clip.mp4", tmp_path / "out.mp4"
    clips.ffmpeg(*clips.pictures(), *clips.sound(layout="5.1"), *clips.H264, "-c:a", "aac", path)
    carried(path, target)
    assert clips.packets(target, "audio") == clips.packets(path, "audio")
    with av.open(str(target)) as file:
        assert file.streams.audio[0].codec_context.channels == 6


@pytest.mark.parametrize(
    ("codec", "container", "kept"),
    [
        ("aac", "mp4", "aac"),
        ("libmp3lame", "mp4", "mp3"),
        ("ac3", "mp4", "ac3"),
        ("eac3", "mp4", "eac3"),
        ("alac", "mp4", "alac"),
        ("flac", "mp4", "flac"),
        ("libopus", "mp4", "opus"),
        ("eac3", "mov", "eac3"),
        ("pcm_s16le", "mov", "pcm_s16le"),
        ("pcm_f32le", "mov", "pcm_f32le"),
        ("libopus", "webm", "opus"),
        ("libvorbis", "webm", "vorbis"),
    ],
)
def test_sound_that_the_container_holds_is_copied(
    tmp_path: Path, codec: str, container: Container, kept: str
) -> None:
    path, target = with_sound(tmp_path / "clip.mkv", "-c:a", codec), tmp_path / "out"
    assert carried(path, target, container).sound_codecs == (kept,)
    before, after = clips.packets(path, "audio"), clips.packets(target, "audio")
    assert b"".join(*after) == b"".join(*before)


@pytest.mark.parametrize(
    ("codec", "container", "becomes"),
    [
        ("libvorbis", "mp4", "aac"),
        ("pcm_s16le", "mp4", "aac"),
        ("mp2", "mp4", "aac"),
        ("flac", "mov", "aac"),
        ("libopus", "mov", "aac"),
        ("aac", "webm", "opus"),
    ],
)
def test_other_sound_is_encoded(
    tmp_path: Path, codec: str, container: Container, becomes: str
) -> None:
    path = with_sound(tmp_path / "clip.mkv", "-c:a", codec)
    video = carried(path, tmp_path / "out", container)
    assert video.sound_codecs == (becomes,)
    assert abs(video.start) < Fraction(1, 20)


def test_speakers_at_the_side_go_into_webm(tmp_path: Path) -> None:
    path = tmp_path / "clip.mkv"
    side = ("-af", "aformat=channel_layouts=5.1(side)", "-c:a", "ac3")
    clips.ffmpeg(*clips.pictures(), *clips.sound(layout="5.1"), *clips.H264, *side, path)
    target = tmp_path / "out.webm"
    carried(path, target, "webm")
    with av.open(str(target)) as file:
        assert file.streams.audio[0].codec_context.channels == 6


def test_sound_of_a_broadcast_is_copied_at_its_time(tmp_path: Path) -> None:
    path, target = tmp_path / "clip.ts", tmp_path / "out.mp4"
    late = ("-itsoffset", "0.4", *clips.sound())
    clips.ffmpeg(*clips.pictures(), *late, *clips.H264, "-c:a", "aac", path)
    carried(path, target)
    # Without the header of 7 bytes that each packet of a broadcast has.
    assert clips.packets(target, "audio") == [[p[7:] for p in clips.packets(path, "audio")[0]]]
    assert clips.true_times(target) == clips.true_times(path)
    begins = []
    for file in (path, target):
        with av.open(str(file)) as container:
            stream = container.streams.audio[0]
            assert stream.start_time is not None
            assert stream.time_base is not None
            begins.append(stream.start_time * stream.time_base - probe(file).start)
    assert abs(begins[0] - begins[1]) < Fraction(1, 1000)


def test_every_track_is_kept_with_its_language_title_and_part(tmp_path: Path) -> None:
    path, target = tmp_path / "clip.mkv", tmp_path / "out.mp4"
    tags = ("-metadata:s:a:0", "language=jpn", "-metadata:s:a:1", "language=eng")
    title = ("-metadata:s:a:1", "title=Commentary", "-disposition:a:0", "0")
    parts = ("-disposition:a:1", "default")
    both = ("-map", "0:v", "-map", "1:a", "-map", "1:a", "-c:a:0", "flac", "-c:a:1", "libvorbis")
    streams = (*clips.pictures(), *clips.sound(), *both, *clips.H264)
    clips.ffmpeg(*streams, *tags, *title, *parts, path)
    assert carried(path, target).sound_codecs == ("flac", "aac")
    again = tmp_path / "again.mp4"
    carried(target, again)
    for made in (target, again):
        with av.open(str(made)) as file:
            first, second = file.streams.audio
            assert [first.metadata["language"], second.metadata["language"]] == ["jpn", "eng"]
            assert second.metadata["name"] == "Commentary"
            default = av.stream.Disposition.default
            assert [bool(s.disposition & default) for s in (first, second)] == [False, True]


@pytest.mark.parametrize(
    ("codec", "container", "becomes"),
    [("srt", "mp4", "mov_text"), ("ass", "mov", "mov_text"), ("webvtt", "webm", "webvtt")],
)
def test_subtitles_chapters_and_titles_are_kept(
    tmp_path: Path, codec: str, container: Container, becomes: str
) -> None:
    path, target = tmp_path / "clip.mkv", tmp_path / "out"
    (tmp_path / "words.srt").write_text(SRT)
    (tmp_path / "chapters").write_text(CHAPTERS)
    words = ("-i", tmp_path / "words.srt", "-i", tmp_path / "chapters")
    every = ("-map", "0:v", "-map", "1:s", "-map", "1:s", "-map_metadata", "2", "-c:s", codec)
    language = ("-metadata:s:s:1", "language=jpn")
    clips.ffmpeg(*clips.pictures(), *words, *every, *language, *clips.H264, path)
    video = carried(path, target, container)
    assert video.subtitle_codecs == (becomes, becomes)
    with av.open(str(target)) as file:
        assert file.metadata["title"] == "The title"
        assert [c["metadata"]["title"] for c in file.chapters()] == ["one", "two"]
        begins = [c["start"] * Fraction(c["time_base"] or 1) for c in file.chapters()]
        assert begins == [0, Fraction(4, 10)]
        stream = file.streams.subtitles[1]
        assert stream.metadata["language"] == "jpn"
        spoken = [packet for packet in file.demux(stream) if packet.size > 2]
    times = [Fraction(packet.pts or 0) * packet.time_base for packet in spoken]
    assert times == [Fraction(2, 10), Fraction(7, 10)]
    for packet, word in zip(spoken, (b"first", b"second"), strict=True):
        assert word in bytes(packet)


def test_what_cannot_go_along_is_named_and_left_out(tmp_path: Path) -> None:
    path = tmp_path / "clip.mkv"
    (tmp_path / "words.srt").write_text(SRT)
    words = ("-i", tmp_path / "words.srt", "-map", "0", "-map", "1", "-map", "1")
    clips.ffmpeg(*clips.pictures(), *words, *clips.H264, "-c:s", "srt", path)
    assert left_out(probe(path), "mp4") == []
    target = tmp_path / "out.mp4"
    # No ffmpeg encodes those of a Blu-ray.
    named = replace(probe(path), subtitle_codecs=("hdmv_pgs_subtitle", "subrip"))
    (phrase,) = left_out(named, "mp4")
    assert "1" in phrase
    assert "hdmv_pgs_subtitle" in phrase
    clips.re_encoded(named, target, source=named)
    assert probe(target).subtitle_codecs == ("mov_text",)


def test_covers_and_attachments_are_ignored(tmp_path: Path) -> None:
    path, cover = tmp_path / "clip.mkv", tmp_path / "cover.png"
    clips.ffmpeg(*clips.pictures(), "-frames:v", "1", cover)
    (tmp_path / "font.ttf").write_bytes(b"no font")
    attached = ("-attach", tmp_path / "font.ttf", "-metadata:s:t", "mimetype=font/ttf")
    pictures = ("-map", "0:v", "-map", "1:a", *clips.H264, *attached)
    clips.ffmpeg(*clips.pictures(), *clips.sound(), *pictures, path)
    both = tmp_path / "both.mp4"
    second = ("-map", "0:v", "-map", "0:a", "-map", "1:v", "-c", "copy")
    clips.ffmpeg("-i", path, "-i", cover, *second, "-disposition:v:1", "attached_pic", both)
    for source in (path, both):
        target = tmp_path / f"{source.stem}.out"
        carried(source, target)
        with av.open(str(target)) as file:
            assert [stream.type for stream in file.streams] == ["video", "audio"]


def test_a_file_of_sound_alone_goes_along(tmp_path: Path) -> None:
    sound, target = tmp_path / "sound.wav", tmp_path / "out.mp4"
    clips.ffmpeg(*clips.sound(), sound)
    source = probe_sound(sound)
    with encoder(target, VideoFormat(size=(64, 48), rate=Fraction(25)), source=source) as sink:
        for _ in range(25):
            sink.write(np.full((72, 64), 128, np.uint8))
    assert probe(target).sound_codecs == ("aac",)
    with pytest.raises(PipelineError) as caught:
        probe_sound(tmp_path / "none.wav")
    assert caught.value.code == ExitCode.VIDEO_MISSING
