"""Positions by t-SNE and by principal components."""

import numpy as np
import pytest

from pipeline.illustrations.map.layout import Method, lay_out
from pipeline.runtime.arrays import Float32s


def groups(count: int = 3, size: int = 20) -> Float32s:
    """Points around ``count`` places in ten dimensions."""
    draws = np.random.default_rng(0)
    centres = np.repeat(draws.normal(scale=10, size=(count, 10)), size, axis=0)
    return (centres + draws.normal(size=centres.shape)).astype(np.float32)


def test_groups_stay_together() -> None:
    positions = lay_out(groups(), "tsne", perplexity=5, seed=0).reshape(3, 20, 2)
    middles = positions.mean(1)
    radius = np.linalg.norm(positions - middles[:, None], axis=2).max()
    apart = np.linalg.norm(middles[:, None] - middles, axis=2)[np.triu_indices(3, 1)]
    assert apart.min() > 2 * radius


def test_a_seed_makes_a_map() -> None:
    one, again, other = (lay_out(groups(), "tsne", perplexity=5, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


@pytest.mark.parametrize("method", ["tsne", "pca"])
@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 11])
def test_few_points_have_places(method: Method, count: int) -> None:
    reduced = groups(1, count)[:, : min(count, 10)]
    positions = lay_out(reduced, method, perplexity=30, seed=0)
    assert positions.shape == (count, 2)
    assert np.abs(positions).max() <= 1 + 1e-9
    assert len(np.unique(positions, axis=0)) == count


@pytest.mark.parametrize("method", ["tsne", "pca"])
def test_equal_pictures_have_places(method: Method) -> None:
    positions = lay_out(np.zeros((30, 5), np.float32), method, perplexity=5, seed=0)
    assert np.isfinite(positions).all()
