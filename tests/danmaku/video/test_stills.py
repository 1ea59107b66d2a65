from fractions import Fraction
from pathlib import Path

from pipeline.danmaku.drawing.comment import ScreenComment
from pipeline.danmaku.drawing.layout import lay_out
from pipeline.danmaku.drawing.screen import screen_of
from pipeline.danmaku.video.annotated_video import AnnotatedVideo
from pipeline.danmaku.video.stills import annotated_picture, crowded_moments, moments_at
from pipeline.media.video_file import VideoFile
from tests import clips


def video(tmp_path: Path, seconds: float) -> VideoFile:
    return VideoFile.open(clips.constant(tmp_path / "clip.mp4", rate="5", seconds=seconds))


def test_the_crowded_moments_are_found_and_lie_apart(tmp_path: Path) -> None:
    info = video(tmp_path, 40)
    times = [5000] * 4 + [5500] * 4 + [30_000] * 6 + [20_000]
    comments = [ScreenComment(time, "a", ("ue", "@1")) for time in times]
    layout = lay_out(comments, lambda text, font: 1.0, screen_of(info))
    found = [float(moment) for moment in crowded_moments(layout, info, 3)]
    assert [round(moment) for moment in found] == [6, 20, 30]


def test_without_comments_there_are_moments_all_the_same(tmp_path: Path) -> None:
    info = video(tmp_path, 2)
    found = crowded_moments(lay_out([], lambda text, font: 1.0, screen_of(info)), info, 6)
    assert 1 <= len(found) <= 6
    assert found == sorted(found)
    assert all(0 <= moment < info.duration for moment in found)


def test_there_are_moments_for_as_long_as_there_is_sound(tmp_path: Path) -> None:
    path = tmp_path / "still.mp4"
    clips.ffmpeg(*clips.pictures(seconds=0.04), *clips.sound(9), *clips.H264, path)
    info = VideoFile.open(path)
    (last,) = moments_at([Fraction(9)], info)
    scene = AnnotatedVideo(info, [lay_out([], lambda text, font: 1.0, screen_of(info))])
    for moment in (Fraction(0), Fraction(4), last):
        time, picture = annotated_picture(scene, moment, 64)
        assert abs(time - moment) <= Fraction(1, 12)
        assert picture.shape == (48, 64, 3)


def test_the_very_end_has_a_picture(tmp_path: Path) -> None:
    info = video(tmp_path, 2)
    assert moments_at([Fraction(2), Fraction(1)], info) == [Fraction(1), Fraction(8, 5)]
