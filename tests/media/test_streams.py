"""Which stream of a file is its video."""

import logging
from pathlib import Path

import pytest

from pipeline.media.decode import planar_pictures, scaled_pictures
from pipeline.media.probe import probe
from pipeline.media.stream_copy import carried
from pipeline.media.web import write_for_web
from pipeline.runtime.errors import ExitCode, PipelineError
from tests import clips

COPY = ("-c", "copy")


def cover(folder: Path, name: str = "cover.png") -> Path:
    """Larger than any film here."""
    clips.ffmpeg("-f", "lavfi", "-i", "color=red:s=320x320", "-frames:v", "1", folder / name)
    return folder / name


def film(folder: Path) -> Path:
    path = folder / "film.mp4"
    clips.ffmpeg(*clips.pictures(), *clips.sound(), *clips.H264, "-c:a", "aac", path)
    return path


def two(path: Path, *options: str | Path) -> Path:
    """A small picture stream, a larger one and sound."""
    streams = (*clips.pictures(rate="5"), *clips.pictures("128x96"), *clips.sound())
    every = ("-map", "0", "-map", "1", "-map", "2", *clips.H264, "-c:a", "aac")
    clips.ffmpeg(*streams, *every, *options, path)
    return path


def first_attached(folder: Path) -> Path:
    path = folder / "first.mp4"
    streams = ("-i", cover(folder), "-i", film(folder), "-map", "0", "-map", "1", *COPY)
    clips.ffmpeg(*streams, "-disposition:v:0", "attached_pic", path)
    return path


def second_attached(folder: Path) -> Path:
    path = folder / "second.m4v"
    streams = (
        "-i",
        film(folder),
        "-i",
        cover(folder, "cover.jpg"),
        "-map",
        "0",
        "-map",
        "1",
        *COPY,
    )
    clips.ffmpeg(*streams, "-disposition:v:1", "attached_pic", "-f", "mp4", path)
    return path


def attachment(folder: Path) -> Path:
    path = folder / "attachment.mkv"
    attached = ("-attach", cover(folder), "-metadata:s:t", "mimetype=image/png")
    clips.ffmpeg("-i", film(folder), *COPY, *attached, path)
    return path


def not_told_to_be_one(folder: Path) -> Path:
    path = folder / "plain.mkv"
    streams = ("-i", cover(folder), "-i", film(folder), "-map", "0", "-map", "1", *COPY)
    clips.ffmpeg(*streams, "-disposition:v", "0", path)
    return path


@pytest.mark.parametrize("make", [first_attached, second_attached, attachment, not_told_to_be_one])
def test_a_cover_is_not_the_video(tmp_path: Path, make: object) -> None:
    assert callable(make)
    video = probe(make(tmp_path))
    assert (video.width, video.height, video.frame_count) == (64, 48, 25)
    assert [picture.planes.shape for picture in planar_pictures(video)] == [(72, 64)] * 25
    assert len(list(scaled_pictures(video, 32))) == 25
    write_for_web(video, tmp_path / "web.mp4")
    assert clips.packet_count(tmp_path / "web.mp4") == 25


def test_a_song_with_a_cover_is_no_video(tmp_path: Path) -> None:
    path = tmp_path / "song.m4a"
    picture = ("-i", cover(tmp_path, "cover.jpg"), "-map", "0", "-map", "1", "-c:v", "copy")
    clips.ffmpeg(*clips.sound(), *picture, "-disposition:v:0", "attached_pic", path)
    with pytest.raises(PipelineError, match="as a cover is") as caught:
        probe(path)
    assert caught.value.code == ExitCode.NO_FRAMES


def test_the_default_stream_is_the_video(tmp_path: Path) -> None:
    small = ("-disposition:v:0", "default", "-disposition:v:1", "0")
    large = ("-disposition:v:0", "0", "-disposition:v:1", "default")
    assert probe(two(tmp_path / "small.mkv", *small)).stream == 0
    assert probe(two(tmp_path / "large.mkv", *large)).stream == 1


@pytest.mark.parametrize("options", [("0",), ("default",)])
def test_of_equals_it_is_the_largest_and_the_others_are_named(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, options: tuple[str]
) -> None:
    with caplog.at_level(logging.INFO, "yajiuma"):
        assert probe(two(tmp_path / "clip.mkv", "-disposition:v", *options)).width == 128
    assert "1 (h264, 128×96) is taken, and not 0 (h264, 64×48)" in caplog.text


def test_another_can_be_named(tmp_path: Path) -> None:
    path = two(tmp_path / "clip.mkv")
    video = probe(path, 0)
    assert (video.stream, video.width, video.frame_count) == (0, 64, 5)
    assert len(list(planar_pictures(video))) == 5


def test_what_is_no_picture_stream_is_refused_and_those_are_listed(tmp_path: Path) -> None:
    path = two(tmp_path / "clip.mkv")
    for number in (2, 7):
        with pytest.raises(PipelineError) as caught:
            probe(path, number)
        assert caught.value.code == ExitCode.USAGE
        assert "it has 0 (h264, 64×48), 1 (h264, 128×96)" in caught.value.problem


def test_of_a_transport_stream_one_programme_is_taken_with_its_own_sound(tmp_path: Path) -> None:
    path = tmp_path / "clip.ts"
    streams = (*clips.pictures(), *clips.sound(), *clips.pictures("128x96"), *clips.sound())
    programmes = ("-program", "st=0:st=1", "-program", "st=2:st=3")
    every = ("-map", "0", "-map", "1", "-map", "2", "-map", "3", "-map", "1")
    codecs = (*clips.H264, "-c:a", "aac")
    clips.ffmpeg(*streams, *every, *codecs, *programmes[:-1], "st=2:st=3:st=4", path)
    large, small = probe(path), probe(path, 0)
    assert (large.stream, large.sound_streams) == (2, (3, 4))
    assert (small.stream, small.sound_streams) == (0, (1,))
    assert "1:1" in carried(small, "mp4")
    assert "1:3" not in carried(small, "mp4")
