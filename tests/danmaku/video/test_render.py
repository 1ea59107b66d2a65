"""Annotated pictures and videos: their times, whole or in parts, and what is drawn on them."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.danmaku.drawing.comment import ScreenComment
from pipeline.danmaku.drawing.layout import Layout, lay_out
from pipeline.danmaku.drawing.screen import Screen, screen_of
from pipeline.danmaku.video import render as render_module
from pipeline.danmaku.video.annotated_video import AnnotatedVideo
from pipeline.danmaku.video.render import render
from pipeline.danmaku.video.transparent import transparent_pictures
from pipeline.lettering.glyphs import Typeface
from pipeline.media.codecs import Codec, CodecName
from pipeline.media.colors import bits_of, color_of
from pipeline.media.encode import encoder
from pipeline.media.pixels import Yuv420
from pipeline.media.video_file import VideoFile
from pipeline.runtime.errors import ExitCode, PipelineError
from tests import clips

COMMENTS = [
    ScreenComment(200 * n, text, commands)
    for n, (text, commands) in enumerate(
        [("流れる", ()), ("上", ("ue", "red")), ("下", ("shita", "_live")), ("大", ("big",))] * 3
    )
]
NOTHING = Layout([], [], Screen())


def layout(video: VideoFile) -> Layout:
    return lay_out(COMMENTS, Typeface().width, screen_of(video))


def ignored(amount: int) -> None:
    """Take no notice of progress."""


def taken(pictures: Iterator[tuple[int, Yuv420]]) -> list[tuple[int, Yuv420]]:
    return [(pts, picture.copy()) for pts, picture in pictures]


def seconds(annotated: AnnotatedVideo, pictures: list[tuple[int, Yuv420]]) -> list[Fraction]:
    return [pts * annotated.unit for pts, _ in pictures]


@pytest.fixture(params=["constant", "variable"])
def video(request: pytest.FixtureRequest, tmp_path: Path) -> VideoFile:
    path = tmp_path / "clip.mp4"
    if request.param == "constant":
        clips.ffmpeg(*clips.pictures(seconds=2), *clips.sound(2), *clips.H264, "-c:a", "aac", path)
    else:
        clips.variable_rate(path)
    return VideoFile.open(path)


def test_pictures_keep_their_times_and_what_is_not_drawn_upon(video: VideoFile) -> None:
    annotated = AnnotatedVideo(video, [NOTHING])
    pictures = taken(annotated.pictures())
    assert seconds(annotated, pictures) == clips.true_times(video.path)
    for (_, drawn), bare in zip(pictures, video.planar_pictures(), strict=True):
        assert np.array_equal(drawn, bare.planes)


def assert_parts_make(
    whole: list[tuple[int, Yuv420]], annotated: AnnotatedVideo, bounds: list[Fraction | None]
) -> None:
    """Pictures from each bound to the next are those of the whole."""
    parts = [
        picture
        for since, until in pairwise(bounds)
        for picture in taken(annotated.pictures(since or Fraction(0), until))
    ]
    assert [pts for pts, _ in parts] == [pts for pts, _ in whole]
    assert all(np.array_equal(a, b) for (_, a), (_, b) in zip(parts, whole, strict=True))


@pytest.mark.parametrize("rate", [None, Fraction(60), Fraction(7, 2)])
def test_parts_make_the_whole(video: VideoFile, rate: Fraction | None) -> None:
    annotated = AnnotatedVideo(video, [layout(video)], rate)
    whole = taken(annotated.pictures())
    bounds = [Fraction(0), Fraction(2, 3), Fraction(7, 5), None]
    assert_parts_make(whole, annotated, bounds)


def test_a_higher_rate_shows_each_picture_until_the_next(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    clips.ffmpeg(*clips.numbered("5", 2), *clips.H264, "-crf", "1", path)
    annotated = AnnotatedVideo(VideoFile.open(path), [NOTHING], Fraction(60))
    pictures = taken(annotated.pictures())
    assert seconds(annotated, pictures) == [Fraction(n, 60) for n in range(120)]
    shown = [round((picture[:48].mean() - 16) / 3) for _, picture in pictures]
    assert shown == [n // 12 for n in range(120)]


def test_at_a_higher_rate_comments_move_between_pictures(tmp_path: Path) -> None:
    video = VideoFile.open(clips.constant(tmp_path / "clip.mp4", "320x180", "5"))
    annotated = AnnotatedVideo(
        video, [lay_out([ScreenComment(0, "動く", ())], Typeface().width)], Fraction(50)
    )
    pictures = [picture for _, picture in taken(annotated.pictures())]
    moved = [not np.array_equal(a, b) for a, b in pairwise(pictures)]
    assert all(moved)


def test_two_halves_are_two_pictures(video: VideoFile) -> None:
    left, right = NOTHING, layout(video)
    annotated = AnnotatedVideo(video, [left, right])
    assert annotated.size == (128, 48)
    both = taken(annotated.pictures())
    width = 64
    for number, alone in enumerate((left, right)):
        single = taken(AnnotatedVideo(video, [alone]).pictures())
        for (_, wide), (_, picture) in zip(both, single, strict=True):
            columns = slice(number * width, (number + 1) * width)
            assert np.array_equal(wide[:48, columns], picture[:48])
            chroma = wide[48:].reshape(2, 24, width)[:, :, number * 32 : (number + 1) * 32]
            assert np.array_equal(chroma, picture[48:].reshape(2, 24, 32))


@pytest.fixture
def outlasted(tmp_path: Path) -> VideoFile:
    """Two seconds of pictures, five of sound."""
    path = tmp_path / "long.mp4"
    clips.ffmpeg(*clips.pictures("320x180", seconds=2), *clips.sound(5), *clips.H264, path)
    return VideoFile.open(path)


def test_the_last_picture_is_held_to_the_end_of_the_sound(outlasted: VideoFile) -> None:
    annotated = AnnotatedVideo(outlasted, [NOTHING])
    pictures = taken(annotated.pictures())
    assert seconds(annotated, pictures) == [Fraction(n, 25) for n in range(annotated.count)]
    assert annotated.count == 125
    assert all(np.array_equal(picture, pictures[49][1]) for _, picture in pictures[50:])


@pytest.mark.parametrize("rate", [None, Fraction(60)])
def test_comments_move_over_the_held_picture_and_parts_make_the_whole(
    outlasted: VideoFile, rate: Fraction | None
) -> None:
    comments = [ScreenComment(3800, "動く", ())]
    annotated = AnnotatedVideo(
        outlasted, [lay_out(comments, Typeface().width, screen_of(outlasted))], rate
    )
    whole = taken(annotated.pictures())
    late = [picture for pts, picture in whole if Fraction(7, 2) < pts * annotated.unit < 5]
    assert all(not np.array_equal(a, b) for a, b in pairwise(late))
    bounds = [Fraction(0), Fraction(7, 4), Fraction(3), Fraction(19, 4), None]
    assert_parts_make(whole, annotated, bounds)


@pytest.mark.parametrize("segments", [1, 3])
def test_what_is_rendered_is_as_long_as_the_sound(
    outlasted: VideoFile, tmp_path: Path, segments: int
) -> None:
    target = tmp_path / "out.mp4"
    annotated = AnnotatedVideo(outlasted, [layout(outlasted)])
    render(annotated, target, Codec(), segments, ignored, min_segment_seconds=0.5)
    made = VideoFile.open(target)
    assert made.frame_count == 125
    assert made.pictures_end == 5
    assert clips.packets(target, "audio") == clips.packets(outlasted.path, "audio")


@pytest.mark.parametrize("ending", ["mkv", "avi"])
def test_a_still_with_a_song_is_a_video(tmp_path: Path, ending: str) -> None:
    path, target = tmp_path / f"still.{ending}", tmp_path / "out.mp4"
    one = (*clips.pictures(rate="1"), *clips.sound(3), *clips.H264)
    clips.ffmpeg(*one, "-c:a", "aac", path)
    video = VideoFile.open(path)
    render(AnnotatedVideo(video, [layout(video)]), target, Codec(), 1, ignored)
    times = clips.true_times(target)
    assert times[0] == 0
    assert times[-1] > Fraction(2)
    assert abs(VideoFile.open(target).duration - 3) < Fraction(1, 10)


@pytest.mark.parametrize("segments", [1, 2, 3])
def test_in_segments_or_not_the_video_is_the_same(
    video: VideoFile, tmp_path: Path, segments: int
) -> None:
    target, done = tmp_path / "out.mp4", [0]

    def count(amount: int) -> None:
        done[0] += amount

    annotated = AnnotatedVideo(video, [layout(video)])
    render(annotated, target, Codec(crf=10), segments, count, min_segment_seconds=0.5)
    assert clips.true_times(target) == clips.true_times(video.path)
    assert done[0] == clips.packet_count(target)
    made = VideoFile.open(target)
    assert abs(made.duration - video.duration) <= 1 / video.rate
    assert made.sound_codecs == video.sound_codecs
    wanted = AnnotatedVideo(video, [layout(video)]).pictures()
    for (_, drawn), encoded in zip(wanted, made.planar_pictures(), strict=True):
        assert np.abs(drawn.astype(int) - encoded.planes).mean() < 3
    assert list(tmp_path.glob(".*")) == []


@pytest.fixture
def deep(tmp_path: Path) -> VideoFile:
    """Two seconds of ten bits and PQ, of an odd size, with mastering metadata."""
    path = tmp_path / "deep.mkv"
    ramp = "color=s=99x65:r=10:d=2,format=yuv444p10le,geq=lum=200+2*X+5*N:cb=512:cr=512"
    tags = "setparams=colorspace=bt2020nc:color_primaries=9:color_trc=16:range=tv"
    x265 = ("-c:v", "libx265", "-crf", "2", "-g", "5")
    told = "log-level=error:max-cll=900,300"
    clips.ffmpeg("-f", "lavfi", "-i", f"{ramp},{tags}", *x265, "-x265-params", told, path)
    return VideoFile.open(path)


@pytest.mark.parametrize("rate", [None, Fraction(20)])
@pytest.mark.parametrize("copies", [1, 2])
def test_scenes_of_ten_bits_are_as_those_of_eight(
    deep: VideoFile, rate: Fraction | None, copies: int
) -> None:
    color = color_of(deep, 10)
    drawn = taken(
        AnnotatedVideo(deep, [layout(deep)] * copies, rate, target_color=color).pictures()
    )
    bare = taken(AnnotatedVideo(deep, [NOTHING] * copies, rate, target_color=color).pictures())
    assert len(drawn) == (40 if rate else 20)
    for (_, picture), (_, before) in zip(drawn, bare, strict=True):
        assert picture.dtype == np.uint16
        assert picture.shape == (99, 100 * copies)
        assert picture[:66].max() <= 940
        assert np.array_equal(picture[40:45], before[40:45])
        halves = np.split(picture[:66], copies, axis=1)
        assert all(np.array_equal(half, halves[0]) for half in halves)
    assert any((a != b).any() for (_, a), (_, b) in zip(drawn, bare, strict=True))
    assert len(np.unique(bare[0][1][30])) > 90


@pytest.mark.parametrize("codec", ["h264", "hevc", "av1"])
def test_segments_of_ten_bits_keep_their_light(
    deep: VideoFile, tmp_path: Path, codec: CodecName
) -> None:
    target, annotated = (
        tmp_path / "out.mp4",
        AnnotatedVideo(deep, [layout(deep)], target_color=color_of(deep, 10)),
    )
    render(annotated, target, Codec(codec, "ultrafast", crf=4), 2, ignored, 0.5)
    made = VideoFile.open(target)
    assert color_of(made, bits_of(made)) == annotated.color
    assert made.mastering.levels == (900, 300)
    encoded = made.planar_pictures(color=annotated.color)
    for (_, drawn), picture in zip(annotated.pictures(), encoded, strict=True):
        assert np.abs(drawn.astype(int) - picture.planes).mean() < 6


@pytest.mark.parametrize("rate", [None, Fraction(12)])
def test_a_segment_without_pictures_is_no_fault(tmp_path: Path, rate: Fraction | None) -> None:
    """A slide show: nothing changes for a second and a half."""
    path, target = tmp_path / "slides.mp4", tmp_path / "out.mp4"
    few = r"select=lt(n\,3)+gt(n\,47)"
    clips.ffmpeg(
        *clips.pictures(seconds=2), "-vf", few, "-fps_mode", "passthrough", *clips.H264, path
    )
    render(AnnotatedVideo(VideoFile.open(path), [NOTHING], rate), target, Codec(), 8, ignored, 0.25)
    expected = [Fraction(n, 12) for n in range(24)] if rate else clips.true_times(path)
    assert clips.true_times(target) == expected


def test_a_segment_that_fails_stops_the_others_and_leaves_nothing(
    video: VideoFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "out.mp4"
    real = encoder

    def failing(part: Path, *arguments: Any, **options: Any) -> Any:
        if ".1." in part.name:
            raise PipelineError(ExitCode.FFMPEG_FAILED, "it broke", "Mend it")
        return real(part, *arguments, **options)

    monkeypatch.setattr(render_module, "encoder", failing)
    with pytest.raises(PipelineError, match="it broke"):
        render(AnnotatedVideo(video, [NOTHING]), target, Codec(), 3, ignored, 0.5)
    assert not target.exists()
    assert list(tmp_path.glob(".*")) == []


def test_transparent_pictures_over_any_other_are_what_is_drawn_upon_it(tmp_path: Path) -> None:
    video = VideoFile.open(clips.constant(tmp_path / "clip.mp4", "320x180"))
    annotated = AnnotatedVideo(video, [layout(video)])
    pictures = taken(annotated.pictures())
    clear = transparent_pictures(layout(video), video, video.rate, len(pictures))
    some = False
    for (_, drawn), bare, (green, blue, red, alpha) in zip(
        pictures, video.planar_pictures(), clear, strict=True
    ):
        luma = 16 + (0.299 * red + 0.587 * green + 0.114 * blue) * 219 / 255
        share = alpha / 255
        mixed = bare.planes[:180] * (1 - share) + luma * share
        assert np.abs(mixed - drawn[:180]).max() <= 3
        some = some or bool(alpha.any())
    assert some
