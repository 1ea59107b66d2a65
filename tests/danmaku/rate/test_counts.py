from dataclasses import replace

import numpy as np

from pipeline.danmaku.rate.counts import CountedSeconds, training_counts
from tests.aligned import aligned
from tests.danmaku.rate.synthetic import counted, known, without_comments


def test_seconds_with_held_out_comments_are_left_out() -> None:
    video = aligned(
        [0, 0, 1000, 1500, 3000], dev=[False, False, True, True, False], duration_ms=5000
    )
    count, weight = training_counts(video)
    assert count.tolist() == [2, 2, 0, 1, 0]
    # Two of three seconds with comments are left, so each silent one is two thirds of one.
    np.testing.assert_allclose(weight, [1, 0, 2 / 3, 1, 2 / 3])


def test_holding_out_frames_hides_no_counts() -> None:
    times = list(range(0, 4000, 100))
    video = aligned(times, dev=[time % 300 == 0 for time in times], duration_ms=4000)
    assert training_counts(video)[1].tolist() == [1, 1, 1, 1]


def test_a_second_split_by_the_delay_is_left_out() -> None:
    seen = np.arange(0, 20_000, 100)
    video = aligned(
        (seen + 400).tolist(), dev=(seen // 1000 % 10 == 5).tolist(), duration_ms=20_400
    )
    _, weight = training_counts(replace(video, delay_ms=400))
    assert np.flatnonzero(weight == 0).tolist() == [5, 6, 15, 16]


def test_a_video_held_out_whole_has_nothing_to_learn_from() -> None:
    video = aligned([0, 5000], dev=[True, True], duration_ms=9000)
    assert not training_counts(video)[1].any()
    assert len(CountedSeconds.from_video(video, known(9)).count) == 0


def test_a_silent_video_has_nothing_to_learn_from() -> None:
    assert len(CountedSeconds.from_video(without_comments(9), known(9)).count) == 0


def test_comments_outside_the_video_belong_to_no_second() -> None:
    times = [500, 1500, 1600, 99_000, 99_000, 99_000, -700]
    count, weight = training_counts(aligned(times, dev=[False] * 5 + [True] * 2, duration_ms=2000))
    assert count.tolist() == [1, 2]
    assert weight.tolist() == [1, 1]


def test_videos_share_no_blocks() -> None:
    seconds = known(60)
    joined = CountedSeconds.concatenate([counted(seconds, np.ones(60, int))] * 2)
    assert np.bincount(joined.block).tolist() == [24, 24, 12] * 2
