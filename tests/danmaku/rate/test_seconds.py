from fractions import Fraction

import numpy as np

from pipeline.danmaku.rate.seconds import EPISODE, SCENE, Seconds
from pipeline.media.frame_times import FrameTimes
from pipeline.pictures.frames_file import Frames
from pipeline.runtime.arrays import Float64s
from tests.aligned import aligned
from tests.danmaku.rate.synthetic import CHANNELS, FPS, frames, pictures


def feature(seconds: Seconds, name: str) -> Float64s:
    return np.concatenate([seconds.scene, seconds.episode], 1)[:, (SCENE + EPISODE).index(name)]


def test_there_are_as_many_seconds_as_are_counted() -> None:
    for length in (0.25, 1, 1.25, 7.75, 8):
        video = aligned([0], duration_ms=round(1000 * length))
        seconds = Seconds.from_frames(frames(length), pictures(length + 1), 0)
        assert {len(part) for part in seconds} == {len(video.per_second())}


def test_the_picture_is_what_was_seen_a_delay_earlier() -> None:
    means = pictures(8)
    seconds = Seconds.from_frames(frames(8), means, 2000)
    np.testing.assert_allclose(seconds.picture[5], means[3 * FPS], atol=1e-3)
    np.testing.assert_allclose(seconds.picture[0], means[0], atol=1e-3)


def test_a_cut_counts_from_when_it_was_seen_and_the_start_is_one() -> None:
    name = "exp(-since cut / 500 ms)"
    now = feature(Seconds.from_frames(frames(8, (16,)), pictures(8), 0), name)
    np.testing.assert_allclose(now[4:], now[:4])
    assert (np.diff(now[:4]) < 0).all()
    later = feature(Seconds.from_frames(frames(8, (16,)), pictures(8), 2000), name)
    np.testing.assert_allclose(later, [0, 0, *now[:-2]])  # at first nothing has been seen


def test_the_next_cut_counts_too_and_there_is_none_after_the_last() -> None:
    until = feature(
        Seconds.from_frames(frames(9, (16,)), pictures(9), 0), "exp(-until cut / 500 ms)"
    )
    assert until.argmax() == 3
    assert (until[4:] == 0).all()


def test_change_is_seen_within_a_scene_and_not_across_a_cut() -> None:
    means = np.ones((8 * FPS, CHANNELS), np.float16)
    means[4 * FPS :] = -1  # opposite: as different as can be
    name = "sqrt(change in 1000 ms of the scene)"
    np.testing.assert_allclose(
        feature(Seconds.from_frames(frames(8), means, 0), name), [0, 0, 0, 0, 1, 0, 0, 0], atol=1e-6
    )
    assert not feature(Seconds.from_frames(frames(8, (16,)), means, 0), name).any()


def test_blank_pictures_do_not_change() -> None:
    blank = np.zeros((4 * FPS, CHANNELS), np.float16)
    assert np.isfinite(Seconds.from_frames(frames(4), blank, 0).scene).all()


def test_cuts_between_milliseconds_belong_to_the_new_scene() -> None:
    times = FrameTimes(np.arange(96), Fraction(1001, 24000), 96)
    means = np.ones((96, CHANNELS), np.float16)
    means[25:] = -1
    film = Frames(times, np.arange(96), "0123", np.array([25]))
    assert not feature(
        Seconds.from_frames(film, means, 0), "sqrt(change in 2000 ms of the scene)"
    ).any()


def test_a_video_without_duration_has_one_second() -> None:
    film = Frames(FrameTimes(np.arange(1), Fraction(1, 10**6), 1), np.arange(1), "0", np.arange(0))
    seconds = Seconds.from_frames(film, np.ones((1, CHANNELS), np.float16), 0)
    assert all(len(part) == 1 and np.isfinite(part).all() for part in seconds)
