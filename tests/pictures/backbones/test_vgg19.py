import json
import os
import subprocess
import sys
import urllib.error
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import torch
from safetensors.torch import save_file

from pipeline.pictures.backbones.choice import Choice
from pipeline.pictures.backbones.registry import load_backbone
from pipeline.pictures.backbones.torchvision_on_cpu import models
from pipeline.runtime.errors import ExitCode, PipelineError
from tests.conftest import MakeOnce
from tests.pictures.backbones import seen_by_vgg19
from tests.pictures.backbones.seen_by_vgg19 import PICTURES

Seen = Callable[[str], Mapping[str, npt.NDArray[np.floating]]]
"""What the real VGG-19 saw: taps by the name of a file of seen_by_vgg19."""


@pytest.fixture(scope="session")
def folder(make_once: MakeOnce) -> Path:
    def fill(folder: Path) -> None:
        subprocess.run(
            [sys.executable, "-m", seen_by_vgg19.__name__, str(folder)],
            cwd=Path(__file__).parents[3],
            env=os.environ | {"YAJIUMA_DEVICE": "cpu"},
            check=True,
        )

    return make_once("vgg19", fill)


@pytest.fixture
def seen(folder: Path) -> Seen:
    def read(name: str) -> Mapping[str, npt.NDArray[np.floating]]:
        with np.load(folder / f"{name}.npz") as file:
            return dict(file)

    return read


def test_shapes_are_those_of_the_paper(folder: Path) -> None:
    vgg19 = json.loads((folder / "backbone.json").read_text())
    assert vgg19["shapes"] == {"conv5_3": [196, 512], "relu7": [4096]}
    assert (vgg19["name"], vgg19["weights"]) == ("vgg19", "random seed 7")


def test_taps_are_torchvisions_own_values_behind_the_relu(seen: Seen) -> None:
    taps, expected = seen("both"), seen("torchvision")
    grid = expected["conv5_3"].reshape(2, 512, 196).transpose(0, 2, 1)
    for found, wanted in ((taps["conv5_3"], grid), (taps["relu7"], expected["relu7"])):
        assert found.dtype == np.float16
        assert found.min() == 0 < found.max()
        np.testing.assert_allclose(found, wanted, rtol=2e-3, atol=1e-3 * wanted.max())


def test_positions_run_along_the_rows_of_the_picture(seen: Seen) -> None:
    """The changed picture differs in its upper right corner."""
    before, after = (seen(name)["conv5_3"].astype(int) for name in ("first", "changed"))
    difference = np.abs(after - before).sum((0, 2)).reshape(14, 14)
    assert difference[:7, 7:].sum() > 4 * difference[7:, :7].sum()


def test_each_picture_is_seen_alone(seen: Seen) -> None:
    both, second = seen("both"), seen("second")
    np.testing.assert_allclose(both["relu7"][1], second["relu7"][0], rtol=2e-3, atol=1e-3)


@pytest.mark.usefixtures("tiny_vgg19")
def test_random_weights_are_a_function_of_the_seed() -> None:
    first, same, other = (
        load_backbone(Choice("vgg19", "random", ["relu7"], 224, seed))(PICTURES)["relu7"]
        for seed in (1, 1, 2)
    )
    assert np.array_equal(first, same)
    assert not np.array_equal(first, other)


@pytest.mark.usefixtures("tiny_vgg19")
@pytest.mark.parametrize("ending", [".pth", ".old.pth", ".safetensors"])
def test_weights_are_taken_from_a_file(tmp_path: Path, ending: str) -> None:
    """In today's form, and in that of torchvision's own file of 2017."""
    path = tmp_path / f"weights{ending}"
    torch.manual_seed(1)
    state = models.get_model("vgg19").state_dict()
    if ending == ".safetensors":
        save_file(state, path)
    else:
        torch.save(state, path, _use_new_zipfile_serialization=ending == ".pth")
    loaded = load_backbone(Choice("vgg19", str(path), ["conv5_3"], 224, 9))
    random = load_backbone(Choice("vgg19", "random", ["conv5_3"], 224, 1))
    assert loaded.weights.startswith(f"weights{ending} sha256 ")
    assert np.array_equal(loaded(PICTURES)["conv5_3"], random(PICTURES)["conv5_3"])


