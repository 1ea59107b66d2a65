from dataclasses import replace
from pathlib import Path

from pipeline.danmaku.rate.comment_counts_file import CommentCounts
from tests.aligned import aligned


def test_each_second_of_every_video_is_counted() -> None:
    first = aligned(time_ms=[0, 999, 1000, 2500], duration_ms=3500)
    second = aligned(time_ms=[100], duration_ms=1000)
    assert CommentCounts.from_videos([first, second]).per_second == [2, 1, 1, 0, 1]


def test_what_was_written_outside_the_video_belongs_to_none_of_its_seconds() -> None:
    video = aligned(time_ms=[-5000, -1, 0, 1999, 1999, 2000, 99_000], duration_ms=2000)
    assert CommentCounts.from_videos([video]).per_second == [1, 2]


def test_the_delay_is_one_that_a_video_in_the_middle_has() -> None:
    videos = [aligned(time_ms=[0], delay_ms=delay) for delay in (900, 0, 1300)]
    assert CommentCounts.from_videos(videos).delay_ms == 900
    assert CommentCounts.from_videos(videos[:2]).delay_ms == 0


def test_the_delay_is_that_of_the_middle_video() -> None:
    videos = [replace(aligned(time_ms=[0]), delay_ms=delay) for delay in (0, 1300, 1200)]
    assert CommentCounts.from_videos(videos).delay_ms == 1200


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    counts = CommentCounts([1, 0, 2], 1200)
    counts.save(tmp_path / "comment_counts.json")
    assert CommentCounts.load(tmp_path / "comment_counts.json") == counts
