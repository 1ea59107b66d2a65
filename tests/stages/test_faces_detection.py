"""Faces of a collection, from files to files: what detectors find, and what people say."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from pipeline.engine.stage import Files
from pipeline.faces.detection.suggestions import Suggestion, read_suggestions
from pipeline.labels.importing import LabelImport
from pipeline.labels.labels_file import read_labels_file
from pipeline.labels.record import Label
from pipeline.runtime.errors import ExitCode, PipelineError
from stages.faces import detect, review
from tests.faces.detection.networks import network
from tests.faces.detection.toys import gathered, truths, write_labels


@pytest.fixture
def inputs(tmp_path: Path) -> dict[str, list[Path]]:
    return gathered(tmp_path, count=6, equal=1)


@pytest.fixture
def toy(tmp_path: Path) -> str:
    return str(network(tmp_path))


def found(inputs: dict[str, list[Path]], *detectors: str, **settings: object) -> list[Label]:
    target = inputs["frames"][0].with_name("faces.jsonl")
    config = msgspec.convert({"detectors": detectors} | settings, detect.Config)
    detect.run(Files(inputs), Files({"faces": [target]}), config)
    return list(read_labels_file(target))


def suggested(inputs: dict[str, list[Path]]) -> dict[str, Suggestion]:
    return read_suggestions(inputs["frames"][0].with_name("faces.candidates.jsonl"))


def reviewed(inputs: dict[str, list[Path]]) -> Path:
    made = inputs["frames"][0].parent
    names = {"review": "faces.review.jsonl", "table": "faces.review.csv"}
    names["rounds"] = "faces.rounds.json"
    outputs = {name: [made / file] for name, file in names.items()}
    given = {"faces": [made / "faces.jsonl"], "frames": inputs["frames"]}
    review.run(Files(given), Files(outputs), review.Config())
    return made


def test_each_picture_has_its_boxes_in_order(inputs: dict[str, list[Path]], toy: str) -> None:
    faces = found(inputs, toy, threshold=0.2)
    assert [face.picture for face in faces] == [f"{number}.png" for number in range(6)]
    first = faces[0]
    assert (first.kind, first.value, first.by) == ("box", "face", "model")
    assert first.box == pytest.approx((12, 24, 36, 60), abs=1)
    assert first.weight == pytest.approx(0.29, abs=0.1)
    assert first.rater is not None
    assert first.rater.startswith("ssd.onnx sha256 ")


def test_what_is_too_improbable_or_too_small_is_no_face(
    inputs: dict[str, list[Path]], toy: str
) -> None:
    for settings in ({"threshold": 0.9}, {"threshold": 0.2, "min_size": 30}):
        faces = found(inputs, toy, **settings)
        assert len(faces) == 6
        assert all(face.box is None and face.by == "model" and face.rater for face in faces)


def test_equal_pictures_have_equal_faces(inputs: dict[str, list[Path]], toy: str) -> None:
    faces = {face.picture: face for face in found(inputs, toy, threshold=0.2)}
    assert faces["5.png"] == msgspec.structs.replace(faces["0.png"], picture="5.png")


def test_what_two_find_names_both(inputs: dict[str, list[Path]], tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    both = [str(network(tmp_path, "yolov5")), str(network(tmp_path / "b", "yolov8"))]
    (one,) = {face.rater for face in found(inputs, both[0], threshold=0.1)}
    faces = found(inputs, *both, threshold=0.1)
    assert all(face.rater and face.rater.count("sha256") == 2 for face in faces)
    assert one is not None
    assert all(one in (face.rater or "") for face in faces)


def test_a_person_always_wins(inputs: dict[str, list[Path]], toy: str) -> None:
    said = truths(range(3))
    write_labels(inputs, [*said, Label(picture="3.png", kind="box", value="eye", box=(0, 0, 9, 9))])
    faces = found(inputs, toy, threshold=0.2)
    assert faces[:3] == said
    assert [face.by for face in faces[3:]] == ["model"] * 3


def test_boxes_of_other_classes_are_told(
    inputs: dict[str, list[Path]], toy: str, caplog: pytest.LogCaptureFixture
) -> None:
    write_labels(inputs, [Label(picture="3.png", kind="box", value="Face", box=(0, 0, 9, 9))])
    found(inputs, toy, threshold=0.2)
    assert "Face (1)" in caplog.text


def test_without_anything_to_look_for_no_detector_is_loaded(
    inputs: dict[str, list[Path]],
) -> None:
    write_labels(inputs, [*truths(range(5)), Label(picture="5.png", kind="box")])
    assert len(found(inputs, "none.onnx")) == 6


def test_what_was_suggested_stays_until_it_is_counted(
    inputs: dict[str, list[Path]], toy: str, tmp_path: Path
) -> None:
    found(inputs, toy, threshold=0.2)
    first = suggested(inputs)
    kept = first["0.png"].candidates[0].box
    moved = (kept[0] + 5, *kept[1:])
    write_labels(
        inputs,
        [
            Label(picture="0.png", kind="box", value="face", box=kept),
            Label(picture="1.png", kind="box", value="face", box=moved),
            Label(picture="1.png", kind="box", value="face", box=(60, 0, 90, 30)),
            Label(picture="2.png", kind="box"),
        ],
    )
    (tmp_path / "b").mkdir()
    found(inputs, str(network(tmp_path / "b", "yolov8")), threshold=0.2)
    now = suggested(inputs)
    assert {name: now[name] for name in ("0.png", "1.png")} == {
        name: first[name] for name in ("0.png", "1.png")
    }
    assert now["3.png"].corrected == 3
    (one,) = json.loads((reviewed(inputs) / "faces.rounds.json").read_bytes())
    assert one["detectors"] == first["0.png"].detectors
    counts = {name: one[name] for name in ("pictures", "faces", "kept", "moved", "added")}
    assert counts == {"pictures": 3, "faces": 3, "kept": 1, "moved": 1, "added": 1}
    assert (one["removed"], one["recall"]) == (1, pytest.approx(2 / 3))
    assert one["edits"] == pytest.approx(1)


def test_pictures_that_nobody_looked_at_are_listed_once(
    inputs: dict[str, list[Path]], toy: str
) -> None:
    write_labels(inputs, truths(range(1)))
    found(inputs, toy, threshold=0.2)
    made = reviewed(inputs)
    lines = (made / "faces.review.csv").read_text().splitlines()
    assert lines[0] == "rank,picture,corrections,faces,reason"
    assert len(lines) == 1 + 4  # 5.png equals 0.png, which a person looked at
    assert "in doubt" in lines[1]
    listed = [json.loads(line) for line in (made / "faces.review.jsonl").read_text().splitlines()]
    assert [one["rank"] for one in listed] == [1, 2, 3, 4]
    assert (made / "faces.rounds.json").read_text().strip() == "[]"


def test_a_detector_that_cannot_be_used_is_told_before_any_work() -> None:
    with pytest.raises(PipelineError) as error:
        detect.check(detect.Config(detectors=("own", "none.onnx")), {})
    assert error.value.code == ExitCode.WEIGHTS_UNAVAILABLE
    assert detect.without({"detectors": ("none.onnx",)}) == ("detector",)
    assert detect.without({}) == ()


def test_what_is_found_can_be_given_as_labels(inputs: dict[str, list[Path]], toy: str) -> None:
    faces = found(inputs, toy, threshold=0.25)
    path = inputs["frames"][0].with_name("faces.jsonl")
    read = list(LabelImport([path], [face.picture for face in faces]))
    assert [(one.picture, one.box, one.weight, one.rater, one.by) for one in read] == [
        (one.picture, one.box, one.weight, one.rater, one.by) for one in faces
    ]
