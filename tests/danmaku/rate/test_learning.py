from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from pipeline.danmaku.alignment.aligned_file import Aligned
from pipeline.danmaku.rate.counts import CountedSeconds
from pipeline.danmaku.rate.model import draw_counts
from pipeline.danmaku.rate.seconds import SCENE, Seconds
from pipeline.runtime.arrays import Float64s, Int64s
from pipeline.runtime.errors import ExitCode, PipelineError
from tests.aligned import aligned
from tests.danmaku.rate.synthetic import (
    CHANNELS,
    counted,
    known,
    learned,
    nearly_constant,
    without_comments,
)


def test_an_effect_of_time_is_recovered() -> None:
    seconds = known(480)
    truth = np.exp(2 + 1.5 * seconds.scene[:, 0] - 1.0 * seconds.scene[:, 5])
    model = learned(counted(seconds, np.random.default_rng(1).poisson(truth)))
    assert model.card.groups == ("scene", "episode")
    np.testing.assert_allclose(model.scene, [1.5, 0, 0, 0, 0, -1, 0], atol=0.15)
    np.testing.assert_allclose(model.episode, 0, atol=0.15)
    assert not model.picture.any()
    fresh = known(100, seed=7)
    wanted = np.exp(2 + 1.5 * fresh.scene[:, 0] - 1.0 * fresh.scene[:, 5])
    np.testing.assert_allclose(model.expected_of(fresh), wanted, rtol=0.2)
    assert model.card.deviance_explained is not None
    assert model.card.deviance_explained > 0.4


def test_an_effect_of_the_picture_is_recovered() -> None:
    seconds = known(480)
    seconds = seconds._replace(picture=100 + 3 * seconds.picture)  # standardised by the model
    model = learned(
        counted(seconds, np.random.default_rng(1).poisson(np.exp(_picture_effect(seconds))))
    )
    assert model.card.groups == ("scene", "episode", "picture")
    fresh = known(100, seed=7)
    fresh = fresh._replace(picture=100 + 3 * fresh.picture)
    np.testing.assert_allclose(np.log(model.expected_of(fresh)), _picture_effect(fresh), atol=0.2)


def _picture_effect(seconds: Seconds) -> Float64s:
    return np.asarray(3 + 0.2 * (seconds.picture[:, 2] - 100), np.float64)


def test_without_any_effect_the_rate_is_a_constant() -> None:
    count = np.random.default_rng(2).negative_binomial(3, 0.2, 240)
    model = learned(counted(known(240), count))
    assert model.card.groups == ()
    assert model.card.deviance_explained == 0
    np.testing.assert_allclose(model.expected_of(known(50, seed=3)), count.mean())


def test_a_short_video_gives_only_a_constant() -> None:
    seconds = known(60)
    count = np.round(np.exp(3 * seconds.scene[:, 0])).astype(int)
    model = learned(counted(seconds, count))
    assert model.card.groups == ()
    np.testing.assert_allclose(model.expected_of(known(5)), count.mean())


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("count", [[3], [2, 2], [0, 1] * 60, [4] * 120])
def test_few_or_constant_counts_are_no_trouble(count: list[int]) -> None:
    still = known(len(count))._replace(picture=np.ones((len(count), CHANNELS), np.float32))
    model = learned(counted(still, np.array(count)))
    np.testing.assert_allclose(model.expected_of(still), np.mean(count))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("noise", [0, 1e-15, 1e-12])
def test_nothing_is_learned_from_constant_counts(noise: float) -> None:
    """Any gain in deviance is then rounding, however consistent over the blocks."""
    data = counted(known(480), np.full(480, 7))
    draws = np.random.default_rng(0)
    model = learned(replace(data, count=data.count * (1 + noise * draws.standard_normal(480))))
    assert model.card.groups == ()
    assert model.card.deviance_explained == 0
    np.testing.assert_allclose(model.expected_of(known(9, seed=1)), 7)


def test_nearly_constant_pictures_have_no_effect() -> None:
    seconds = known(480)
    count = np.random.default_rng(1).poisson(np.exp(1 + 1.5 * seconds.scene[:, 0]))
    assert not learned(counted(seconds._replace(picture=nearly_constant()), count)).picture.any()


def test_too_few_blocks_leave_the_explained_share_open() -> None:
    for blocks, known_share in ((7, False), (8, True)):
        seconds = known(24 * blocks)
        count = np.random.default_rng(1).poisson(np.exp(2 + 2 * seconds.scene[:, 0]))
        card = learned(counted(seconds, count)).card
        assert card.groups
        assert (card.deviance_explained is not None) == known_share


def test_held_out_seconds_are_not_learned() -> None:
    seconds = known(480)
    draws = np.random.default_rng(1)
    truth = draws.poisson(np.exp(1 + 1.5 * seconds.scene[:, 0]))
    held_out = np.arange(480) % 10 == 0
    without = _video(np.where(held_out, 1, truth), held_out)
    flooded = _video(np.where(held_out, 500, truth), held_out)
    models = [learned(CountedSeconds.from_video(video, seconds)) for video in (without, flooded)]
    assert models[0].card == models[1].card
    assert models[0].card.seconds == 432
    np.testing.assert_array_equal(models[0].scene, models[1].scene)


def _video(count: Int64s, held_out: npt.NDArray[np.bool_]) -> Aligned:
    second = np.repeat(np.arange(len(count)), count)
    return aligned(
        (1000 * second).tolist(), dev=held_out[second].tolist(), duration_ms=1000 * len(count)
    )


def test_a_popular_video_is_not_taken_for_an_effect() -> None:
    draws = np.random.default_rng(4)
    quiet, loud = known(120, seed=1), known(120, seed=2)
    loud = loud._replace(picture=loud.picture + 5)
    model = learned(counted(quiet, draws.poisson(2, 120)), counted(loud, draws.poisson(40, 120)))
    assert model.card.groups == ()


def test_no_more_is_expected_than_any_second_had() -> None:
    seconds = known(480)
    count = np.random.default_rng(1).poisson(np.exp(1 + 2 * seconds.scene[:, 0]))
    model = learned(counted(seconds, count))
    wild = known(9)._replace(scene=np.full((9, len(SCENE)), 50.0))
    np.testing.assert_allclose(model.expected_of(wild), count.max())


def test_nothing_to_learn_from_is_an_error() -> None:
    with pytest.raises(PipelineError) as caught:
        learned(CountedSeconds.from_video(without_comments(9), known(9)))
    assert caught.value.code == ExitCode.NOTHING_USABLE


def test_learning_again_gives_the_same() -> None:
    seconds = known(240)
    count = np.random.default_rng(1).poisson(np.exp(1 + seconds.scene[:, 0]))
    first, second = (learned(counted(seconds, count)) for _ in range(2))
    assert first.card == second.card
    for name in ("picture", "scene", "episode", "bias"):
        np.testing.assert_array_equal(getattr(first, name), getattr(second, name))


@pytest.mark.parametrize("dispersion", [0.0, 0.1, 0.5])
def test_dispersion_is_recovered(dispersion: float) -> None:
    seconds = known(2400)
    expected = np.exp(2 + seconds.scene[:, 0])
    count = draw_counts(expected, dispersion, np.random.default_rng(3))
    assert learned(counted(seconds, count)).dispersion == pytest.approx(dispersion, abs=0.05)
