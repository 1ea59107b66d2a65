from pathlib import Path

import numpy as np
import pytest
import torch

from pipeline.pictures.feature_bank import FeatureBank, check_same_backbone
from pipeline.runtime.errors import ExitCode, PipelineError
from tests.captioning.conftest import features_file


def numbered(folder: Path) -> FeatureBank:
    """Rows 0–2 and 3–7 of two videos; each row holds its number."""
    rows = np.arange(8)[:, None, None] * np.ones((1, 2, 3))
    paths = [
        features_file(folder / "1.h5", other=np.ones((3, 2)), tap=rows[:3]),
        features_file(folder / "2.h5", other=np.ones((5, 2)), tap=rows[3:]),
    ]
    return FeatureBank(paths, "tap")


def test_rows_of_several_videos_are_gathered_in_any_order(tmp_path: Path) -> None:
    features = numbered(tmp_path)
    assert features.starts.tolist() == [0, 3, 8]
    assert features.row_shape == (2, 3)
    gathered = features.gather(np.array([7, 0, 3, 2, 2]))
    assert gathered.shape == (5, 2, 3)
    assert gathered.dtype == torch.float16
    assert gathered[:, 1, 2].tolist() == [7, 0, 3, 2, 2]


def test_a_bank_does_not_move_to_a_cpu(tmp_path: Path) -> None:
    assert not numbered(tmp_path).reside_on(torch.device("cpu"))


@pytest.mark.parametrize("batch", [1, 2, 100])
def test_means_are_those_of_the_positions_of_each_picture(tmp_path: Path, batch: int) -> None:
    draws = np.random.default_rng(0)
    rows = [draws.normal(3, 2, (count, 4, 6)).astype(np.float16) for count in (3, 5)]
    paths = [features_file(tmp_path / f"{n}.h5", tap=video) for n, video in enumerate(rows)]
    means = FeatureBank(paths, "tap", batch).means
    assert means.dtype == np.float16
    np.testing.assert_allclose(means, np.concatenate(rows).mean(1, np.float64), rtol=1e-3)


def test_a_vector_is_its_own_mean(tmp_path: Path) -> None:
    rows = np.random.default_rng(0).normal(3, 2, (5, 6)).astype(np.float16)
    assert np.array_equal(
        FeatureBank([features_file(tmp_path / "f.h5", tap=rows)], "tap").means, rows
    )


def test_statistics_are_those_of_each_channel(tmp_path: Path) -> None:
    values = np.random.default_rng(0).normal(3, 2, (40, 4, 6)).astype(np.float16)
    values[..., 0] = 5
    values[..., 1] = values[0, :, 1]  # positions differ, pictures do not
    features = FeatureBank([features_file(tmp_path / "f.h5", tap=values)], "tap")
    mean, std, spread = features.statistics()
    flat = values.reshape(-1, 6).astype(np.float64)
    np.testing.assert_allclose(mean, flat.mean(0), rtol=1e-4)
    np.testing.assert_allclose(std[1:], flat.std(0)[1:], rtol=1e-4)
    assert std[0] == 1
    pooled = values.astype(np.float64).mean(1)[:, 2:] / flat.std(0)[2:]
    np.testing.assert_allclose(spread[2:], pooled.std(0), rtol=1e-4)
    assert spread[:2].tolist() == [1, 1]


def test_the_spread_of_vectors_is_that_of_their_standardised_selves(tmp_path: Path) -> None:
    values = np.random.default_rng(0).normal(3, 2, (40, 6)).astype(np.float16)
    values[:, 0] = 5
    path = features_file(tmp_path / "f.h5", tap=values)
    mean, std, spread = FeatureBank([path], "tap").statistics()
    np.testing.assert_allclose(mean, values.astype(np.float64).mean(0), rtol=1e-4)
    np.testing.assert_allclose(std[1:], values.astype(np.float64).std(0)[1:], rtol=1e-4)
    assert std[0] == 1
    np.testing.assert_allclose(spread, np.ones(6), rtol=1e-4)


def test_what_is_constant_but_for_rounding_has_no_spread(tmp_path: Path) -> None:
    """The second channel is the same everywhere; the third has the same values in every picture,
    each time at other positions, so that their means differ by rounding."""
    draws = np.random.default_rng(0)
    values = np.exp(draws.normal(0, 2, (40, 196, 3))).astype(np.float16)
    values[..., 1] = np.float16(0.1)
    values[..., 2] = [draws.permutation(values[0, :, 2]) for _ in values]
    _, std, spread = FeatureBank([features_file(tmp_path / "a.h5", tap=values)], "tap").statistics()
    assert (float(std[1]), float(spread[1]), float(spread[2])) == (1, 1, 1)
    assert 0.05 < float(spread[0]) < 1


def test_statistics_are_of_rows_spread_evenly_over_the_videos(tmp_path: Path) -> None:
    mean, std, spread = numbered(tmp_path).statistics(max_rows=3)  # rows 0, 3 and 7
    np.testing.assert_allclose(mean, np.full(3, 10 / 3), rtol=1e-4)
    np.testing.assert_allclose(std, np.full(3, np.std([0, 3, 7])), rtol=1e-4)
    np.testing.assert_allclose(spread, np.ones(3), rtol=1e-4)


def test_features_of_one_kind_are_recognised(tmp_path: Path) -> None:
    paths = [
        features_file(tmp_path / f"{n}.h5", grid=np.ones((n, 2, 3)), vector=np.ones((n, 4)))
        for n in (1, 2)
    ]
    assert check_same_backbone(paths, grid=True) == ("grid", "toy", "none", 3)
    assert check_same_backbone(paths, grid=False) == ("vector", "toy", "none", 4)


def test_features_of_different_kinds_are_refused(tmp_path: Path) -> None:
    paths = [
        features_file(tmp_path / "1.h5", grid=np.ones((1, 2, 3))),
        features_file(tmp_path / "2.h5", grid=np.ones((1, 2, 4))),
    ]
    with pytest.raises(PipelineError) as caught:
        check_same_backbone(paths, grid=True)
    assert caught.value.code == ExitCode.BAD_ARTIFACT
