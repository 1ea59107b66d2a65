import numpy as np
import pytest

from pipeline.illustrations.vectors.bit_codes import (
    BITS,
    bit_codes,
    cosines_of_codes,
    random_planes,
)
from pipeline.illustrations.vectors.whitening import unit

CHANNELS = 300


def test_codes_tell_the_angle_between_vectors() -> None:
    draws = np.random.default_rng(1)
    base = unit(draws.normal(size=(1, CHANNELS)).astype(np.float32))
    noise = draws.normal(size=(50, CHANNELS)).astype(np.float32) / 17
    shares = np.linspace(-1, 1, 50, dtype=np.float32)[:, None]
    vectors = unit(np.asarray(base * shares + noise, np.float32))
    codes = bit_codes(np.vstack([base, vectors]), random_planes(CHANNELS, 0))
    assert codes.shape == (51, 512)
    assert codes.dtype == np.uint8
    told = cosines_of_codes(codes[0], codes[1:])
    assert told == pytest.approx((vectors @ base[0]).tolist(), abs=0.1)
    assert cosines_of_codes(codes[0], codes[:1]) == pytest.approx(1)


def test_planes_are_orthogonal_and_follow_from_the_seed() -> None:
    planes = random_planes(CHANNELS, 5)
    assert planes.shape == (CHANNELS, BITS)
    first = planes[:, :CHANNELS]
    assert first.T @ first == pytest.approx(np.eye(CHANNELS), abs=1e-5)
    assert (planes == random_planes(CHANNELS, 5)).all()
    assert (planes != random_planes(CHANNELS, 6)).any()
