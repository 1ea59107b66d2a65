import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from pipeline.pictures.similarity import SimilarPictures, nearest_apart

DRAWS = np.random.default_rng(8)
VECTORS = DRAWS.normal(size=(12, 5)).astype(np.float16)
MEAN = DRAWS.uniform(0.5, 2, 5).astype(np.float32)
SCALE = DRAWS.uniform(0.5, 2, 5).astype(np.float32)
COARSE = st.integers(-4, 4).map(lambda number: number / 4)
"""Cosines of which many are equal."""


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


def plain_nearest(
    cosines: list[float], video: list[int], time_ms: list[float]
) -> list[tuple[int, float]]:
    """One after the other, each passed over that is near a better one."""
    found: list[int] = []
    for place in sorted(range(len(cosines)), key=lambda place: (-cosines[place], place)):
        apart = all(
            video[place] != video[other] or abs(time_ms[place] - time_ms[other]) >= 2000
            for other in found
        )
        if apart and len(found) < 4:
            found.append(place)
    padding = [(-1, 0.0)] * (4 - len(found))
    return [*((place, cosines[place]) for place in found), *padding]


@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 60)), min_size=1, max_size=30, unique=True)
    .map(sorted)
    .flatmap(
        lambda places: st.tuples(
            st.just(places),
            arrays.arrays(np.float32, (3, len(places)), elements=COARSE),
        )
    )
)
def test_the_nearest_are_those_of_a_plain_search(
    drawn: tuple[list[tuple[int, int]], np.ndarray[tuple[int, ...], np.dtype[np.float32]]],
) -> None:
    places, cosines = drawn
    video, time_ms = [video for video, _ in places], [250.0 * time for _, time in places]
    expected = [plain_nearest(row.tolist(), video, time_ms) for row in cosines]
    found_places, greatest = nearest_apart(
        cosines.copy(), np.array(video), np.array(time_ms), count=4, min_gap_ms=2000
    )
    assert found_places.tolist() == [[place for place, _ in row] for row in expected]
    assert greatest.tolist() == [[cosine for _, cosine in row] for row in expected]
