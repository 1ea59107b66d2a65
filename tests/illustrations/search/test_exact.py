import numpy as np
import pytest

from pipeline.illustrations.search.exact import products


@pytest.mark.parametrize("count", [0, 1, 7, 5000])
def test_products_are_those_of_numpy(count: int) -> None:
    draws = np.random.default_rng(2)
    vectors = draws.normal(size=(count, 130)).astype(np.float16)
    queries = draws.normal(size=(3, 130)).astype(np.float32)
    found = products(vectors, queries)
    assert found.shape == (3, count)
    assert found == pytest.approx(queries @ vectors.astype(np.float32).T, abs=1e-4)
