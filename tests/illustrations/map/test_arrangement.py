"""Every point gets a cell of its own, near to its place."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from pipeline.illustrations.map.arrangement import in_a_grid


@pytest.mark.parametrize("count", [1, 2, 3, 10, 100, 513, 1500])
def test_no_two_share_a_cell_and_the_grid_is_square(count: int) -> None:
    cells = in_a_grid(np.random.default_rng(0).normal(size=(count, 2)))
    assert len(np.unique(cells, axis=0)) == count
    side = int(np.ceil(np.sqrt(count)))
    assert cells.min() >= 0
    assert cells.max() < side


@pytest.mark.parametrize("side", [9, 40])
def test_points_that_lie_in_a_grid_stay_there(side: int) -> None:
    places = np.stack(np.meshgrid(np.arange(side), np.arange(side)), axis=-1).reshape(-1, 2)
    shuffled = places[np.random.default_rng(0).permutation(len(places))]
    assert np.array_equal(in_a_grid(shuffled / side - 0.5), shuffled)


def test_cells_are_in_the_order_of_places() -> None:
    positions = np.random.default_rng(0).normal(size=(1200, 2))
    cells = in_a_grid(positions)
    for axis in (0, 1):
        assert spearmanr(positions[:, axis], cells[:, axis]).statistic > 0.9


def test_equal_places_get_cells() -> None:
    assert len(np.unique(in_a_grid(np.zeros((7, 2))), axis=0)) == 7
