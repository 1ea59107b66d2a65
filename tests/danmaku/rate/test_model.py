from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest

from pipeline.danmaku.rate.model import RateModel, draw_counts
from pipeline.danmaku.rate.seconds import SCENE
from pipeline.pictures.features_file import FeatureStore, building_features
from pipeline.runtime.errors import ExitCode, PipelineError
from tests.danmaku.rate.synthetic import CHANNELS, counted, frames, known, learned, pictures


@pytest.fixture
def model() -> RateModel:
    seconds = known(240)
    return learned(
        counted(seconds, np.random.default_rng(1).poisson(np.exp(1 + 2 * seconds.scene[:, 0])))
    )


@pytest.mark.parametrize("dispersion", [0.0, 0.4])
def test_counts_are_drawn_with_the_mean_and_variance_they_should_have(dispersion: float) -> None:
    for mean in (0.0, 0.3, 15.0):
        drawn = draw_counts(np.full(200_000, mean), dispersion, np.random.default_rng(0))
        assert drawn.mean() == pytest.approx(mean, rel=0.02)
        assert drawn.var() == pytest.approx(mean + dispersion * mean**2, rel=0.03)


def test_what_was_saved_is_loaded(model: RateModel, tmp_path: Path) -> None:
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
def test_features_of_another_kind_are_refused(
    model: RateModel,
    tmp_path: Path,
    backbone: str,
    weights: str,
    tap: str,
    shape: tuple[int, ...],
) -> None:
    path = tmp_path / "features.h5"
    attributes = {"backbone": backbone, "weights": weights}
    with building_features(path, 1, {tap: shape}, attributes) as builder:
        builder.append({tap: np.zeros((1, *shape), np.float16)})
    ours = (backbone, weights, tap, shape) == ("tiny", "w", "grid", (2, CHANNELS))
    with FeatureStore(path) as store, nullcontext() if ours else refused():
        model.require_match(store, path)


@contextmanager
def refused() -> Iterator[None]:
    with pytest.raises(PipelineError) as caught:
        yield
    assert caught.value.code == ExitCode.BAD_ARTIFACT
