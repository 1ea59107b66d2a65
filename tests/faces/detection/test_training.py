"""A detector of one's own: what it learns from, and that it comes out the same."""

from __future__ import annotations

import shutil
import signal
import subprocess
from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch

from pipeline.faces.detection.augmentation import Augmentation
from pipeline.faces.detection.model_file import DetectorFile
from pipeline.faces.detection.own_detector import OwnDetector
from pipeline.faces.detection.people import peoples_boxes
from pipeline.faces.detection.settings import AugmentationSettings
from pipeline.faces.detection.training_record import DetectorTraining
from pipeline.faces.detection.training_set import choose
from pipeline.labels.labels_file import write_labels_file
from pipeline.labels.record import Label
from pipeline.learning import training
from pipeline.runtime.errors import ExitCode, PipelineError
from tests import forking
from tests.faces.detection import mortal, toys

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An album with what people say of all but one of its pictures, and a detector of it."""
    folder = tmp_path_factory.mktemp("faces")
    inputs = toys.gathered(folder, count=6)
    toys.write_labels(inputs, toys.truths(range(5)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YAJIUMA_DEVICE", "cpu")
        mortal.learn(folder / "made", folder / "spared")
    return folder


def test_the_record_says_what_was_learned_from(folder: Path) -> None:
    record = DetectorTraining.load(folder / "spared" / "training.json")
    assert record.videos == ["made"]
    assert (record.people, record.held_out, record.models) == (4, 1, 0)
    assert 1 <= record.faces <= 4
    assert len(record.epochs) == 2
    assert record.epochs[0].units == 4
    assert set(record.epochs[0].train) == {
        f"detector/{name}" for name in ("classification", "bbox_regression", "bbox_ctrness")
    }
    assert "too little was kept back" in record.summary


def test_the_file_carries_all_that_is_needed(folder: Path) -> None:
    file = DetectorFile.load(folder / "spared" / "detector.safetensors")
    assert (file.card.network, file.card.label) == (toys.CONFIG.network, "face")
    assert file.card.backbone == "random seed 2017"
    detector = OwnDetector(folder / "spared" / "detector.safetensors", 1)
    assert "(4 pictures)" in detector.name
    found = detector(np.full((60, 90, 3), 200, np.uint8))
    assert found.boxes.shape == (len(found.probabilities), 4)


def test_a_file_that_is_no_detector_is_told(tmp_path: Path) -> None:
    (tmp_path / "detector.safetensors").write_bytes(b"nothing")
    with pytest.raises(PipelineError) as error:
        DetectorFile.load(tmp_path / "detector.safetensors")
    assert error.value.code == ExitCode.BAD_ARTIFACT


def test_a_training_that_is_killed_goes_on_to_the_same_bytes(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YAJIUMA_DEVICE", "cpu")
    size = (folder / "spared" / "detector.safetensors").stat().st_size
    # Amid the second checkpoint, which has the weights, the best ones, an average and Adam's.
    command = [forking.python(), "-m", "tests.faces.detection.mortal", str(folder), str(8 * size)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert (folder / "killed" / ".checkpoint.safetensors").exists()
    assert not (folder / "killed" / "detector.safetensors").exists()
    mortal.learn(folder / "made", folder / "killed")
    assert not (folder / "killed" / ".checkpoint.safetensors").exists()
    made, expected = (folder / name / "detector.safetensors" for name in ("killed", "spared"))
    assert made.read_bytes() == expected.read_bytes()


@pytest.mark.parametrize("boxes", [True, False], ids=["with its boxes", "without any"])
def test_a_detector_stays_where_labels_have_no_other_boxes(
    folder: Path, tmp_path: Path, boxes: bool, caplog: pytest.LogCaptureFixture
) -> None:
    made, model = tmp_path / "made", tmp_path / "model"
    shutil.copytree(folder / "made", made)
    shutil.copytree(folder / "spared", model)
    for name in mortal.NAMES.values():
        (model / name).unlink()  # as the engine does
    said = toys.truths(range(5)) if boxes else []
    score = Label(picture="1.png", kind="score", weight=4)
    write_labels_file(made / "labels.jsonl", [*said, score])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training.Training, "run", None)  # nothing is trained
        assert mortal.learn(made, model).startswith("as it was: learned")
    for name in mortal.NAMES.values():
        assert (model / name).read_bytes() == (folder / "spared" / name).read_bytes()
    told = "LABELS has no box of the class face: the detector stays as it was"
    assert (told in caplog.text) != boxes


def test_without_a_face_there_is_nothing_to_learn(tmp_path: Path) -> None:
    inputs = toys.gathered(tmp_path, count=2)
    toys.write_labels(inputs, [Label(picture="0.png", kind="box", value="eye", box=(0, 0, 9, 9))])
    with pytest.raises(PipelineError, match="class face") as error:
        mortal.learn(tmp_path / "made", tmp_path / "model")
    assert error.value.code == ExitCode.NOTHING_USABLE
    assert "cascade" in error.value.remedy


def by_model(picture: str, *weights: float) -> list[Label]:
    return [
        Label(picture=picture, kind="box", value="face", box=(n, 0, n + 9, 9), weight=w, by="model")
        for n, w in enumerate(weights)
    ]


def test_a_models_boxes_count_where_it_is_sure_and_nobody_looked() -> None:
    labels = [*by_model("a", 0.95, 0.99), *by_model("b", 0.95, 0.6), *by_model("c", 0.99)]
    labels += [
        Label(picture="c", kind="box"),
        Label(picture="d", kind="box", by="model"),
        Label(picture="e", kind="box", value="face", box=(0, 0, 5, 5)),
    ]
    said = peoples_boxes(labels, "face")
    assert [(one.name, one.by_person) for one in choose(said, 0.9)] == [
        *(("a", False), ("c", True), ("e", True)),
    ]
    assert [one.name for one in choose(said, None)] == ["c", "e"]


def test_a_piece_depends_on_its_seed_alone() -> None:
    vary = Augmentation(AugmentationSettings(), 64)
    picture = torch.randint(0, 256, (3, 60, 90), dtype=torch.uint8)
    boxes = torch.tensor([[10.0, 10.0, 50.0, 50.0], [70.0, 5.0, 88.0, 30.0]])
    state = torch.random.get_rng_state()
    one, again, other = (vary(picture, boxes, seed) for seed in (5, 5, 6))
    assert torch.equal(torch.random.get_rng_state(), state)
    assert torch.equal(one.picture, again.picture)
    assert torch.equal(one.boxes, again.boxes)
    assert not torch.equal(one.picture, other.picture)
    assert one.picture.shape == (3, vary.side, vary.side)


@pytest.mark.parametrize("seed", range(8))
def test_boxes_of_a_piece_go_with_what_it_shows(seed: int) -> None:
    settings = msgspec.structs.replace(AugmentationSettings(), colours=False)
    picture = torch.zeros(3, 60, 90, dtype=torch.uint8)
    picture[:, 20:44, 30:62] = 255
    piece = Augmentation(settings, 64)(picture, torch.tensor([[30.0, 20.0, 62.0, 44.0]]), seed)
    shown = torch.nonzero(piece.picture[0] > 191)
    if len(piece.boxes):
        (top, left), (bottom, right) = shown.amin(0).tolist(), (shown.amax(0) + 1).tolist()
        np.testing.assert_allclose(piece.boxes[0], [left, top, right, bottom], atol=2)
    else:
        assert len(shown) < 6 * 32


def test_nothing_but_nothing_is_learned_from_pictures_without_faces() -> None:
    piece = Augmentation(AugmentationSettings(), 64)(
        torch.zeros(3, 60, 90, dtype=torch.uint8), torch.zeros(0, 4), 1
    )
    assert piece.boxes.shape == (0, 4)
