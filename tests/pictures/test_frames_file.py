from fractions import Fraction
from io import BytesIO
from pathlib import Path

import h5py
import numpy as np
import pytest
from PIL import Image

from pipeline.media.frame_times import FrameTimes
from pipeline.pictures.frames_file import (
    Frames,
    read_shapes,
    read_thumbnail,
    read_thumbnails,
    writing_frames,
)

TENTH = Fraction(1, 10)


def picture(shade: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.full((8, 8, 3), shade, np.uint8)


@pytest.mark.parametrize("pictures", [1, 31, 32, 33, 70])
def test_pictures_and_tables_read_back(tmp_path: Path, pictures: int) -> None:
    path = tmp_path / "frames.h5"
    time_base = Fraction(1, 30000)
    with writing_frames(path, 8, fingerprint="abc", width=64, height=48) as frames:
        for number in range(pictures):
            frames.add(1001 * 2 * number, time_base, picture(number))
            assert frames.last_picture is not None
            assert frames.last_picture[0, 0, 0] == number
            frames.add(1001 * (2 * number + 1), time_base, None)
        assert (frames.count, frames.kept) == (2 * pictures, pictures)

    read = Frames.load(path)
    assert read.fingerprint == "abc"
    assert read.times.time_base == time_base
    assert read.times.pts.tolist() == [1001 * n for n in range(2 * pictures)]
    assert read.times.end == 1001 * 2 * pictures
    assert read.row.tolist() == [n // 2 for n in range(2 * pictures)]
    assert read.cuts.tolist() == []
    assert read.first_frames().tolist() == list(range(0, 2 * pictures, 2))
    with h5py.File(path) as file:
        assert file["pictures"][:, 0, 0, 0].tolist() == list(range(pictures))
        assert (file.attrs["width"], file.attrs["height"]) == (64, 48)


def test_scenes_begin_at_the_frames_that_are_told(tmp_path: Path) -> None:
    path = tmp_path / "frames.h5"
    with writing_frames(path, 8, fingerprint="abc") as frames:
        for number in range(9):
            frames.add(number, TENTH, picture(1) if number == 0 else None, number in (0, 3, 7))
        assert frames.scenes == 3
    assert Frames.load(path).cuts.tolist() == [3, 7]


def test_each_second_has_a_thumbnail_of_its_first_frame(tmp_path: Path) -> None:
    path = tmp_path / "frames.h5"
    with writing_frames(path, 8, fingerprint="abc") as frames:
        for pts in (4, 9, 11, 19, 35, 41, 42):  # tenths: nothing begins in the third second
            frames.add(pts, TENTH, picture(1))
            if frames.wants_thumbnail:
                frames.add_thumbnail(f"at {pts}".encode())
    found = [read_thumbnail(path, frame).decode() for frame in range(7)]
    assert found == ["at 4", "at 4", "at 11", "at 11", "at 35", "at 41", "at 41"]


def test_a_single_frame_lasts_one_unit(tmp_path: Path) -> None:
    path = tmp_path / "frames.h5"
    with writing_frames(path, 8, fingerprint="abc") as frames:
        assert frames.last_picture is None
        frames.add(0, Fraction(1, 25), picture(1))
    assert Frames.load(path).times.duration == Fraction(1, 25)


def test_a_picture_added_is_a_copy(tmp_path: Path) -> None:
    path = tmp_path / "frames.h5"
    buffer = picture(1)
    with writing_frames(path, 8, fingerprint="abc") as frames:
        for number in range(3):
            buffer[:] = number
            frames.add(number, TENTH, buffer)
    with h5py.File(path) as file:
        assert file["pictures"][:, 0, 0, 0].tolist() == [0, 1, 2]


def test_equal_frames_give_equal_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        with writing_frames(tmp_path / name, 8, fingerprint="abc") as frames:
            frames.add(0, TENTH, picture(1))
            frames.add_thumbnail(b"jpeg")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_an_error_leaves_no_file(tmp_path: Path) -> None:
    def fail() -> None:
        raise ValueError

    with (
        pytest.raises(ValueError),
        writing_frames(tmp_path / "frames.h5", 8, fingerprint="abc") as frames,
    ):
        frames.add(0, TENTH, picture(1))
        fail()
    assert not list(tmp_path.iterdir())


def test_pictures_that_no_frame_shows_have_no_first_frame() -> None:
    times = FrameTimes(pts=np.arange(4), time_base=Fraction(1), end=4)
    frames = Frames(times, np.array([4, 1, 4, 2]), "abc", np.empty(0, np.int64))
    assert frames.first_frames().tolist() == [-1, 1, 3, -1, 0]
    assert frames.seek_times(np.array([4, 2])).tolist() == [0.5, 3.5]


def test_a_video_s_pictures_have_its_shape(tmp_path: Path) -> None:
    path = tmp_path / "frames.h5"
    with writing_frames(path, 8, fingerprint="abc", width=64, height=48) as frames:
        for number in range(3):
            frames.add(number, TENTH, picture(number))
    assert read_shapes(path, np.array([2, 0])) == [(64, 48), (64, 48)]


def test_thumbnails_come_in_the_order_and_size_that_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "frames.h5"
    with writing_frames(path, 8, fingerprint="abc", width=64, height=48) as frames:
        for number in range(3):
            frames.add(number, TENTH, picture(100 * number))
    for jpeg, shade in zip(
        read_thumbnails(path, np.array([2, 0, 1, 2]), 32), (200, 0, 100, 200), strict=True
    ):
        with Image.open(BytesIO(jpeg)) as shown:
            assert shown.size == (32, 24)
            assert np.abs(np.asarray(shown).astype(int) - shade).max() <= 2
