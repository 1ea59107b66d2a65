from pathlib import Path

import numpy as np
import pytest

from pipeline.illustrations.vectors.values import compared_taps, read_values, values_of
from pipeline.pictures.features_file import FeatureStore
from pipeline.runtime.errors import ExitCode, PipelineError
from tests.captioning.conftest import features_file

DRAWS = np.random.default_rng(4)
VECTOR, GRID = DRAWS.normal(size=(6, 4)), DRAWS.normal(size=(6, 9, 2))


@pytest.fixture
def features(tmp_path: Path) -> Path:
    return features_file(tmp_path / "f.h5", grid=GRID, other=GRID, vector=VECTOR)


def test_the_first_vector_and_the_first_grid_are_compared_unless_others_are_named(
    features: Path,
) -> None:
    with FeatureStore(features) as store:
        assert compared_taps(store, ()) == ["vector", "grid"]
        assert compared_taps(store, ["other"]) == ["other"]
        with pytest.raises(PipelineError, match="no tap called pooled, only grid") as caught:
            compared_taps(store, ["pooled"])
    assert caught.value.code == ExitCode.INVALID_SETTING


def test_a_grid_is_compared_by_the_means_of_its_quarters(features: Path) -> None:
    rows = np.array([4, 0, 4])
    vector, quarters = read_values(features, ["vector", "grid"], rows)
    assert vector == pytest.approx(VECTOR[rows], abs=1e-2)
    square = GRID.reshape(6, 3, 3, 2)
    means = [
        square[:, down, across].mean((1, 2))
        for down in (slice(2), slice(1, 3))
        for across in (slice(2), slice(1, 3))
    ]
    assert quarters == pytest.approx(np.hstack(means)[rows], abs=1e-2)
    of_network = {"grid": GRID.astype(np.float16), "vector": VECTOR.astype(np.float16)}
    for found, same in zip(
        values_of(of_network, ["vector", "grid"]), (vector, quarters), strict=True
    ):
        assert found[rows].tolist() == same.tolist()
