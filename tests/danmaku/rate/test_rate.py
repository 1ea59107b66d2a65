"""How many comments a second gets: what is known of it, what is learned, what is drawn."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt
import pytest

from pipeline.danmaku.alignment.aligned_file import Aligned
from pipeline.danmaku.rate.counts import Counted, training_counts
from pipeline.danmaku.rate.learning import _Gist, learn_rate
from pipeline.danmaku.rate.model import RateModel, draw_counts
from pipeline.danmaku.rate.seconds import EPISODE, SCENE, Seconds
from pipeline.media.frame_times import FrameTimes
from pipeline.pictures.features_file import FeatureStore, building_features
from pipeline.pictures.frames_file import Frames
from pipeline.runtime.arrays import Float64s, Int64s
from pipeline.runtime.errors import ExitCode, PipelineError
from tests.aligned import aligned

CHANNELS = 6
FPS = 4


def frames(seconds: float, cuts: tuple[int, ...] = ()) -> Frames:
    """Every frame, a quarter of a second, is a picture of its own."""
    count = round(seconds * FPS)
    times = FrameTimes(np.arange(count), Fraction(1, FPS), count)
    return Frames(times, np.arange(count), "0123", np.array(cuts, np.int64))


def pictures(seconds: float, seed: int = 0) -> npt.NDArray[np.float16]:
    """Means that differ from one second to the next."""
    draws = np.random.default_rng(seed).normal(size=(round(seconds), CHANNELS))
    return np.repeat(draws, FPS, axis=0).astype(np.float16)


def known(count: int, seed: int = 0) -> Seconds:
    """Seconds with random features."""
    draws = np.random.default_rng(seed)
    return Seconds(
        draws.normal(size=(count, CHANNELS)).astype(np.float32),
        draws.random((count, len(SCENE))),
        draws.random((count, len(EPISODE))),
    )


def counted(seconds: Seconds, count: npt.NDArray[np.integer]) -> Counted:
    level = np.full(len(count), count.mean())
    return Counted(seconds, count.astype(float), np.ones(len(count)), level, _blocks(len(count)))


def _blocks(count: int) -> Int64s:
    return np.arange(count, dtype=np.int64) // 24


def learned(*videos: Counted) -> RateModel:
    return learn_rate(videos, tap="grid", backbone="tiny", weights="w", delay_ms=0)


def feature(seconds: Seconds, name: str) -> Float64s:
    return np.concatenate([seconds.scene, seconds.episode], 1)[:, (SCENE + EPISODE).index(name)]


# What is known of a second


def test_there_are_as_many_seconds_as_are_counted() -> None:
    for length in (0.25, 1, 1.25, 7.75, 8):
        video = aligned([0], duration_ms=round(1000 * length))
        seconds = Seconds.of(frames(length), pictures(length + 1), 0)
        assert {len(part) for part in seconds} == {len(video.per_second())}


def test_the_picture_is_what_was_seen_a_delay_earlier() -> None:
    means = pictures(8)
    seconds = Seconds.of(frames(8), means, 2000)
    np.testing.assert_allclose(seconds.picture[5], means[3 * FPS], atol=1e-3)
    np.testing.assert_allclose(seconds.picture[0], means[0], atol=1e-3)


def test_a_cut_counts_from_when_it_was_seen_and_the_beginning_is_one() -> None:
    name = "exp(-since cut / 500 ms)"
    now = feature(Seconds.of(frames(8, (16,)), pictures(8), 0), name)
    np.testing.assert_allclose(now[4:], now[:4])
    assert (np.diff(now[:4]) < 0).all()
    later = feature(Seconds.of(frames(8, (16,)), pictures(8), 2000), name)
    np.testing.assert_allclose(later, [0, 0, *now[:-2]])  # at first nothing has been seen


def test_a_cut_to_come_counts_too_and_the_last_one_is_never_followed() -> None:
    until = feature(Seconds.of(frames(9, (16,)), pictures(9), 0), "exp(-until cut / 500 ms)")
    assert until.argmax() == 3
    assert (until[4:] == 0).all()


def test_change_is_seen_within_a_scene_and_not_across_a_cut() -> None:
    means = np.ones((8 * FPS, CHANNELS), np.float16)
    means[4 * FPS :] = -1  # opposite: as different as can be
    name = "sqrt(change in 1000 ms of the scene)"
    np.testing.assert_allclose(
        feature(Seconds.of(frames(8), means, 0), name), [0, 0, 0, 0, 1, 0, 0, 0], atol=1e-6
    )
    assert not feature(Seconds.of(frames(8, (16,)), means, 0), name).any()


def test_pictures_of_nothing_do_not_change() -> None:
    blank = np.zeros((4 * FPS, CHANNELS), np.float16)
    assert np.isfinite(Seconds.of(frames(4), blank, 0).scene).all()


def test_cuts_between_milliseconds_belong_to_the_new_scene() -> None:
    times = FrameTimes(np.arange(96), Fraction(1001, 24000), 96)
    means = np.ones((96, CHANNELS), np.float16)
    means[25:] = -1
    film = Frames(times, np.arange(96), "0123", np.array([25]))
    assert not feature(Seconds.of(film, means, 0), "sqrt(change in 2000 ms of the scene)").any()


# What may be learned from


def test_seconds_with_held_out_comments_are_left_out() -> None:
    video = aligned(
        [0, 0, 1000, 1500, 3000], dev=[False, False, True, True, False], duration_ms=5000
    )
    count, weight = training_counts(video)
    assert count.tolist() == [2, 2, 0, 1, 0]
    # Two of three seconds with comments are left, so each silent one is two thirds of one.
    np.testing.assert_allclose(weight, [1, 0, 2 / 3, 1, 2 / 3])


def test_a_split_by_frames_holds_no_counts_back() -> None:
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


def test_a_video_held_out_whole_teaches_nothing() -> None:
    video = aligned([0, 5000], dev=[True, True], duration_ms=9000)
    assert not training_counts(video)[1].any()
    assert len(Counted.of(video, known(9)).count) == 0


def test_a_silent_video_teaches_nothing() -> None:
    assert len(Counted.of(_without_comments(9), known(9)).count) == 0


def _without_comments(seconds: int) -> Aligned:
    video = aligned([0], duration_ms=1000 * seconds)
    parts = {name: getattr(video, name)[:0] for name in ("line", "time_ms", "frame", "picture")}
    return replace(video, **parts, dev=video.dev[:0], words=[], commands=[])


def test_blocks_of_several_videos_are_their_own() -> None:
    seconds = known(60)
    joined = Counted.joined([counted(seconds, np.ones(60, int))] * 2)
    assert np.bincount(joined.block).tolist() == [24, 24, 12] * 2


# What is learned


def test_an_effect_of_time_is_recovered() -> None:
    seconds = known(480)
    truth = np.exp(2 + 1.5 * seconds.scene[:, 0] - 1.0 * seconds.scene[:, 5])
    model = learned(counted(seconds, np.random.default_rng(1).poisson(truth)))
    assert model.card.uses == ("scene", "episode")
    np.testing.assert_allclose(model.scene, [1.5, 0, 0, 0, 0, -1, 0], atol=0.15)
    np.testing.assert_allclose(model.episode, 0, atol=0.15)
    assert not model.picture.any()
    fresh = known(100, seed=7)
    wanted = np.exp(2 + 1.5 * fresh.scene[:, 0] - 1.0 * fresh.scene[:, 5])
    np.testing.assert_allclose(model.expected_of(fresh), wanted, rtol=0.2)
    assert model.card.explained is not None
    assert model.card.explained > 0.4


def test_an_effect_of_the_picture_is_recovered() -> None:
    seconds = known(480)
    seconds = seconds._replace(picture=100 + 3 * seconds.picture)  # standardised by the model
    model = learned(
        counted(seconds, np.random.default_rng(1).poisson(np.exp(_picture_effect(seconds))))
    )
    assert model.card.uses == ("scene", "episode", "picture")
    fresh = known(100, seed=7)
    fresh = fresh._replace(picture=100 + 3 * fresh.picture)
    np.testing.assert_allclose(np.log(model.expected_of(fresh)), _picture_effect(fresh), atol=0.2)


def _picture_effect(seconds: Seconds) -> Float64s:
    return np.asarray(3 + 0.2 * (seconds.picture[:, 2] - 100), np.float64)


def test_where_there_is_no_effect_the_rate_is_constant_and_says_so() -> None:
    count = np.random.default_rng(2).negative_binomial(3, 0.2, 240)
    model = learned(counted(known(240), count))
    assert model.card.uses == ()
    assert model.card.explained == 0
    np.testing.assert_allclose(model.expected_of(known(50, seed=3)), count.mean())


def test_a_short_video_is_not_enough_for_more_than_a_constant() -> None:
    seconds = known(60)
    count = np.round(np.exp(3 * seconds.scene[:, 0])).astype(int)
    model = learned(counted(seconds, count))
    assert model.card.uses == ()
    np.testing.assert_allclose(model.expected_of(known(5)), count.mean())


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("count", [[3], [2, 2], [0, 1] * 60, [4] * 120])
def test_little_or_dull_data_is_no_trouble(count: list[int]) -> None:
    still = known(len(count))._replace(picture=np.ones((len(count), CHANNELS), np.float32))
    model = learned(counted(still, np.array(count)))
    np.testing.assert_allclose(model.expected_of(still), np.mean(count))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("noise", [0, 1e-15, 1e-12])
def test_of_seconds_that_all_get_as_many_nothing_is_learned(noise: float) -> None:
    """What deviance then gains is rounding, however steady it may be over the blocks."""
    data = counted(known(480), np.full(480, 7))
    draws = np.random.default_rng(0)
    model = learned(replace(data, count=data.count * (1 + noise * draws.standard_normal(480))))
    assert model.card.uses == ()
    assert model.card.explained == 0
    np.testing.assert_allclose(model.expected_of(known(9, seed=1)), 7)


def test_channels_that_are_constant_but_for_rounding_are_no_picture() -> None:
    """They are not blown up to the spread of those that vary."""
    seconds = known(480)
    count = np.random.default_rng(1).poisson(np.exp(1 + 1.5 * seconds.scene[:, 0]))
    noise = np.random.default_rng(2).standard_normal((480, CHANNELS))
    still = (3 + 3e-7 * noise).astype(np.float32)
    of_still = learned(counted(seconds._replace(picture=still), count))
    assert not of_still.picture.any()
    assert len(_Gist.of(still).axes) == 0
    half = np.where(np.arange(CHANNELS) < 3, seconds.picture, still)
    gist = _Gist.of(half)
    assert np.abs(gist.axes[:, :3]).max() > 0.1
    moved = gist.of_pictures(half + np.float32(1e-6)) - gist.of_pictures(half)
    assert np.abs(moved).max() < 1e-4


def test_too_few_blocks_do_not_tell_how_much_is_explained() -> None:
    for blocks, told in ((7, False), (8, True)):
        seconds = known(24 * blocks)
        count = np.random.default_rng(1).poisson(np.exp(2 + 2 * seconds.scene[:, 0]))
        card = learned(counted(seconds, count)).card
        assert card.uses
        assert (card.explained is not None) == told


def test_a_video_of_no_time_has_one_second() -> None:
    film = Frames(FrameTimes(np.arange(1), Fraction(1, 10**6), 1), np.arange(1), "0", np.arange(0))
    found = Seconds.of(film, np.ones((1, CHANNELS), np.float16), 0)
    assert all(len(part) == 1 and np.isfinite(part).all() for part in found)


def test_comments_outside_of_the_video_are_in_no_second_to_learn_from() -> None:
    times = [500, 1500, 1600, 99_000, 99_000, 99_000, -700]
    count, weight = training_counts(aligned(times, dev=[False] * 5 + [True] * 2, duration_ms=2000))
    assert count.tolist() == [1, 2]
    assert weight.tolist() == [1, 1]


def test_held_out_seconds_are_not_learned() -> None:
    seconds = known(480)
    draws = np.random.default_rng(1)
    truth = draws.poisson(np.exp(1 + 1.5 * seconds.scene[:, 0]))
    held_out = np.arange(480) % 10 == 0
    without = _video(np.where(held_out, 1, truth), held_out)
    flooded = _video(np.where(held_out, 500, truth), held_out)
    models = [learned(Counted.of(video, seconds)) for video in (without, flooded)]
    assert models[0].card == models[1].card
    assert models[0].card.seconds == 432
    np.testing.assert_array_equal(models[0].scene, models[1].scene)


def _video(count: Int64s, held_out: npt.NDArray[np.bool_]) -> Aligned:
    second = np.repeat(np.arange(len(count)), count)
    return aligned(
        (1000 * second).tolist(), dev=held_out[second].tolist(), duration_ms=1000 * len(count)
    )


def test_a_popular_video_does_not_pass_for_an_effect() -> None:
    draws = np.random.default_rng(4)
    quiet, loud = known(120, seed=1), known(120, seed=2)
    loud = loud._replace(picture=loud.picture + 5)
    model = learned(counted(quiet, draws.poisson(2, 120)), counted(loud, draws.poisson(40, 120)))
    assert model.card.uses == ()


def test_no_more_is_expected_than_was_ever_seen() -> None:
    seconds = known(480)
    count = np.random.default_rng(1).poisson(np.exp(1 + 2 * seconds.scene[:, 0]))
    model = learned(counted(seconds, count))
    wild = known(9)._replace(scene=np.full((9, len(SCENE)), 50.0))
    np.testing.assert_allclose(model.expected_of(wild), count.max())


def test_nothing_to_learn_from_is_an_error() -> None:
    with pytest.raises(PipelineError) as caught:
        learned(Counted.of(_without_comments(9), known(9)))
    assert caught.value.code == ExitCode.NO_USABLE_COMMENTS


def test_learning_again_gives_the_same() -> None:
    seconds = known(240)
    count = np.random.default_rng(1).poisson(np.exp(1 + seconds.scene[:, 0]))
    first, second = (learned(counted(seconds, count)) for _ in range(2))
    assert first.card == second.card
    for name in ("picture", "scene", "episode", "bias"):
        np.testing.assert_array_equal(getattr(first, name), getattr(second, name))


# How much counts vary


@pytest.mark.parametrize("dispersion", [0.0, 0.1, 0.5])
def test_dispersion_is_recovered(dispersion: float) -> None:
    seconds = known(2400)
    expected = np.exp(2 + seconds.scene[:, 0])
    count = draw_counts(expected, dispersion, np.random.default_rng(3))
    assert learned(counted(seconds, count)).dispersion == pytest.approx(dispersion, abs=0.05)


@pytest.mark.parametrize("dispersion", [0.0, 0.4])
def test_counts_are_drawn_with_the_mean_and_variance_they_should_have(dispersion: float) -> None:
    for mean in (0.0, 0.3, 15.0):
        drawn = draw_counts(np.full(200_000, mean), dispersion, np.random.default_rng(0))
        assert drawn.mean() == pytest.approx(mean, rel=0.02)
        assert drawn.var() == pytest.approx(mean + dispersion * mean**2, rel=0.03)


# The file


@pytest.fixture
def model() -> RateModel:
    seconds = known(240)
    return learned(
        counted(seconds, np.random.default_rng(1).poisson(np.exp(1 + 2 * seconds.scene[:, 0])))
    )


def test_it_reads_back_what_it_saved(model: RateModel, tmp_path: Path) -> None:
    model.save(tmp_path / "rate.safetensors")
    again = RateModel.load(tmp_path / "rate.safetensors")
    assert again.card == model.card
    film, means = frames(8, (9,)), pictures(8)
    np.testing.assert_array_equal(again.expected(film, means), model.expected(film, means))


def test_the_same_model_is_the_same_file(model: RateModel, tmp_path: Path) -> None:
    for name in "ab":
        model.save(tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_file_of_other_features_is_refused(model: RateModel, tmp_path: Path) -> None:
    card = msgspec.structs.replace(model.card, scene=("moon", *SCENE[1:]))
    replace(model, card=card).save(tmp_path / "rate.safetensors")
    with pytest.raises(PipelineError, match="make rate") as caught:
        RateModel.load(tmp_path / "rate.safetensors")
    assert caught.value.code == ExitCode.BAD_ARTIFACT


@pytest.mark.parametrize(
    ("backbone", "weights", "tap", "shape"),
    [
        ("tiny", "w", "grid", (2, CHANNELS)),
        ("tiny", "others", "grid", (2, CHANNELS)),
        ("vgg19", "w", "grid", (2, CHANNELS)),
        ("tiny", "w", "vector", (CHANNELS,)),
        ("tiny", "w", "grid", (2, CHANNELS + 1)),
    ],
)
def test_only_features_of_its_kind_are_taken(
    model: RateModel,
    tmp_path: Path,
    backbone: str,
    weights: str,
    tap: str,
    shape: tuple[int, ...],
) -> None:
    path = tmp_path / "features.h5"
    told = {"backbone": backbone, "weights": weights}
    with building_features(path, 1, {tap: shape}, told) as builder:
        builder.append({tap: np.zeros((1, *shape), np.float16)})
    ours = (backbone, weights, tap, shape) == ("tiny", "w", "grid", (2, CHANNELS))
    with FeatureStore(path) as store, nullcontext() if ours else refused():
        model.require_match(store, path)


@contextmanager
def refused() -> Iterator[None]:
    with pytest.raises(PipelineError) as caught:
        yield
    assert caught.value.code == ExitCode.BAD_ARTIFACT


# Agreement
