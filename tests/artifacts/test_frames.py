from fractions import Fraction
from pathlib import Path

import h5py
import numpy as np
import pytest

from pipeline.artifacts.frames import Frames, writing_frames


def picture(shade: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.full((8, 8, 3), shade, np.uint8)


@pytest.mark.parametrize("pictures", [1, 31, 32, 33, 70])
def test_pictures_and_tables_read_back(tmp_path: Path, pictures: int) -> None:
    path = tmp_path / "frames.h5"
    with writing_frames(path, 8, fingerprint="abc", width=64, height=48) as (frames, file):
        for number in range(pictures):
            frames.add(1001 * 2 * number, picture(number))
            assert frames.last_picture is not None
            assert frames.last_picture[0, 0, 0] == number
            frames.add(1001 * (2 * number + 1), None)
        assert frames.counts == (2 * pictures, pictures)
        frames.finish(file, Fraction(1, 30000), frames.last_step)

    read = Frames.load(path)
    assert read.fingerprint == "abc"
    assert read.times.time_base == Fraction(1, 30000)
    assert read.times.pts.tolist() == [1001 * n for n in range(2 * pictures)]
    assert read.times.end == 1001 * 2 * pictures
    assert read.row.tolist() == [n // 2 for n in range(2 * pictures)]
    assert read.first_frames().tolist() == list(range(0, 2 * pictures, 2))
    with h5py.File(path) as file:
        assert file["pictures"][:, 0, 0, 0].tolist() == list(range(pictures))
        assert (file.attrs["width"], file.attrs["height"]) == (64, 48)


def test_a_single_frame_lasts_one_unit(tmp_path: Path) -> None:
    path = tmp_path / "frames.h5"
    with writing_frames(path, 8, fingerprint="abc") as (frames, file):
        assert frames.last_picture is None
        frames.add(0, picture(1))
        frames.finish(file, Fraction(1, 25), frames.last_step)
    assert Frames.load(path).times.duration == Fraction(1, 25)


def test_a_picture_added_is_a_copy(tmp_path: Path) -> None:
    path = tmp_path / "frames.h5"
    buffer = picture(1)
    with writing_frames(path, 8, fingerprint="abc") as (frames, file):
        for number in range(3):
            buffer[:] = number
            frames.add(number, buffer)
        frames.finish(file, Fraction(1, 25), 1)
    with h5py.File(path) as file:
        assert file["pictures"][:, 0, 0, 0].tolist() == [0, 1, 2]


def test_an_error_leaves_no_file(tmp_path: Path) -> None:
    def fail() -> None:
        raise ValueError

    with (
        pytest.raises(ValueError),
        writing_frames(tmp_path / "frames.h5", 8, fingerprint="abc") as (frames, _),
    ):
        frames.add(0, picture(1))
        fail()
    assert not list(tmp_path.iterdir())
