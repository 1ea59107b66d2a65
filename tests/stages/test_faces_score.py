"""A taste learned from rated faces, and others scored and ranked by it, from files to files."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PIL import Image

from pipeline.engine.stage import Files
from pipeline.faces.scores.scores_file import Scored, read_scores
from pipeline.faces.scores.taste_file import Taste
from pipeline.faces.scores.training_record import TasteTraining
from pipeline.labels.labels_file import read_labels_file, write_labels_file
from pipeline.labels.record import Label
from pipeline.runtime.errors import ExitCode, PipelineError
from stages.faces import rank, ratings, score, taste
from tests.faces.toys import BOX, FILES, SIDE, write_item

FACES = 100


def learn(item: Path, model: Path, **settings: object) -> str:
    needed = {*FILES} - set(taste.without(settings))
    inputs = {name: [item / FILES[name]] for name in needed}
    outputs = {
        "taste": [model / "taste.safetensors"],
        "training": [model / "taste.json"],
        "plot": [model / "taste.png"],
    }
    return taste.run(Files(inputs), Files(outputs), msgspec.convert(settings, taste.Config))


def give(item: Path, model: Path, **settings: object) -> list[Scored]:
    left_out = score.without(settings)
    inputs = {name: [item / file] for name, file in FILES.items() if name not in left_out}
    inputs["taste"] = [model / "taste.safetensors"]
    outputs = Files({"scores": [item / "scores.jsonl"]})
    score.run(Files(inputs), outputs, msgspec.convert(settings, score.Config))
    return read_scores(item / "scores.jsonl")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("learned")
    learn(write_item(folder / "album", FACES), folder / "model", of="auto")
    return folder / "model"


def test_what_crops_know_is_learned_and_what_pictures_do_not_is_not(model: Path) -> None:
    record = TasteTraining.load(model / "taste.json")

    evaluation = record.evaluation
    assert record.chosen.features == "crop grid"
    assert record.levels == [1, 2, 3, 4, 5]
    spearman = {name: one.spearman for name, one in evaluation.baselines.items()}
    assert evaluation.taste.spearman is not None and evaluation.taste.spearman.mean > 0.7
    assert all(one is None or one.mean < 0.4 for one in spearman.values())
    assert spearman["constant"] is None
    assert evaluation.taste.mae.mean < evaluation.baselines["constant"].mae.mean
    assert evaluation.taste.precision[10] > 2 * evaluation.best_share
    assert 0.8 <= evaluation.coverage.mean <= 0.98


def test_the_raters_noise_gives_a_ceiling(model: Path) -> None:
    noise = TasteTraining.load(model / "taste.json").noise

    assert noise is not None
    assert noise.pairs == 20
    assert noise.reliability < noise.ceiling < 1


def test_the_distributions_are_a_picture(model: Path) -> None:
    with Image.open(model / "taste.png") as image:
        assert min(image.size) > 300


def test_scores_of_others_are_right_and_their_parts_say_why(model: Path, tmp_path: Path) -> None:
    item = write_item(tmp_path / "new", 80, rated=0, seed=1, mood=0)
    truth = write_item(tmp_path / "truth", 80, seed=1, mood=0)
    stars = [label.weight for label in read_labels_file(truth / "labels.jsonl")][:80]
    found = give(item, model)

    expected = np.array([one.expected for one in found])
    assert np.corrcoef(expected, np.array(stars, float))[0, 1] > 0.75
    assert all(one.low <= one.expected <= one.high for one in found)
    assert {one.by for one in found} == {"person", "model"}  # 20 are rated on the second day
    assert {len(one.alike) for one in found} == {3}
    effects = np.abs([one.why for one in found])
    assert effects.mean(0).argmax() == 4  # the middle


def test_a_persons_score_wins_and_the_models_stands_beside(model: Path, tmp_path: Path) -> None:
    item = write_item(tmp_path / "album", FACES)  # as was learned from
    others = [
        label for label in read_labels_file(item / "labels.jsonl") if label.picture[-7:-4] != "003"
    ]
    labels = [Label(picture="artist-3/003.png", kind="score", weight=2), *others]
    write_labels_file(item / "labels.jsonl", labels)
    one = give(item, model)[3]

    assert (one.score, one.by) == (2, "person")
    assert one.expected != 2
    assert all(alike.example != f"album/{one.crop}" for alike in one.alike)


def test_a_taste_is_the_same_to_the_byte(model: Path, tmp_path: Path) -> None:
    learn(write_item(tmp_path / "album", FACES), tmp_path / "model")

    for file in ("taste.safetensors", "taste.json", "taste.png"):
        assert (tmp_path / "model" / file).read_bytes() == (model / file).read_bytes()


def test_whole_pictures_need_no_faces(tmp_path: Path) -> None:
    item = write_item(tmp_path / "album", 40)
    for name in ("crops", "crop_frames", "crop_features"):
        (item / FILES[name]).unlink()
    whole = [
        msgspec.structs.replace(label, box=None)
        for label in read_labels_file(item / "labels.jsonl")
    ]
    write_labels_file(item / "labels.jsonl", whole)
    learn(item, tmp_path / "model", of="picture", units="folder")

    assert Taste.load(tmp_path / "model" / "taste.safetensors").views == {"picture"}
    assert {one.crop for one in give(item, tmp_path / "model", what="picture")} == {""}


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        ([], "scores of 0 faces"),
        (
            [
                Label(picture=f"artist-{n % 7}/{n:03}.png", kind="score", weight=3)
                for n in range(30)
            ],
            "scores of 30 faces, and all of them are 3,",
        ),
        (
            [Label(picture=f"{n}.png", kind="score", weight=n) for n in range(30)],
            "30 ratings are of",
        ),
    ],
)
def test_too_few_scores_are_told_and_nothing_is_left(
    tmp_path: Path, labels: list[Label], said: str
) -> None:
    item = write_item(tmp_path / "album", 40)
    write_labels_file(item / "labels.jsonl", labels)
    with pytest.raises(PipelineError, match=said) as raised:
        learn(item, tmp_path / "model")
    assert raised.value.code == ExitCode.NOTHING_USABLE
    assert not list(tmp_path.glob("model/*"))


def test_a_taste_for_faces_scores_no_whole_pictures(model: Path, tmp_path: Path) -> None:
    item = write_item(tmp_path / "new", 20, seed=1)
    with pytest.raises(PipelineError) as raised:
        give(item, model, what="picture")
    assert raised.value.code == ExitCode.INVALID_SETTING
    assert not (item / "scores.jsonl").exists()


def test_a_ranking_has_each_picture_once_the_best_first(model: Path, tmp_path: Path) -> None:
    item = write_item(tmp_path / "item", 12, rated=0, seed=1)
    pictures = tmp_path / "pictures"
    for one in give(item, model):
        path = pictures / one.picture
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (SIDE, SIDE), (10 * one.frame, 0, 0)).save(path)
    inputs = {
        "scores": [item / "scores.jsonl"],
        "frames": [item / "frames.h5"],
        "taste": [model / "taste.safetensors"],
        "features": [item / "features.h5"],
        "labels": [item / "labels.jsonl"],
        "stills": [pictures],
        "source": [],
    }
    made = {"ranking": [item / "ranking" / "ranking.csv"], "page": [item / "ranking/index.html"]}
    outputs = Files(made)
    summary = rank.run(Files(inputs), outputs, rank.Config(top=5, why=True))

    with (item / "ranking" / "ranking.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    scores = [float(row["score"]) for row in rows]
    assert scores == sorted(scores, reverse=True)
    assert [row["rank"] for row in rows] == [str(n) for n in range(1, 13)]
    assert rows[0]["left"] == str(BOX[0])
    assert summary.startswith("12 pictures ranked")
    assert [path.name for path in (item / "ranking").glob("*.png")] == ["best-001.png"]


@pytest.mark.parametrize("stars", [[3] * 9, [3] * 30], ids=["nine", "all equal"])
def test_too_little_is_told_before_anything_long_begins(tmp_path: Path, stars: list[int]) -> None:
    labels = [Label(picture=f"{n}.png", kind="score", weight=s) for n, s in enumerate(stars)]
    write_labels_file(tmp_path / "labels.jsonl", labels)
    files = Files({"labels": [tmp_path / "labels.jsonl"]})
    with pytest.raises(PipelineError) as raised:
        ratings.run(files, Files({"ratings": [tmp_path / "ratings.json"]}), ratings.STAGE.config())
    assert raised.value.code == ExitCode.NOTHING_USABLE
    assert ratings.STAGE.inputs == {"labels": "{train}/labels.jsonl"}  # which needs no detector


def test_ratings_are_counted_by_rater(tmp_path: Path) -> None:
    item = write_item(tmp_path / "album", 40)
    files = Files({"labels": [item / "labels.jsonl"]})
    target = tmp_path / "ratings.json"
    ratings.run(files, Files({"ratings": [target]}), ratings.STAGE.config())
    assert json.loads(target.read_text("utf-8")) == {"rated": 40, "raters": {"": 60}}


def test_a_rater_with_a_reversed_scale_is_named_and_does_not_count(tmp_path: Path) -> None:
    item = write_item(tmp_path / "album", 40, mood=0)
    labels = list(read_labels_file(item / "labels.jsonl"))
    reversed_ = [
        msgspec.structs.replace(label, rater="Pippin", weight=6 - (label.weight or 0))
        for label in labels[:30]
    ]
    write_labels_file(item / "labels.jsonl", [*labels, *reversed_])
    said = learn(item, tmp_path / "model", of="crop")
    record = TasteTraining.load(tmp_path / "model" / "taste.json")

    assert "those of Pippin look reversed and do not count" in said
    assert record.contrary == ["Pippin"]
    assert [*record.raters] == [""]
    assert record.examples == 40