@pytest.mark.usefixtures("tiny_vgg19")
@pytest.mark.parametrize("ending", [".pth", ".safetensors"])
@pytest.mark.parametrize("kind", ["another network", "not a state", "text", "nothing"])
def test_a_file_without_vgg19_weights_is_refused(tmp_path: Path, ending: str, kind: str) -> None:
    path = tmp_path / f"weights{ending}"
    states = {"another network": {"fc.weight": torch.zeros(2)}, "not a state": torch.zeros(2)}
    if kind in ("text", "nothing"):
        path.write_text("no weights" if kind == "text" else "")
    elif ending == ".pth":
        torch.save(states[kind], path)
    else:
        save_file({"fc.weight": torch.zeros(2)}, path)
    with pytest.raises(PipelineError) as caught:
        load_backbone(Choice("vgg19", str(path), ["conv5_3"], 224, 9))
    assert caught.value.code == ExitCode.INVALID_WEIGHTS
    assert str(path) in caught.value.problem


@pytest.mark.usefixtures("tiny_vgg19")
def test_a_pickle_that_runs_code_is_refused_and_does_not_run(tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> tuple[Any, ...]:
            return Path.touch, (tmp_path / "was here",)

    torch.save({"fc.weight": Evil()}, tmp_path / "weights.pth")
    with pytest.raises(PipelineError) as caught:
        load_backbone(Choice("vgg19", str(tmp_path / "weights.pth"), ["conv5_3"], 224, 9))
    assert caught.value.code == ExitCode.INVALID_WEIGHTS
    assert not (tmp_path / "was here").exists()


@pytest.mark.usefixtures("tiny_vgg19")
@pytest.mark.parametrize("ending", [".pth", ".safetensors"])
def test_a_missing_file_of_weights_is_told(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"none{ending}"
    with pytest.raises(PipelineError) as caught:
        load_backbone(Choice("vgg19", str(path), ["conv5_3"], 224, 9))
    assert caught.value.code == ExitCode.WEIGHTS_UNAVAILABLE
    assert str(path) in caught.value.problem


@pytest.mark.parametrize(
    "error",
    [urllib.error.URLError("no route to host"), RuntimeError("invalid hash value")],
)
def test_a_download_that_fails_names_the_file_and_where_to_put_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(*arguments: Any, **options: Any) -> None:
        raise error

    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr(torch.hub, "download_url_to_file", fail)
    with pytest.raises(PipelineError) as caught, torch.device("meta"):
        load_backbone(Choice("vgg19", "imagenet", ["conv5_3"], 224, 9))
    assert caught.value.code == ExitCode.WEIGHTS_UNAVAILABLE
    assert str(error) in caught.value.problem
    name = tmp_path / "hub" / "checkpoints" / "vgg19-dcbb9e9d.pth"
    assert str(name) in caught.value.remedy


def test_an_unknown_tap_is_refused() -> None:
    with pytest.raises(PipelineError) as caught, torch.device("meta"):
        load_backbone(Choice("vgg19", "random", ["conv6_1"], 224, 9))
    assert caught.value.code == ExitCode.INVALID_SETTING
    assert "conv6_1" in caught.value.problem
    assert "conv5_3" in caught.value.remedy


def test_an_unknown_backbone_is_refused() -> None:
    with pytest.raises(PipelineError) as caught:
        load_backbone(Choice("resnet5", "random", ["conv5_3"], 224, 9))
    assert caught.value.code == ExitCode.INVALID_SETTING
    assert "resnet50" in caught.value.remedy
