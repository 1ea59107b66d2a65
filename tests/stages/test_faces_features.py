"""Crops are seen by the network that saw their pictures, each once."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest
from PIL import Image

from pipeline.engine.settings import StageConfig
from pipeline.engine.stage import Files
from pipeline.faces.crops.crops_file import Crop, write_crops
from pipeline.runtime.errors import ExitCode, PipelineError
from stages.faces import features as seeing
from stages.pictures import features, frames
from tests.networks import tiny_onnx

SIZE = 32


@pytest.fixture
def item(tmp_path: Path) -> Path:
    """An album that was seen, and two crops."""
    crop(tmp_path / "item", "a", 10)
    crop(tmp_path / "item", "b", 200)
    stills = Files({"stills": [tmp_path / "item" / "faces"], "source": []})
    target = tmp_path / "item" / "frames.h5"
    frames.run(stills, Files({"frames": [target]}), frames.Config(size=SIZE))
    see(
        tmp_path,
        features.Config(
            backbone=str(tiny_onnx(tmp_path / "tiny.onnx", SIZE)), taps=("grid", "vector")
        ),
    )
    return tmp_path / "item"


def see(folder: Path, config: features.Config) -> None:
    item = folder / "item"
    inputs, outputs = {"frames": [item / "frames.h5"]}, {"features": [item / "features.h5"]}
    features.run(Files(inputs), Files(outputs), config)


def crop(item: Path, name: str, grey: int) -> None:
    faces = item / "faces"
    faces.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (20, 20), (grey, grey, grey)).save(faces / f"{name}.png")
    found = [
        Crop(file=path.name, picture="p.png", frame=0, box=(0, 0, 9, 9), window=(0, 0, 9, 9))
        for path in sorted(faces.glob("*.png"))
    ]
    write_crops(faces / "crops.jsonl", found)


def seen(item: Path) -> str:
    inputs = {
        "crops": [item / "faces" / "crops.jsonl"],
        "frames": [item / "frames.h5"],
        "features": [item / "features.h5"],
    }
    outputs = {name: [item / "crops" / f"{name}.h5"] for name in ("frames", "features")}
    return seeing.run(Files(inputs), Files(outputs), StageConfig())


def test_crops_are_seen_as_pictures_are(item: Path) -> None:
    assert seen(item) == "2 crops through tiny.onnx"

    with h5py.File(item / "features.h5") as whole, h5py.File(item / "crops/features.h5") as found:
        for tap in ("grid", "vector"):
            np.testing.assert_array_equal(found[tap][:], whole[tap][:])  # the same files
        assert found.attrs["weights"] == whole.attrs["weights"]


def test_only_new_crops_go_through_the_network(item: Path) -> None:
    seen(item)
    crop(item, "c", 90)
    assert seen(item) == "1 crop through tiny.onnx; 2 were before"


def test_another_network_by_the_same_name_is_refused(item: Path) -> None:
    with h5py.File(item / "features.h5", "r+") as file:
        file.attrs["weights"] = "others"
    with pytest.raises(PipelineError) as raised:
        seen(item)
    assert raised.value.code == ExitCode.BAD_ARTIFACT
    assert not (item / "crops" / "features.h5").exists()
