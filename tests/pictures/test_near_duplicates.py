from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from pipeline.pictures.duplicates_report import report_duplicates
from pipeline.pictures.near_duplicates import block_colours, near_pairs
from pipeline.runtime.grouping import groups

UInt8s = npt.NDArray[np.uint8]
LIMIT = 6.0


def blurred(draws: np.random.Generator, count: int) -> UInt8s:
    """Colours of blocks that vary as those of pictures do: smoothly, with few details."""
    coarse = draws.integers(0, 256, (count, 4, 4, 3)).astype(np.uint8)
    scaled = [Image.fromarray(one).resize((14, 14), Image.Resampling.BICUBIC) for one in coarse]
    return np.stack([np.asarray(one) for one in scaled])


def varied(draws: np.random.Generator, some: UInt8s, by: int) -> UInt8s:
    moved = some + draws.integers(-by, by + 1, some.shape)
    return np.asarray(np.clip(moved, 0, 255), np.uint8)


def every_pair(colours: UInt8s) -> list[tuple[int, int]]:
    flat = colours.reshape(len(colours), -1, 3).astype(int)
    far = [np.abs(flat[:n] - flat[n]).mean(2).max(1) for n in range(len(flat))]
    return [(n, int(m)) for n, one in enumerate(far) for m in np.flatnonzero(one <= LIMIT)]


@pytest.mark.parametrize("white", [False, True], ids=["full of colour", "mostly white"])
def test_the_groups_are_those_of_comparing_all_with_all(white: bool) -> None:
    draws = np.random.default_rng(4)
    one = blurred(draws, 150)
    if white:
        one[:, :, 4:] = 255
    some = np.concatenate([one, *(varied(draws, one[:80], by) for by in (2, 5, 12, 40))])
    some = some[draws.permutation(len(some))]
    found = groups(near_pairs(some, LIMIT))
    assert found == groups(every_pair(some))
    assert 50 < len(found) < 150


def test_a_limit_of_all_grey_levels_finds_that_all_are_one_group() -> None:
    some = blurred(np.random.default_rng(1), 40)
    assert groups(near_pairs(some, 255)) == [list(range(40))]


def test_hundreds_of_equal_ones_are_one_group() -> None:
    some = np.full((700, 14, 14, 3), 255, np.uint8)
    assert groups(near_pairs(some, LIMIT)) == [list(range(700))]


def test_one_picture_has_no_pairs() -> None:
    assert list(near_pairs(np.zeros((1, 14, 14, 3), np.uint8), LIMIT)) == []


def test_groups_are_chains_of_pairs() -> None:
    assert groups([(5, 1), (9, 3), (7, 5), (3, 9)]) == [[1, 5, 7], [3, 9]]


@pytest.mark.parametrize("size", [32, 100, 224])
def test_colours_of_blocks_are_their_means(size: int) -> None:
    picture = np.zeros((size, size, 3), np.uint8)
    picture[:, size // 2 :, 0] = 200
    colours = block_colours(picture)
    assert colours.shape == (14, 14, 3)
    assert colours[:, :6].max() == 0
    assert (colours[:, 8:] == (200, 0, 0)).all()


def test_another_encoding_nearly_equals_the_picture_and_another_drawing_does_not(
    tmp_path: Path,
) -> None:
    size = 112
    across = np.tile(np.linspace(0, 255, size).astype(np.uint8), (size, 1))
    drawing = np.stack([across, across.T, 255 - across], 2)
    drawing[30:60, 30:60] = (220, 40, 40)
    other = drawing.copy()
    other[34:44, 70:80] = 0
    Image.fromarray(drawing).save(tmp_path / "a.jpg", quality=70)
    encoded = np.asarray(Image.open(tmp_path / "a.jpg"))
    colours = np.stack([block_colours(one) for one in (drawing, other, encoded)])
    assert groups(near_pairs(colours, LIMIT)) == [[0, 2]]


def listed(path: Path, names: list[str], rows: list[int], colours: UInt8s) -> str:
    files = [name.partition("#")[0] for name in names]
    report_duplicates(path, names, files, rows, colours, LIMIT)
    return path.read_text() if path.exists() else ""


def test_equal_and_nearly_equal_pictures_are_listed_in_groups(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "frames.duplicates.txt"
    shades = np.array([0, 60, 62, 120, 180, 181], np.uint8)
    colours = np.broadcast_to(shades[:, None, None, None], (6, 14, 14, 3)).copy()
    names = ["a", "b", "c", "a2", "d", "gone"]
    with caplog.at_level("INFO"):
        assert listed(path, names[:5], [0, 1, 2, 0, 4], colours) == "a\na2\n\nb\nc\n"
    assert f"4 pictures equal or nearly equal others, in 2 groups; see {path}" in caplog.text
    assert listed(path, names[:2], [0, 1], colours) == ""


def test_pictures_of_one_animated_file_are_no_duplicates_of_each_other(tmp_path: Path) -> None:
    path = tmp_path / "frames.duplicates.txt"
    colours = np.zeros((3, 14, 14, 3), np.uint8)
    assert listed(path, ["a.gif#0", "a.gif#1"], [0, 1], colours) == ""
    names = ["a.gif#0", "a.gif#1", "b.gif#0"]
    assert listed(path, names, [0, 1, 2], colours) == "a.gif#0\na.gif#1\nb.gif#0\n"
