"""Features of stills: a picture goes through the network once, whatever becomes of the others."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from PIL import Image

from pipeline.engine.stage import Files
from pipeline.media.picture_folder import PictureFolder
from pipeline.pictures.backbones.onnx_network import OnnxNetwork
from pipeline.pictures.frames_file import read_names
from pipeline.pictures.gathering import gather
from stages.pictures import features
from tests.networks import tiny_onnx

SIZE = 32


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "album"
    path.mkdir()
    for number in range(10):
        picture(path / f"{number}.png")
    return path


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Adds up, in one number, how many pictures the network was given; one more is a trial."""
    count = [0]
    call = OnnxNetwork.__call__

    def counted(network: OnnxNetwork, pictures: Any) -> Any:
        count[0] += len(pictures)
        return call(network, pictures)

    monkeypatch.setattr(OnnxNetwork, "__call__", counted)
    return count


def picture(path: Path, seed: int | None = None) -> None:
    draws = np.random.default_rng(sum(path.name.encode()) if seed is None else seed)
    Image.fromarray(draws.integers(0, 256, (SIZE, SIZE, 3), np.uint8)).save(path)


def computed(folder: Path, **settings: Any) -> dict[str, list[float]]:
    """Brings frames and features up to date; the features of each name."""
    workdir = folder.parent
    gather(PictureFolder.open(folder), workdir / "frames.h5", SIZE, near=0)
    network = tiny_onnx(workdir / "tiny.onnx", SIZE)
    given = {"backbone": str(network), "taps": ("grid", "vector"), "batch": 2, **settings}
    inputs = Files({"frames": [workdir / "frames.h5"]})
    outputs = Files({"features": [workdir / "features.h5"]})
    features.run(inputs, outputs, features.Config(**given))
    names = read_names(workdir / "frames.h5")
    with h5py.File(workdir / "frames.h5") as frames, h5py.File(workdir / "features.h5") as file:
        assert file["done"][()] == len(frames["pictures"])
        vectors = file["vector"][:]
        assert file["grid"].shape == (len(vectors), 256, 5)
        np.testing.assert_allclose(file["grid"][:].mean(1), vectors, rtol=0.01, atol=0.5)
        rows = vectors[frames["row"][:]]
    return {name: row.tolist() for name, row in zip(names, rows, strict=True)}


def anew(folder: Path) -> dict[str, list[float]]:
    """What a folder without a past gives."""
    for name in ("frames.h5", "frames.rows.h5", "frames.files.json"):
        (folder.parent / name).unlink()
    (folder.parent / "features.rows.h5").unlink()
    return computed(folder)


def test_unchanged_pictures_are_not_computed_again(folder: Path, seen: list[int]) -> None:
    first = computed(folder)
    assert 10 <= seen[0] <= 11
    seen[0] = 0
    assert computed(folder) == first
    assert seen[0] <= 1


def add_in_the_middle(folder: Path) -> int:
    picture(folder / "45.png")
    picture(folder / "55.png")
    return 2


def add_an_equal_one(folder: Path) -> int:
    (folder / "45.png").write_bytes((folder / "1.png").read_bytes())
    return 0


def remove(folder: Path) -> int:
    (folder / "0.png").unlink()
    (folder / "6.png").unlink()
    return 0


def replace_some(folder: Path) -> int:
    picture(folder / "3.png", seed=1)
    picture(folder / "7.png", seed=2)
    return 2


def remove_most(folder: Path) -> int:
    """So that the rows of the pictures are compacted."""
    for number in (0, 1, 2, 4, 5, 6, 8):
        (folder / f"{number}.png").unlink()
    return 0


def remove_most_and_add(folder: Path) -> int:
    return remove_most(folder) + add_in_the_middle(folder)


@pytest.mark.parametrize(
    "edit",
    [add_in_the_middle, add_an_equal_one, remove, replace_some, remove_most, remove_most_and_add],
)
def test_only_new_pictures_are_computed_and_rows_are_right(
    folder: Path, seen: list[int], edit: Callable[[Path], int]
) -> None:
    computed(folder)
    new = edit(folder)
    seen[0] = 0
    found = computed(folder)
    assert new <= seen[0] <= new + 1
    assert found == anew(folder)


class StopError(Exception):
    """Ends a run in its middle."""


def test_a_run_that_broke_off_goes_on_to_the_same_bytes(
    folder: Path, seen: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = computed(folder)
    undisturbed = (folder.parent / "features.h5").read_bytes()
    (folder.parent / "features.h5").unlink()
    (folder.parent / "features.rows.h5").unlink()
    call = OnnxNetwork.__call__

    def breaks(network: OnnxNetwork, pictures: Any) -> Any:
        if seen[0] > 7:
            raise StopError
        return call(network, pictures)

    seen[0] = 0
    with monkeypatch.context() as patch, pytest.raises(StopError):
        patch.setattr(OnnxNetwork, "__call__", breaks)
        computed(folder)
    assert not (folder.parent / "features.h5").exists()
    seen[0] = 0
    assert computed(folder) == expected
    assert 0 < seen[0] < 9
    assert (folder.parent / "features.h5").read_bytes() == undisturbed


@pytest.mark.parametrize("settings", [{"taps": ("vector", "grid")}, {"batch": 3}])
def test_another_way_of_computing_begins_anew(
    folder: Path, seen: list[int], settings: dict[str, Any]
) -> None:
    computed(folder)
    seen[0] = 0
    computed(folder, **settings)
    assert seen[0] >= 10


def test_another_network_begins_anew(folder: Path, seen: list[int], tmp_path: Path) -> None:
    first = computed(folder)
    seen[0] = 0
    other = tiny_onnx(tmp_path / "other.onnx", SIZE, scale=2)
    second = computed(folder, backbone=str(other))
    assert seen[0] >= 10
    assert second.keys() == first.keys()
    assert second != first
