import numpy as np
import pytest

from pipeline.illustrations.vectors.whitening import Whitening, unit

DRAWS = np.random.default_rng(3)
COMMON = DRAWS.uniform(0, 40, 12)
TAPS = [
    (COMMON + DRAWS.uniform(0, 3, (400, 12))).astype(np.float16),
    DRAWS.normal(size=(400, 5)).astype(np.float16) * np.float16(20),
]


def test_vectors_have_length_one_and_lie_around_the_origin() -> None:
    vectors = Whitening.of(TAPS)(TAPS)
    assert vectors.shape == (400, 17)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    assert np.abs(vectors.mean(0)).max() < 0.05
    alike = vectors @ vectors.T
    assert np.abs(alike[~np.eye(400, dtype=bool)]).mean() < 0.3


def test_without_whitening_what_all_have_in_common_makes_them_alike() -> None:
    vectors = Whitening.none(TAPS)(TAPS)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    assert (vectors @ vectors.T).min() > 0.1


def test_no_tap_counts_more_for_having_greater_values() -> None:
    louder = [TAPS[0], TAPS[1] * np.float16(4)]
    for of in (Whitening.of, Whitening.none):
        assert of(louder)(louder) == pytest.approx(of(TAPS)(TAPS), abs=2e-3)


def test_pictures_that_are_all_alike_have_no_direction() -> None:
    same = [np.full((7, 3), 2, np.float16)]
    assert not Whitening.of(same)(same).any()


def test_one_picture_is_enough_for_a_file() -> None:
    assert np.isfinite(Whitening.of([TAPS[0][:1]])([TAPS[0]])).all()


def test_nothing_is_brought_to_length_one_that_has_none() -> None:
    assert unit(np.zeros((2, 3), np.float32)).tolist() == np.zeros((2, 3)).tolist()


def test_few_pictures_of_many_channels_do_not_become_strangers_to_each_other() -> None:
    """With the whole of their spread taken for signal, all would lie at right angles."""
    kinds = np.repeat(DRAWS.normal(size=(4, 200)), 5, axis=0)
    values = [(kinds + DRAWS.normal(size=(20, 200)) / 2).astype(np.float16)]
    vectors = Whitening.of(values)(values)
    same = np.kron(np.eye(4), np.ones((5, 5))) > 0
    cosines = vectors @ vectors.T
    assert cosines[same].min() > cosines[~same].max() + 0.3
