import numpy as np
import pytest

from pipeline.pictures.similarity import SimilarPictures

DRAWS = np.random.default_rng(8)
VECTORS = DRAWS.normal(size=(12, 5)).astype(np.float16)
MEAN = DRAWS.uniform(0.5, 2, 5).astype(np.float32)
SCALE = DRAWS.uniform(0.5, 2, 5).astype(np.float32)


@pytest.mark.parametrize("batch", [1, 5, 4096])
def test_similarity_is_the_cosine_of_standardised_vectors(batch: int) -> None:
    normal = (VECTORS.astype(np.float64) - MEAN) / SCALE
    length = np.linalg.norm(normal, axis=1)
    expected = normal @ normal.T / length / length[:, None]
    cosines = SimilarPictures(VECTORS[:7], MEAN, SCALE, batch=batch).cosines(VECTORS)
    assert cosines.dtype == np.float32
    assert cosines == pytest.approx(expected[:, :7], abs=1e-5)
    assert cosines[range(7), range(7)] == pytest.approx(1)


def test_a_picture_that_is_just_the_mean_resembles_nothing() -> None:
    ones = np.ones(5, np.float32)
    plain = np.ones((2, 5), np.float16)
    plain[1, 0] = 2
    assert SimilarPictures(VECTORS, ones, ones).cosines(plain).any(1).tolist() == [False, True]
