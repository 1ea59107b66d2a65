from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from pipeline.media.decode import scaled_pictures
from pipeline.media.probe import probe
from pipeline.runtime.errors import ExitCode, PipelineError
from tests import clips


def test_headers_are_told(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    clips.ffmpeg(*clips.pictures(rate="30000/1001"), *clips.sound(), *clips.H264, path)
    video = probe(path)
    assert (video.width, video.height, video.sample_aspect) == (64, 48, Fraction(1))
    assert video.rate == Fraction(30000, 1001)
    assert video.frame_count == 30
    assert abs(video.duration - Fraction(1001, 1000)) < Fraction(1, 100)
    assert video.sound_codecs == ("aac",)


def test_without_sound_there_is_no_codec(tmp_path: Path) -> None:
    assert probe(clips.constant(tmp_path / "clip.mp4")).sound_codecs == ()


def test_every_sound_track_is_told(tmp_path: Path) -> None:
    path = tmp_path / "clip.mkv"
    both = ("-map", "0:v", "-map", "1:a", "-map", "1:a", "-c:a:0", "flac", "-c:a:1", "libopus")
    clips.ffmpeg(*clips.pictures(), *clips.sound(), *both, *clips.H264, path)
    assert probe(path).sound_codecs == ("flac", "opus")


def test_sound_is_told_by_its_format_and_not_by_its_decoder(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    clips.ffmpeg(*clips.pictures(), *clips.sound(), *clips.H264, "-c:a", "libmp3lame", path)
    assert probe(path).sound_codecs == ("mp3",)


@pytest.mark.parametrize("degrees", ["90", "-90"])
def test_a_quarter_turn_swaps_the_sides_and_the_pixel_shape(tmp_path: Path, degrees: str) -> None:
    plain, turned = tmp_path / "plain.mp4", tmp_path / "turned.mp4"
    clips.ffmpeg(*clips.pictures(), "-vf", "setsar=4/3", *clips.H264, plain)
    clips.ffmpeg("-display_rotation", degrees, "-i", plain, "-c", "copy", turned)
    video = probe(turned)
    assert (video.width, video.height, video.sample_aspect) == (48, 64, Fraction(3, 4))


def test_a_half_turn_keeps_the_sides(tmp_path: Path) -> None:
    plain, turned = clips.constant(tmp_path / "plain.mp4"), tmp_path / "turned.mp4"
    clips.ffmpeg("-display_rotation", "180", "-i", plain, "-c", "copy", turned)
    assert (probe(turned).width, probe(turned).height) == (64, 48)


def test_the_video_lasts_until_the_sound_ends_too(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    clips.ffmpeg(*clips.pictures(seconds=0.6), *clips.sound(1.4), *clips.H264, path)
    video = probe(path)
    assert video.pictures_end == Fraction(6, 10)
    assert abs(video.duration - Fraction(14, 10)) < Fraction(1, 20)


def test_sound_that_ends_with_the_last_picture_or_so_does_not_count(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    clips.ffmpeg(*clips.pictures(), *clips.sound(1.03), *clips.H264, path)
    assert probe(path).duration == probe(path).pictures_end == 1


def test_late_pictures_end_late(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    late = ("-itsoffset", "0.48", *clips.pictures(seconds=0.6))
    clips.ffmpeg(*late, *clips.sound(1.2), *clips.H264, path)
    assert abs(probe(path).pictures_end - Fraction(108, 100)) < Fraction(1, 20)


@pytest.mark.parametrize(
    ("tags", "size", "matrix"),
    [
        (("-colorspace", "bt709"), "64x48", "bt709"),
        (("-colorspace", "smpte170m"), "64x720", "bt470bg"),
        (("-colorspace", "bt470bg"), "64x720", "bt470bg"),
        ((), "64x48", "bt470bg"),
        ((), "64x720", "bt709"),
    ],
)
def test_the_matrix_is_the_tag_or_the_custom_of_players(
    tmp_path: Path, tags: tuple[str, ...], size: str, matrix: str
) -> None:
    path = tmp_path / "clip.mp4"
    clips.ffmpeg(*clips.pictures(size, seconds=0.1), *clips.H264, *tags, path)
    assert probe(path).color_matrix == matrix


def test_primaries_and_transfer_are_told_or_unspecified(tmp_path: Path) -> None:
    plain, tagged = clips.constant(tmp_path / "plain.mp4"), tmp_path / "tagged.mp4"
    tags = "setparams=colorspace=bt2020nc:color_primaries=bt2020:color_trc=smpte2084"
    clips.ffmpeg(*clips.pictures(seconds=0.1), "-vf", tags, *clips.H264, tagged)
    assert (probe(plain).color_primaries, probe(plain).color_transfer) == (2, 2)
    video = probe(tagged)
    assert (video.color_matrix, video.color_primaries, video.color_transfer) == ("bt2020nc", 9, 16)


@pytest.mark.parametrize("ending", ["mp4", "mkv", "ts", "avi"])
def test_every_time_is_a_multiple_of_the_unit(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"clip.{ending}"
    late = ("-itsoffset", "0.3", *clips.pictures(rate="24000/1001"), *clips.sound())
    clips.ffmpeg(*late, *clips.H264, "-bf", "0", "-c:a", "mp2", path)
    video = probe(path)
    assert {time / video.time_unit % 1 for time in clips.true_times(path)} == {0}


def test_subtitles_are_told(tmp_path: Path) -> None:
    path, words = tmp_path / "clip.mkv", tmp_path / "words.srt"
    words.write_text("1\n00:00:00,000 --> 00:00:01,000\nword\n")
    both = ("-map", "0", "-map", "1", "-map", "1", "-c:s:0", "srt", "-c:s:1", "ass")
    clips.ffmpeg(*clips.pictures(), "-i", words, *both, *clips.H264, path)
    assert probe(path).subtitle_codecs == ("subrip", "ass")
    assert probe(clips.constant(tmp_path / "plain.mp4")).subtitle_codecs == ()


def test_full_range_is_told(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    full = ("-vf", "scale=out_range=pc", "-color_range", "pc")
    clips.ffmpeg(*clips.pictures(seconds=0.1), *full, *clips.H264, path)
    assert probe(path).full_range
    assert not probe(clips.constant(tmp_path / "plain.mp4")).full_range


def missing(path: Path) -> None:
    pass


def directory(path: Path) -> None:
    path.mkdir()


def text(path: Path) -> None:
    path.write_text("no film at all\n" * 50)


def empty(path: Path) -> None:
    path.touch()


def without_index(path: Path) -> None:
    clips.constant(path, size="160x120", seconds=2)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])


def sound_only(path: Path) -> None:
    clips.ffmpeg(*clips.sound(), path)


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (missing, ExitCode.VIDEO_MISSING),
        (directory, ExitCode.VIDEO_MISSING),
        (text, ExitCode.NOT_A_VIDEO),
        (empty, ExitCode.NO_FRAMES),
        (without_index, ExitCode.VIDEO_TRUNCATED),
        (sound_only, ExitCode.NO_FRAMES),
    ],
)
def test_each_kind_of_wrong_file_has_its_exit_code(
    tmp_path: Path, make: Callable[[Path], None], code: ExitCode
) -> None:
    path = tmp_path / "clip.mp4"
    make(path)
    with pytest.raises(PipelineError) as caught:
        probe(path)
    assert caught.value.code == code
    assert str(path) in caught.value.problem


@pytest.mark.parametrize("name", ["clip.mp4", "clip.mkv"])
def test_a_file_cut_off_after_its_headers_is_found_out_at_its_end(
    tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    front = ("-movflags", "+faststart") if name.endswith("mp4") else ()
    clips.ffmpeg(*clips.pictures("160x120", seconds=2), *clips.H264, *front, path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    video = probe(path)
    count = 0
    with pytest.raises(PipelineError) as caught:
        for count, _ in enumerate(scaled_pictures(video, 32), 1):  # noqa: B007
            pass
    assert caught.value.code == ExitCode.VIDEO_TRUNCATED
    assert 0 < count < 50
