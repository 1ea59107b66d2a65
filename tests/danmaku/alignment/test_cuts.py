from fractions import Fraction
from pathlib import Path

import h5py
import numpy as np
import pytest

from pipeline.danmaku.alignment.cuts import find_cuts, thumbnails
from pipeline.pictures.frames_file import Frames, writing_frames


@pytest.mark.parametrize("rate", [2, 8, 24])
def test_cuts_are_found_between_the_pictures_around_them(rate: int) -> None:
    time = np.arange(0, 40, 1 / rate)
    true = np.array([10.0, 17.3, 30.0])
    shot = np.searchsorted(true, time, side="right")
    rng = np.random.default_rng(0)
    scenes = rng.random((4, 12))
    pictures = (scenes[shot] + 0.01 * rng.standard_normal((len(time), 12))).astype(np.float32)
    found = find_cuts(pictures, time, 40.0)
    assert len(found) == 3
    assert np.abs(found - true).max() <= 0.1 + 0.5 / rate


def test_thumbnails_show_each_picture_when_it_comes(tmp_path: Path) -> None:
    path = tmp_path / "frames.h5"
    pictures = [np.full((32, 32, 3), 60 * i, np.uint8) for i in range(4)]
    with writing_frames(path, 32, fingerprint="x", width=9, height=9) as writer:
        for frame in range(40):
            picture = pictures[frame // 10] if frame % 10 == 0 else None
            writer.add(frame, Fraction(1, 10), picture)
    with h5py.File(path) as file:
        small, time = thumbnails(Frames.load(path), file)
    assert len(time) <= 4 * 8
    expected = 60 * (time // 1) / 255
    np.testing.assert_allclose(small, np.repeat(expected[:, None], small.shape[1], 1), atol=1e-6)


def test_cuts_are_the_same_in_batches() -> None:
    rng = np.random.default_rng(1)
    time = np.arange(90) / 3
    scenes = rng.random((10, 12))[np.arange(90) // 9]
    pictures = (scenes + 0.01 * rng.standard_normal(scenes.shape)).astype(np.float32)
    whole = find_cuts(pictures, time, 30.0)
    assert len(whole) == 9
    for batch in (1, 7, 292):  # the last leaves a batch of one
        np.testing.assert_array_equal(find_cuts(pictures, time, 30.0, batch=batch), whole)
