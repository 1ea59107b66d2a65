"""A network that learns a taste with all of its layers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import msgspec
import numpy as np
import pytest
import torch
from torch import nn

from pipeline.faces.scores import learning
from pipeline.faces.scores.scores_file import Scored, read_scores
from pipeline.faces.scores.taste_file import Taste
from pipeline.faces.scores.training_record import TasteTraining
from pipeline.faces.scores.tuning import network
from pipeline.faces.scores.tuning.task import ScoreTask
from pipeline.labels.labels_file import read_labels_file
from pipeline.learning import training
from pipeline.pictures.backbones.choice import Choice
from pipeline.pictures.backbones.preprocessing import Normalization
from pipeline.pictures.backbones.torch_network import Pretrained
from pipeline.runtime.errors import ExitCode, PipelineError
from tests.faces.toys import FILES, write_item
from tests.stages.test_faces_score import give, learn

FACES = 40
TUNED: dict[str, Any] = {"epochs": 4, "batch": 4, "learning_rate": 0.02}


class TinyLibrary:
    """Builds one network of two layers."""

    def require_known(self, name: str) -> None:
        """It knows any."""

    def build(self, choice: Choice) -> Pretrained:
        torch.manual_seed(0)
        layers = [nn.Conv2d(3, 8, 8, stride=8), nn.ReLU(), nn.Conv2d(8, 16, 2), nn.ReLU()]
        normal = Normalization((0.5, 0.5, 0.5), (0.25, 0.25, 0.25))
        taps = {"stride8": "1", "stride32": "3"}
        return Pretrained(nn.Sequential(*layers), "tiny", normal, lambda _: taps)


@pytest.fixture(autouse=True, scope="module")
def tiny() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(network, "library_of", lambda name: TinyLibrary())
        patch.setattr(learning, "PENALTIES", (10.0,))  # heads are not what is tested
        yield


def bright_item(folder: Path, backbone: str = "tiny") -> Path:
    """Crops that are the brighter the higher their score, and features that know nothing."""
    item = write_item(folder, FACES, mood=0)
    stars = [label.weight or 0 for label in read_labels_file(item / "labels.jsonl")]
    with h5py.File(item / FILES["crop_frames"], "r+") as file:
        for row, star in enumerate(stars[:FACES]):
            file["pictures"][row] = file["pictures"][row] // 10 + 45 * (int(star) - 1)
    settings = {
        "backbone": backbone,
        "weights": "imagenet",
        "taps": ["pooled"],
        "precision": "float32",
        "normalization": None,
        "seed": 0,
    }
    for name in ("features", "crop_features"):
        with h5py.File(item / FILES[name], "r+") as file:
            file.attrs["settings"] = msgspec.json.encode(settings).decode()
            file["grid"][:] = np.random.default_rng(7).normal(size=file["grid"].shape)
    return item


def tuned(item: Path, model: Path) -> list[Scored]:
    try:
        learn(item, model, of="crop", fine_tune=TUNED)
        return give(item, model)
    finally:
        torch.set_flush_denormal(False)  # other tests of this process have small numbers


@pytest.fixture(scope="module")
def item(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return bright_item(tmp_path_factory.mktemp("tuned") / "album")


@pytest.fixture(scope="module")
def model(item: Path) -> Path:
    tuned(item, item.parent / "model")
    return item.parent / "model"


def test_it_is_taken_where_it_foretells_better(item: Path, model: Path) -> None:
    record = TasteTraining.load(model / "taste.json")
    assert record.chosen.features == "fine-tuned crop"
    by, frozen = (record.evaluation.baselines[name] for name in ("fine-tuned", "frozen"))
    assert by.rmse.mean < frozen.rmse.mean
    assert not (model / ".fine-tuning").exists()


def test_scores_are_those_of_the_network_and_no_part_speaks_for_them(
    item: Path, model: Path
) -> None:
    found = read_scores(item / "scores.jsonl")
    given = [one.score for one in found]
    assert np.corrcoef([one.expected for one in found], given)[0, 1] > 0.9
    assert all(one.alike and not one.why for one in found)
    assert Taste.load(model / "taste.safetensors").network is not None


def test_a_training_that_is_stopped_goes_on_to_the_same_bytes(
    item: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "_SECONDS_BETWEEN_CHECKPOINTS", 0.0)
    steps, loss = 0, ScoreTask.loss

    def dying(*arguments: Any) -> Any:
        nonlocal steps
        steps += 1
        if steps == 50:  # amid the second fold of 32 steps
            raise KeyboardInterrupt
        return loss(*arguments)

    other = model.with_name("stopped")
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(ScoreTask, "loss", dying)
        tuned(item, other)
    assert not (other / "taste.safetensors").exists()
    assert len(list(other.glob(".fine-tuning/*"))) == 2
    monkeypatch.setattr(ScoreTask, "loss", dying)
    tuned(item, other)
    assert steps == 5 * 32 + 40 + 1  # one of them twice
    for file in ("taste.safetensors", "taste.json"):
        assert (other / file).read_bytes() == (model / file).read_bytes()


def test_an_onnx_file_cannot_be_fine_tuned(tmp_path: Path) -> None:
    item = bright_item(tmp_path / "album", "tiny.onnx")
    with pytest.raises(PipelineError, match="ONNX files are run, and not trained") as raised:
        tuned(item, tmp_path / "model")
    assert raised.value.code == ExitCode.INVALID_SETTING
