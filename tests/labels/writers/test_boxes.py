"""Boxes that are written are read back, and other programs find what they expect."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from PIL import Image

from pipeline.labels.importing import LabelImport
from pipeline.labels.record import By, Label
from pipeline.labels.writing import write_labels
from pipeline.runtime.quantities import counted

SIZES = {"a.jpg": (200, 100), "b c.png": (640, 480), "猫/d.webp": (33, 77), "x/e.jpg": (1, 1)}
FORMATS = (
    *("yolo", "voc", "coco.boxes.json", "labelstudio.json", "cvat.xml", "boxes.csv"),
    "labels.jsonl",
)
ALL_CARRIED = ("boxes.csv", "labels.jsonl")
WITHOUT_PROBABILITIES = ("voc", "cvat.xml")
FACE = Label(picture="a.jpg", kind="box", value="face", box=(10, 20, 60.5, 70))
NOTHING = Label(picture="b c.png", kind="box")

_letters = st.sampled_from("ab ,;|\"'#={}[]<>&\\:é猫😀-0")
_names = st.text(_letters, min_size=1, max_size=8).map(str.strip).filter(bool)


@st.composite
def _edges(draw: st.DrawFn, side: int) -> tuple[float, float]:
    """Two edges that are at least a sixteenth of the side apart."""
    first = draw(st.integers(0, 15) | st.floats(0, 15))
    return side * first / 16, side * draw(st.floats(first + 1, 16)) / 16


@st.composite
def _boxes(draw: st.DrawFn) -> list[Label]:
    """All labels of a picture are by a person or by a model; none repeats another."""
    labels: list[Label] = []
    for picture in draw(st.lists(st.sampled_from([*SIZES]), min_size=1, unique=True)):
        by: By = draw(st.sampled_from(["person", "model"]))
        count = draw(st.integers(0 if by == "person" else 1, 3))
        labels += [Label(picture=picture, kind="box")] if not count else []
        for number in range(count):
            (left, right), (top, bottom) = (draw(_edges(side)) for side in SIZES[picture])
            weight = draw(st.floats(0, 1)) if by == "model" else None
            name = f"{draw(_names)}{number}"
            box = (left, top, right, bottom)
            labels.append(
                Label(picture=picture, kind="box", value=name, box=box, weight=weight, by=by)
            )
    return labels


def written(path: Path, name: str, labels: list[Label]) -> str:
    if path.is_dir():
        shutil.rmtree(path)
    return write_labels(path, name, labels, sizes=SIZES)


def read(path: Path) -> list[Label]:
    return list(LabelImport([path], [*SIZES], (), SIZES))


def facts(labels: list[Label], name: str) -> list[tuple[object, ...]]:
    """What the format ``name`` carries, in an order of its own."""
    found = []
    for label in labels:
        weight = None if name in WITHOUT_PROBABILITIES else label.weight
        by = "person" if name == "voc" else label.by
        found.append((label.picture, label.value, by, label.box is None, weight))
    return sorted(found, key=repr)


@pytest.mark.parametrize("name", FORMATS)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(labels=_boxes())
def test_boxes_come_back(tmp_path: Path, name: str, labels: list[Label]) -> None:
    assert written(tmp_path / "boxes", name, labels).startswith(counted(len(labels), "label"))
    found = read(tmp_path / "boxes")
    assert facts(found, name) == facts(labels, name)
    boxes = {(label.picture, label.value): label.box for label in found}
    for label in labels:
        if label.box is not None:
            box = boxes[label.picture, label.value]
            assert box == (label.box if name in ALL_CARRIED else pytest.approx(label.box, abs=1e-6))


@pytest.mark.parametrize("name", FORMATS)
def test_what_a_model_did_not_find_is_never_a_person_s(tmp_path: Path, name: str) -> None:
    nothing = msgspec.structs.replace(NOTHING, by="model")
    said = written(tmp_path / "boxes", name, [FACE, nothing])
    found = read(tmp_path / "boxes")
    if name in ALL_CARRIED:
        assert [(label.picture, label.by) for label in found][1] == ("b c.png", "model")
    else:
        assert [label.picture for label in found] == ["a.jpg"]
        assert "that a model found nothing (1)" in said


def test_losses_are_counted(tmp_path: Path) -> None:
    labels = [
        FACE,
        msgspec.structs.replace(FACE, by="model", weight=0.5, rater="me"),
        msgspec.structs.replace(FACE, picture="unknown.jpg"),
        msgspec.structs.replace(FACE, picture="a.png"),
        Label(picture="a.jpg", kind="text", value="x"),
    ]
    assert written(tmp_path / "a", "voc", labels[:3]) == (
        "3 labels written; voc cannot carry probabilities (1), raters (1),"
        " that a model wrote them (1)"
    )
    assert written(tmp_path / "b", "yolo", labels) == (
        "0 labels written; yolo cannot carry"
        " boxes of pictures that differ only in their ending (3), raters (1),"
        " labels of kind text (1), boxes of pictures whose size is not known (1)"
    )
    assert "a model wrote boxes beside a person's (1)" in written(
        tmp_path / "c", "cvat.xml", labels[:2]
    )
    assert "probabilities (1)" in written(
        tmp_path / "d", "coco.boxes.json", [msgspec.structs.replace(FACE, weight=0.5)]
    )


def test_yolo_s_folder_is_as_others_expect_it(tmp_path: Path) -> None:
    written(tmp_path / "boxes", "yolo", [FACE, NOTHING])
    assert (tmp_path / "boxes/labels/a.txt").read_text() == "0 0.17625 0.45 0.2525 0.5\n"
    assert (tmp_path / "boxes/labels/b c.txt").read_text() == ""
    assert (tmp_path / "boxes/classes.txt").read_text() == "face\n"
    assert yaml.safe_load((tmp_path / "boxes/data.yaml").read_text())["names"] == ["face"]


def test_coco_s_lists_are_as_others_expect_them(tmp_path: Path) -> None:
    written(tmp_path / "boxes.json", "coco.boxes.json", [FACE, NOTHING])
    coco = json.loads((tmp_path / "boxes.json").read_bytes())
    assert coco["images"] == [
        {"id": 1, "file_name": "a.jpg", "width": 200, "height": 100},
        {"id": 2, "file_name": "b c.png", "width": 640, "height": 480},
    ]
    assert coco["categories"] == [{"id": 1, "name": "face"}]
    (annotation,) = coco["annotations"]
    assert annotation["bbox"] == [10, 20, 50.5, 50]
    assert (annotation["image_id"], annotation["category_id"]) == (1, 1)
    assert annotation["area"] == 2525


def test_pascal_voc_counts_from_one(tmp_path: Path) -> None:
    written(tmp_path / "boxes", "voc", [FACE])
    root = etree.parse(tmp_path / "boxes/Annotations/a.xml").getroot()
    edges = {edge.tag: edge.text for edge in root.iterfind("object/bndbox/*")}
    assert edges == {"xmin": "11", "ymin": "21", "xmax": "60.5", "ymax": "70"}
    assert root.findtext("size/width") == "200"


def test_label_studio_gets_predictions_and_annotations(tmp_path: Path) -> None:
    model = msgspec.structs.replace(FACE, picture="x/e.jpg", box=(0, 0, 0.5, 1), by="model")
    written(tmp_path / "boxes.json", "labelstudio.json", [FACE, model, NOTHING])
    mine, its, empty = json.loads((tmp_path / "boxes.json").read_bytes())
    (result,) = mine["annotations"][0]["result"]
    assert result["value"] == {
        **{"x": 5, "y": 20, "width": 25.25, "height": 50, "rotation": 0},
        "rectanglelabels": ["face"],
    }
    assert "annotations" not in its and len(its["predictions"][0]["result"]) == 1
    assert empty["annotations"] == [{"result": []}]


BOXED = [FACE, msgspec.structs.replace(FACE, picture="a.jpg", value="cat", box=(100, 3, 200, 99.5))]
ONE_LESS = (1, 1, 0, 0)
"""Pascal VOC counts pixels from 1 and includes the last one, so that a box from 10 to 60.5 is from
11 to 60.5 there. globox takes and gives these numbers for distances from the corner."""


def by_globox(path: Path, name: str, images: Path) -> Any:
    """What globox reads of boxes that ``written`` wrote."""
    sets = pytest.importorskip("globox").AnnotationSet
    match name:
        case "yolo":
            return sets.from_yolo_v5(path / "labels", image_folder=images)
        case "voc":
            return sets.from_pascal_voc(path / "Annotations")
        case "coco.boxes.json":
            return sets.from_coco(path)
    return sets.from_cvat(path)


@pytest.mark.parametrize("name", ["yolo", "voc", "coco.boxes.json", "cvat.xml"])
def test_an_oracle_reads_the_same_boxes(tmp_path: Path, name: str) -> None:
    pytest.importorskip("globox")
    (tmp_path / "images").mkdir()
    Image.new("RGB", SIZES["a.jpg"]).save(tmp_path / "images" / "a.jpg")
    written(tmp_path / name, name, BOXED)
    (annotation,) = by_globox(tmp_path / name, name, tmp_path / "images")
    assert annotation.image_id == "a.jpg"
    assert annotation.image_size == SIZES["a.jpg"]
    # YOLO's own files number classes; their names are in data.yaml, which globox does not read.
    classes = {"0": "cat", "1": "face"} if name == "yolo" else {}
    boxes = {classes.get(box.label, box.label): box.ltrb for box in annotation.boxes}
    shift = ONE_LESS if name == "voc" else (0, 0, 0, 0)
    assert set(boxes) == {label.value for label in BOXED}
    for label in BOXED:
        assert label.box is not None
        shifted = [edge + more for edge, more in zip(label.box, shift, strict=True)]
        assert boxes[label.value] == pytest.approx(shifted, abs=1e-4)


@pytest.mark.parametrize("name", ["yolo", "voc", "coco.json", "cvat.xml"])
def test_boxes_that_an_oracle_writes_are_read(tmp_path: Path, name: str) -> None:
    globox = pytest.importorskip("globox")
    boxes = [globox.BoundingBox.create(label=b.value, coords=b.box) for b in BOXED]
    theirs = globox.AnnotationSet([globox.Annotation("a.jpg", SIZES["a.jpg"], boxes)])
    path = tmp_path / name
    match name:
        case "yolo":
            theirs.save_yolo_v5(path, label_to_id={"cat": 0, "face": 1})
            (path / "classes.txt").write_text("cat\nface\n")
        case "voc":
            theirs.save_pascal_voc(path)
        case "coco.json":
            theirs.save_coco(path, auto_ids=True)
        case "cvat.xml":
            theirs.save_cvat(path)
    found = {label.value: label.box for label in read(path)}
    shift = ONE_LESS if name == "voc" else (0, 0, 0, 0)
    assert set(found) == {label.value for label in BOXED}
    for label in BOXED:
        assert label.box is not None
        shifted = [edge - less for edge, less in zip(label.box, shift, strict=True)]
        assert found[label.value] == pytest.approx(shifted, abs=1e-4)


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_or_folder_appears_whole_or_not_at_all(tmp_path: Path, name: str) -> None:
    def interrupted() -> list[Label]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        written(tmp_path / "boxes", name, (label for _ in "a" for label in interrupted()))  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []
