"""Tags learned from a collection, and given to others, from files to files."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import msgspec
import numpy as np
import pytest

from pipeline.engine.stage import Files
from pipeline.illustrations.picture_tags import PictureTags, read_picture_tags
from pipeline.illustrations.tag_probabilities import read_tag_probabilities
from pipeline.illustrations.tagged_pictures import TaggedPictures
from pipeline.illustrations.training_record import TagTraining
from pipeline.labels.keeping import write_keep_labels
from pipeline.labels.labels_file import read_labels_file, write_labels_file
from pipeline.labels.record import Label
from pipeline.runtime.errors import ExitCode, PipelineError
from stages.illustrations import tags, train
from tests.illustrations.toys import TAGS, thing_tags, write_collection

ROOT = Path(__file__).parents[2]
THINGS = 60
LEARNED = ("features", "frames", "labels")
ENDINGS = {"features": "features.h5", "frames": "frames.h5", "labels": "labels.jsonl"}


def learn(folders: list[Path], model: Path, **settings: object) -> str:
    files = {name: [f / ENDINGS[name] for f in folders] for name in LEARNED}
    inputs = Files(files | {"kept": []})
    outputs = {"tagger": [model / "tagger.safetensors"], "training": [model / "training.json"]}
    config = msgspec.convert({"units": "name"} | settings, train.Config)
    return train.run(inputs, Files(outputs), config)


def give(folder: Path, model: Path, *, labels: bool = False, **settings: object) -> str:
    inputs = {
        "frames": [folder / "frames.h5"],
        "features": [folder / "features.h5"],
        "tagger": [model / "tagger.safetensors"],
        "training": [model / "training.json"],
        "labels": [folder / "labels.jsonl"] if labels else [],
    }
    outputs = {
        "tags": [folder / "tags.h5"],
        "list": [folder / "tags.jsonl"],
        "tagger": [folder / "tagger.json"],
    }
    return tags.run(Files(inputs), Files(outputs), msgspec.convert(settings, tags.Config))


def by_name(folder: Path) -> dict[str, PictureTags]:
    return {picture.picture: picture for picture in read_picture_tags(folder / "tags.jsonl")}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("learned")
    learn([write_collection(folder / "album", THINGS)], folder / "model")
    return folder / "model"


def test_what_features_know_is_learned_and_noise_is_not(model: Path) -> None:
    evaluation = TagTraining.load(model / "training.json").evaluation

    found = {tag.name: tag for tag in evaluation.tags}
    assert all(found[name].known and found[name].average_precision > 0.9 for name in TAGS[:-1])
    assert not found["noise"].known
    assert evaluation.baselines["pixels"].over_tags.mean < 0.6 < evaluation.precision.over_tags.mean


def test_pictures_that_labels_drop_are_not_learned_from(tmp_path: Path) -> None:
    folder = write_collection(tmp_path / "album", 30)
    labels, frames = folder / "labels.jsonl", [folder / "frames.h5"]
    said = list(read_labels_file(labels))
    tagged = list(dict.fromkeys(label.picture for label in said))
    write_labels_file(labels, [*said, Label(picture=tagged[0], kind="keep", value="drop")])
    kept = tmp_path / "keep.jsonl"
    write_keep_labels(kept, tagged[:2], [True, False])

    def count(*files: Path) -> int:
        return len(TaggedPictures.load([labels], frames, "name", 2, files).places)

    assert (count(), count(kept)) == (len(tagged) - 1, len(tagged) - 2)


def test_of_several_taps_the_best_is_taken(model: Path) -> None:
    record = TagTraining.load(model / "training.json")

    assert {trial.features for trial in record.tried} == {"grid", "vector", "grid + vector"}
    assert record.chosen.features == "vector"
    assert record.chosen.nats == min(trial.nats for trial in record.tried)


def test_the_curve_rises_with_the_things_that_are_learned_from(model: Path) -> None:
    curve = TagTraining.load(model / "training.json").evaluation.learning_curve

    assert [point.units for point in curve] == [5, 10]  # as many again are left at 60
    assert curve[0].average_precision < curve[-1].average_precision


def test_tags_of_others_are_right(model: Path, tmp_path: Path) -> None:
    album = write_collection(tmp_path / "album", THINGS)  # the same things, as their labels say

    summary = give(album, model)

    probabilities = read_tag_probabilities(album / "tags.h5")
    truth = np.tile(thing_tags(THINGS), (3, 1))
    columns = [probabilities.names.index(name) for name in TAGS[:-1]]
    assert (probabilities.holding()[:, columns] == truth[:, :-1]).mean() > 0.95
    assert "nothing was learned about noise" in summary
    assert not any(tag.name == "noise" for p in by_name(album).values() for tag in p.tags)


def test_a_persons_tags_win(model: Path, tmp_path: Path) -> None:
    album = write_collection(tmp_path / "album", 4)
    said = [Label(picture="flat/000.png", kind="tag", value=value) for value in ("RED", "cat")]
    said.append(Label(picture="flat/001.png", kind="tag", value="red", by="model"))
    write_labels_file(album / "labels.jsonl", said)

    give(album, model, labels=True)

    first, *_ = by_name(album)["flat/000.png"].tags, None
    assert [(tag.name, tag.by) for tag in first][:2] == [("red", "person"), ("cat", "person")]
    assert first[0].probability is not None
    assert first[1].probability is None
    assert sum(tag.name == "red" for tag in first) == 1
    assert all(tag.by == "model" for tag in by_name(album)["flat/001.png"].tags)

    give(album, model, labels=True, people="alone")

    assert [tag.name for tag in by_name(album)["flat/000.png"].tags] == ["red", "cat"]


def test_a_file_of_thresholds_wins(model: Path, tmp_path: Path) -> None:
    album = write_collection(tmp_path / "album", 4)
    thresholds = tmp_path / "mine.csv"
    thresholds.write_text("tag,threshold\nRed,0\n")

    give(album, model, thresholds=str(thresholds))

    assert all("red" in {tag.name for tag in p.tags} for p in by_name(album).values())


@pytest.mark.parametrize(
    ("line", "problem"), [("blue,0.5", "no tag blue"), ("red,2", "line 1"), ("red", "line 1")]
)
def test_a_wrong_file_of_thresholds_is_told(
    model: Path, tmp_path: Path, line: str, problem: str
) -> None:
    album = write_collection(tmp_path / "album", 4)
    thresholds = tmp_path / "mine.csv"
    thresholds.write_text(line + "\n")

    with pytest.raises(PipelineError, match=problem) as told:
        give(album, model, thresholds=str(thresholds))

    assert told.value.code == ExitCode.INVALID_SETTING


def test_precise_thresholds_give_fewer_tags(model: Path, tmp_path: Path) -> None:
    album = write_collection(tmp_path / "album", THINGS, seed=1)

    def count(by: str) -> int:
        give(album, model, cut={"by": by})
        return sum(len(picture.tags) for picture in by_name(album).values())

    assert count("f0.5") <= count("f1") <= count("f2")


def test_several_collections_are_learned_from(tmp_path: Path) -> None:
    folders = [write_collection(tmp_path / name, 20, tagged=15) for name in ("a", "b")]

    learn(folders, tmp_path / "model", classes={"min": 2})

    record = TagTraining.load(tmp_path / "model" / "training.json")
    assert record.videos == ["a", "b"]
    labelled = thing_tags(20)[:15].any(1).sum()
    assert record.pictures == 2 * 3 * labelled
    assert record.units == labelled  # a file name in both is one thing


def test_a_training_that_is_killed_leaves_no_half_tagger_and_starts_again_to_the_same_bytes(
    tmp_path: Path,
) -> None:
    album, killed, spared = (tmp_path / name for name in ("album", "killed", "spared"))
    write_collection(album, 12)
    killed.mkdir()
    command = [sys.executable, "-m", "tests.illustrations.mortal", str(album), str(killed)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert not (killed / "tagger.safetensors").exists()

    for model in (killed, spared):
        learn([album], model, taps=["vector"], classes={"min": 2})

    for name in ("tagger.safetensors", "training.json"):
        assert (killed / name).read_bytes() == (spared / name).read_bytes()
    assert sorted(path.name for path in killed.iterdir()) == ["tagger.safetensors", "training.json"]


def test_tags_on_too_few_things_are_told(tmp_path: Path) -> None:
    album = write_collection(tmp_path / "album", 12)

    with pytest.raises(PipelineError, match=r"no tag is on 50 file names") as told:
        learn([album], tmp_path / "model", classes={"min": 50})

    assert told.value.code == ExitCode.NOTHING_USABLE


def test_labels_without_tags_are_told(tmp_path: Path) -> None:
    album = write_collection(tmp_path / "album", 12)
    write_labels_file(
        album / "labels.jsonl", [Label(picture="flat/000.png", kind="text", value="ha")]
    )

    with pytest.raises(PipelineError, match="no tags") as told:
        learn([album], tmp_path / "model")

    assert told.value.code == ExitCode.NOTHING_USABLE


def test_a_tap_that_is_not_there_is_told(tmp_path: Path) -> None:
    album = write_collection(tmp_path / "album", 12)

    with pytest.raises(PipelineError, match="no tap pooled") as told:
        learn([album], tmp_path / "model", taps=["pooled"], classes={"min": 2})

    assert told.value.code == ExitCode.INVALID_SETTING


@pytest.mark.parametrize("cut", [{"by": "mcut"}, {"by": "f1", "least": {"general": 0.5}}])
def test_settings_without_effect_are_refused(cut: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError, match="no effect"):
        msgspec.convert({"cut": cut, "thresholds": "mine.csv"}, tags.Config)
