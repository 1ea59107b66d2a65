"""Boxes as each format has them, with the traps of its kind."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from pipeline.labels.boxes import Sizes
from pipeline.labels.import_report_text import full_text
from pipeline.labels.importing import LabelImport
from pipeline.runtime.errors import ExitCode, PipelineError

SIZES = {"a.jpg": (200, 100), "b.jpg": (100, 100), "c.jpg": (50, 50)}

Facts = list[tuple[str, str, tuple[float, ...] | None, str]]


def imported(path: Path, sizes: Sizes = SIZES) -> tuple[Facts, str]:
    """Picture, class, box and author of each label, and the report."""
    labels = LabelImport([path], [*sizes], (), sizes)
    facts: Facts = [
        (label.picture, label.value, label.box and tuple(round(x, 6) for x in label.box), label.by)
        for label in labels
    ]
    return facts, full_text(labels.report)


def files(folder: Path, contents: Mapping[str, str]) -> Path:
    for name, content in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    return folder


def json_file(folder: Path, content: Any) -> Path:
    return files(folder, {"boxes.json": json.dumps(content)}) / "boxes.json"


# YOLO


@pytest.mark.parametrize(
    "classes",
    [
        {"data.yaml": "names: [face, cat]\n"},
        {"data.yaml": "nc: 2\nnames:\n  0: face\n  1: cat\n"},
        {"labels/classes.txt": "face\ncat\n"},
        {"obj.names": "face\r\ncat\r\n"},
        {"labels/data.yaml": "names: [face, 2020-13-45]\n", "classes.txt": "face\ncat"},
    ],
)
def test_yolo_s_classes_have_names(tmp_path: Path, classes: dict[str, str]) -> None:
    boxes = {"labels/a.txt": "1 0.5 0.5 0.1 0.2\n0 0.25 0.5 0.5 1\n"}
    facts, _ = imported(files(tmp_path, classes | boxes))
    assert facts == [
        ("a.jpg", "cat", (90, 40, 110, 60), "person"),
        ("a.jpg", "face", (0, 0, 100, 100), "person"),
    ]


def test_an_empty_yolo_file_says_that_there_is_nothing_and_a_missing_one_says_nothing(
    tmp_path: Path,
) -> None:
    facts, report = imported(files(tmp_path, {"a.txt": "7 0.5 0.5 0.1 0.2\n", "b.txt": "\n"}))
    assert facts == [
        ("a.jpg", "7", (90, 40, 110, 60), "person"),
        ("b.jpg", "", None, "person"),
    ]
    assert "1 of a class without a name, which is called by its number: 1" in report
    assert report.endswith("1 box of 1 picture, 1 picture without any\n")


def test_more_numbers_in_yolo_are_a_probability_or_corners(tmp_path: Path) -> None:
    content = "0 0.5 0.5 0.1 0.2 0.75\n0 0.1 0.1 0.3 0.2 0.2 0.6\n0 0 0 1 0 1 1 0 1 0.5\n"
    facts, report = imported(files(tmp_path, {"b.txt": content, "a.txt": "0 .5 .5 .1 .1 .9"}))
    assert facts == [
        ("a.jpg", "0", (90, 45, 110, 55), "model"),
        ("b.jpg", "0", (10, 10, 30, 60), "person"),
    ]
    assert "2 with the corners of a shape, around which the box is: 3-4" in report
    assert "2 by a model, where a person said something: 2, 4" in report


def test_keypoints_after_a_yolo_box_are_no_corners(tmp_path: Path) -> None:
    content = {"data.yaml": "kpt_shape: [1, 2]\nnames: [face]\n", "a.txt": "0 .5 .5 .1 .2 .9 .9\n"}
    facts, _ = imported(files(tmp_path, content))
    assert facts == [("a.jpg", "face", (90, 40, 110, 60), "person")]


def test_yolo_s_folders_of_pictures_and_labels_are_alike(tmp_path: Path) -> None:
    sizes = {"train/images/x.png": (10, 10), "valid/images/x.png": (20, 20), "y.jpg": (4, 4)}
    row = "0 0.5 0.5 0.5 0.5\n"
    renamed = f"labels/y_jpg.rf.{'0a' * 16}.txt"
    contents = {"train/labels/x.txt": row, "valid/labels/x.txt": row, renamed: row}
    facts, report = imported(files(tmp_path, contents | {"README.roboflow.txt": "hi"}), sizes)
    assert [(name, box) for name, _, box, _ in facts] == [
        ("y.jpg", (1, 1, 3, 3)),
        ("train/images/x.png", (2.5, 2.5, 7.5, 7.5)),
        ("valid/images/x.png", (5, 5, 15, 15)),
    ]
    assert "1 file without boxes: README.roboflow.txt" in report


def test_pixels_in_yolo_are_refused(tmp_path: Path) -> None:
    content = {"a.txt": "0 .5 .5 .1 .2\n0 100 50 20 20\nx .5 .5 1 1\n0 .1 .1 .1 .1\n"}
    facts, report = imported(files(tmp_path, content))
    assert len(facts) == 2
    assert "2 not a class and shares of a picture: 2-3" in report


# COCO


def coco(annotations: list[Any], **more: Any) -> dict[str, Any]:
    return {
        "images": [
            {"id": 7, "file_name": "a.jpg", "width": 200, "height": 100},
            {"id": 9, "file_name": "b.jpg"},
        ],
        "annotations": [{"image_id": 7, "category_id": 90, **item} for item in annotations],
        "categories": [{"id": 0, "name": "all"}, {"id": 90, "name": "face"}],
        **more,
    }


def test_coco_s_boxes_have_a_size_and_its_numbers_have_gaps(tmp_path: Path) -> None:
    facts, _ = imported(json_file(tmp_path, coco([{"bbox": [10, 20, 30.5, 40]}])))
    assert facts == [
        ("a.jpg", "face", (10, 20, 40.5, 60), "person"),
        ("b.jpg", "", None, "person"),
    ]


def test_a_class_without_a_name_or_number_has_its_number(tmp_path: Path) -> None:
    content = coco([{"bbox": [1, 2, 3, 4]}], categories=[{"name": "face"}, {"id": 90}, 5])
    facts, _ = imported(json_file(tmp_path, content))
    assert facts[0][1] == "90"


def test_captions_and_boxes_may_share_a_file(tmp_path: Path) -> None:
    mixed = [{"bbox": [1, 2, 3, 4]}, {"image_id": 9, "caption": "a  cat"}]
    labels = [*LabelImport([json_file(tmp_path, coco(mixed))], [*SIZES], (), SIZES)]
    assert [(label.kind, label.value) for label in labels] == [
        *(("box", "face"), ("text", "a cat"), ("box", "")),
    ]


def test_captions_alone_say_nothing_of_boxes(tmp_path: Path) -> None:
    content = coco([{"caption": "x"}], categories=[])
    assert [name for name, *_ in imported(json_file(tmp_path, content))[0]] == ["a.jpg"]


def test_images_whose_boxes_may_be_lost_are_not_without_any(tmp_path: Path) -> None:
    text = json.dumps(coco([{"bbox": [1, 2, 3, 4]}]) | {"categories": []})
    path = files(tmp_path, {"boxes.json": text.partition('}], "cat')[0] + "}, {"}) / "boxes.json"
    facts, report = imported(path)
    assert [name for name, *_ in facts] == ["a.jpg"]
    assert "cut short" in report


def test_a_crowd_is_no_box_and_yet_something(tmp_path: Path) -> None:
    content = coco([{"bbox": [1, 2, 3, 4], "iscrowd": 1}])
    facts, report = imported(json_file(tmp_path, content))
    assert [name for name, *_ in facts] == ["b.jpg"]
    assert "1 of a crowd: 1" in report


def test_coco_s_results_are_a_model_s(tmp_path: Path) -> None:
    results = [
        {"image_id": 1, "category_id": 3, "bbox": [1, 2, 3, 4], "score": 0.5},
        {"image_id": "x", "category_id": 3, "bbox": [1, 2, 3, 4], "score": 0.5},
    ]
    sizes = {"000000000001.jpg": (9, 9), "x.png": (9, 9)}
    facts, _ = imported(json_file(tmp_path, results), sizes)
    assert facts == [(name, "3", (1, 2, 4, 6), "model") for name in sizes]


# Pascal VOC


def voc(boxes: str, size: str = "<size><width>200</width><height>100</height></size>") -> str:
    return (
        f'<?xml version="1.0"?>\n<annotation><filename>b.jpg</filename>{size}{boxes}</annotation>'
    )


def voc_object(*edges: object, more: str = "") -> str:
    names = ("xmin", "ymin", "xmax", "ymax")
    box = "".join(f"<{name}>{x}</{name}>" for name, x in zip(names, edges, strict=True))
    return f"<object><name>face</name>{more}<bndbox>{box}</bndbox></object>"


def test_pascal_voc_counts_from_one_and_includes_the_last_pixel(tmp_path: Path) -> None:
    boxes = voc_object(1, 11, 200, 100) + voc_object(1.5, 1, "20.0", 2)
    facts, _ = imported(files(tmp_path, {"a.xml": voc(boxes), "b.xml": voc("")}))
    assert facts == [
        ("a.jpg", "face", (0, 10, 200, 100), "person"),
        ("a.jpg", "face", (0.5, 0, 20, 2), "person"),
        ("b.jpg", "", None, "person"),
    ]


def test_what_labelimg_does_not_know_is_not_believed(tmp_path: Path) -> None:
    """The size may be 0, and the file's name within is that of another picture."""
    size = "<size><width>0</width><height>0</height></size>"
    content = voc(voc_object(1, 1, 10, 10, more="<difficult>1</difficult>"), size)
    facts, report = imported(files(tmp_path, {"a.xml": content}))
    assert facts == [("a.jpg", "face", (0, 0, 10, 10), "person")]
    assert "not used: the columns difficult" in report


def test_a_cut_file_says_no_picture_is_without_boxes(tmp_path: Path) -> None:
    contents = {"a.xml": voc("")[:-5], "b.xml": voc(voc_object(1, 1, 2, 2))}
    facts, report = imported(files(tmp_path, contents))
    assert [name for name, *_ in facts] == ["b.jpg"]
    assert "a.xml cannot be read from line 2 on" in report


def test_an_entity_is_refused(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE annotation [<!ENTITY a "aaaa">]><annotation>&a;</annotation>'
    with pytest.raises(PipelineError, match="it declares an entity"):
        imported(files(tmp_path, {"a.xml": bomb}))


# Label Studio


def rectangle(**value: Any) -> dict[str, Any]:
    return {
        "type": "rectanglelabels",
        "original_width": 200,
        "original_height": 100,
        "image_rotation": 0,
        "value": {
            **{"x": 50, "y": 50, "width": 10, "height": 20, "rotation": 0},
            "rectanglelabels": ["face"],
            **value,
        },
    }


def task(*results: Any, image: str = "a.jpg", **more: Any) -> dict[str, Any]:
    return {"data": {"image": image}, "annotations": [{"id": 1, "result": [*results]}], **more}


@pytest.mark.parametrize(
    ("value", "box"),
    [
        ({}, (100, 50, 120, 70)),
        ({"rotation": 90}, (80, 50, 100, 70)),
        ({"rotation": 180}, (80, 30, 100, 50)),
        ({"height": -20}, (100, 30, 120, 50)),
        ({"width": -10, "height": -20}, (80, 30, 100, 50)),
    ],
)
def test_label_studio_s_percent_turn_about_the_corner(
    tmp_path: Path, value: dict[str, Any], box: tuple[float, ...]
) -> None:
    facts, _ = imported(json_file(tmp_path, [task(rectangle(**value))]))
    assert facts == [("a.jpg", "face", box, "person")]


def test_cancelled_annotations_are_skipped_and_predictions_are_a_model_s(tmp_path: Path) -> None:
    prediction = {"model_version": "v1", "score": 0.5, "result": [rectangle()]}
    content = [
        {
            "data": {"image": "a.jpg"},
            "annotations": [{"was_cancelled": True, "result": [rectangle(x=0)]}],
            "predictions": [prediction],
        },
        task(image="b.jpg", predictions=[prediction]),
    ]
    facts, report = imported(json_file(tmp_path, content))
    assert facts == [
        ("a.jpg", "face", (100, 50, 120, 70), "model"),
        ("b.jpg", "", None, "person"),
    ]
    assert "1 cancelled annotations" in report


@pytest.mark.parametrize(
    "image",
    [
        "/data/upload/3/0a1b2c3d-a.jpg",
        "https://x.org/files/a.jpg?token=1",
        "/data/local-files/?d=album/a.jpg",
    ],
)
def test_label_studio_s_names_of_pictures_are_understood(tmp_path: Path, image: str) -> None:
    facts, _ = imported(json_file(tmp_path, [task(rectangle(), image=image)]))
    assert [name for name, *_ in facts] == ["a.jpg"]


def test_other_answers_are_scores_tags_and_texts(tmp_path: Path) -> None:
    full = task(
        {"type": "rating", "from_name": "taste", "value": {"rating": 4}},
        {"type": "choices", "from_name": "mood", "value": {"choices": ["happy"]}},
        {"type": "textarea", "from_name": "line", "value": {"text": ["hello"]}},
        {"type": "ellipselabels", "value": {"x": 1}},
    )
    flat = {"image": "a.jpg", "id": 1, "annotation_id": 1, "annotator": 1}
    flat |= {"rating": 4, "choice": "happy", "text": "hello", "label": [rectangle()["value"]]}
    for content, boxes in ((full, 0), (flat, 1)):
        labels = [*LabelImport([json_file(tmp_path, [content])], [*SIZES], (), SIZES)]
        said = {label.kind: label.value or label.weight for label in labels if not label.box}
        assert said == {"score": 4, "tag": "happy", "text": "hello"}
        assert sum(label.box == (100, 50, 120, 70) for label in labels) == boxes


def test_a_rectangle_and_its_labels_are_one_box(tmp_path: Path) -> None:
    named = rectangle(labels=["face"], rectanglelabels=[]) | {"type": "labels", "id": "x"}
    plain = rectangle(rectanglelabels=[]) | {"type": "rectangle", "id": "x"}
    facts, _ = imported(json_file(tmp_path, [task(plain, named)]))
    assert facts == [("a.jpg", "face", (100, 50, 120, 70), "person")]


def test_a_picture_turned_in_label_studio_is_refused(tmp_path: Path) -> None:
    content = [task(rectangle() | {"image_rotation": 90}), task(rectangle(), image="b.jpg")]
    facts, report = imported(json_file(tmp_path, content))
    assert [name for name, *_ in facts] == ["b.jpg"]
    assert "1 of a box on a picture that was turned in Label Studio: 1" in report


# CVAT


def cvat(tmp_path: Path, content: str) -> Path:
    text = f"<annotations><version>1.1</version>{content}</annotations>"
    return files(tmp_path, {"boxes.xml": text}) / "boxes.xml"


def cvat_box(*edges: object, more: str = "") -> str:
    names = ("xtl", "ytl", "xbr", "ybr")
    about = " ".join(f'{name}="{edge}"' for name, edge in zip(names, edges, strict=True))
    return f'<box label="face" {more} {about}/>'


def cvat_image(name: str, *shapes: str) -> str:
    width, height = SIZES[name]
    return f'<image name="{name}" width="{width}" height="{height}">{"".join(shapes)}</image>'


def test_cvat_s_images_have_boxes_shapes_and_tags(tmp_path: Path) -> None:
    content = (
        cvat_image("a.jpg", cvat_box(1, 2, 3.5, 4), '<polygon label="p" points="1,1;5,2;2,9"/>')
        + cvat_image("b.jpg", cvat_box(40, 40, 60, 50, more='rotation="90"'))
        + cvat_image("c.jpg")
    )
    facts, report = imported(cvat(tmp_path, content))
    assert facts == [
        ("a.jpg", "face", (1, 2, 3.5, 4), "person"),
        ("a.jpg", "p", (1, 1, 5, 9), "person"),
        ("b.jpg", "face", (45, 35, 55, 55), "person"),
        ("c.jpg", "", None, "person"),
    ]
    assert "with a turned box" in report and "with the corners of a shape" in report


def test_other_shapes_of_cvat_are_told_and_are_not_nothing(tmp_path: Path) -> None:
    content = cvat_image("a.jpg", "<mask/>") + cvat_image("b.jpg", cvat_box(1, 2, 3, 4))
    facts, report = imported(cvat(tmp_path, content))
    assert [name for name, *_ in facts] == ["b.jpg"]
    assert "not used: 1 <mask>" in report


def test_what_cvat_s_model_drew_beside_a_person_s_box_was_accepted(tmp_path: Path) -> None:
    auto = cvat_box(1, 2, 3, 4, more='source="auto"')
    manual = cvat_box(5, 5, 9, 9, more='source="manual"')
    content = cvat_image("a.jpg", auto, manual) + cvat_image("b.jpg", auto)
    facts, _ = imported(cvat(tmp_path, content))
    assert [(name, by) for name, _, _, by in facts] == [
        *(("a.jpg", "person"), ("a.jpg", "person"), ("b.jpg", "model")),
    ]


def test_cvat_s_tracks_move_between_their_frames_and_end_outside(tmp_path: Path) -> None:
    track = (
        "<meta><task><original_size><width>100</width><height>100</height></original_size></task>"
        '</meta><track label="face">'
        + cvat_box(0, 0, 10, 10, more='frame="1" outside="0"')
        + cvat_box(20, 0, 30, 20, more='frame="3" outside="0"')
        + cvat_box(20, 0, 30, 20, more='frame="4" outside="1"')
        + cvat_box(5, 5, 6, 6, more='frame="6" outside="0"')
        + "</track>"
    )
    sizes = {f"frame_{number:06d}.png": (100, 100) for number in range(9)}
    facts, report = imported(cvat(tmp_path, track), sizes)
    assert facts == [
        ("frame_000001.png", "face", (0, 0, 10, 10), "person"),
        ("frame_000002.png", "face", (10, 0, 20, 15), "person"),
        ("frame_000003.png", "face", (20, 0, 30, 20), "person"),
        ("frame_000006.png", "face", (5, 5, 6, 6), "person"),
    ]
    assert "1 boxes of tracks lie between those that are in the file" in report


def test_an_endless_track_is_cut(tmp_path: Path) -> None:
    ends = (cvat_box(1, 2, 3, 4, more=f'frame="{frame}"') for frame in (0, 10**11))
    _, report = imported(cvat(tmp_path, f"<track>{''.join(ends)}</track>"), {"0.png": (9, 9)})
    assert "it ends there" in report


# Tables


@pytest.mark.parametrize(
    ("table", "box"),
    [
        ("file,left,top,right,bottom,class\na.jpg,1,2,3.5,4,face\n", (1, 2, 3.5, 4)),
        ("file,x,y,w,h,label\na.jpg,1,2,3,4,face\n", (1, 2, 4, 6)),
        ("file,x,y,width,height,label\na.jpg,1,2,3,4,face\n", (1, 2, 4, 6)),
        (
            "filename,width,height,class,xmin,ymin,xmax,ymax\na.jpg,100,50,face,1,2,3,4\n",
            (2, 4, 6, 8),
        ),
        ("file;x1;y1;x2;y2;class\na.jpg;1,5;2;3;4;face\n", (1.5, 2, 3, 4)),
        ("file,xmin,ymin,xmax,ymax,class\na.jpg,0.25,0.5,0.5,1,face\n", (50, 50, 100, 100)),
        (
            '{"file": "a.jpg", "xmin": 1, "ymin": 2, "xmax": 3, "ymax": 4, "class": "face"}',
            (1, 2, 3, 4),
        ),
    ],
)
def test_columns_of_tables_are_boxes(tmp_path: Path, table: str, box: tuple[float, ...]) -> None:
    facts, _ = imported(files(tmp_path, {"boxes": table}) / "boxes")
    assert facts == [("a.jpg", "face", box, "person")]


def test_empty_cells_say_that_there_is_nothing_and_scores_are_a_model_s(tmp_path: Path) -> None:
    table = "file,x,y,w,h,score\na.jpg,1,2,3,4,0.5\nb.jpg,,,,,\nc.jpg,1,2,3,,\n"
    facts, report = imported(files(tmp_path, {"boxes.csv": table}) / "boxes.csv")
    assert facts == [("a.jpg", "object", (1, 2, 4, 6), "model"), ("b.jpg", "", None, "person")]
    assert "1 without the four numbers of a box: 3" in report


def test_labels_jsonl_holds_boxes_and_that_there_is_nothing(tmp_path: Path) -> None:
    lines = [
        {"picture": "a.jpg", "kind": "box", "value": "face", "box": [1, 2, 3, 4]},
        {"picture": "b.jpg", "kind": "box"},
        {"picture": "c.jpg", "kind": "box", "value": "face"},
        {"picture": "c.jpg", "kind": "box", "value": "face", "box": [3, 2, 1, 4]},
        {"picture": "c.jpg", "kind": "box", "value": "x", "box": [0, 0, 1, 1], "drawn_on": [1, 0]},
    ]
    path = files(tmp_path, {"labels.jsonl": "\n".join(map(json.dumps, lines))}) / "labels.jsonl"
    facts, report = imported(path)
    assert facts == [("a.jpg", "face", (1, 2, 3, 4), "person"), ("b.jpg", "", None, "person")]
    assert "3 without a sound box: 3-5" in report


# On the picture


def boxes_on_a(tmp_path: Path, *edges: tuple[float, ...]) -> Path:
    rows = "".join(f"a.jpg,{','.join(map(str, row))}\n" for row in edges)
    return files(tmp_path, {"boxes.csv": f"file,xmin,ymin,xmax,ymax\n{rows}"}) / "boxes.csv"


def test_boxes_are_cut_off_at_the_edge_and_dropped_beyond_it(tmp_path: Path) -> None:
    path = boxes_on_a(
        tmp_path, (-5, 0, 10, 10), (300, 0, 310, 10), (5, 5, 5, 9), (9, 0, 1, 200.4), (1, 1, 2, 2)
    )
    facts, report = imported(path)
    assert [box for _, _, box, _ in facts] == [(0, 0, 10, 10), (1, 0, 9, 100), (1, 1, 2, 2)]
    for told in (
        "2 with a box that reaches beyond the picture, and is cut off there: 1, 4",
        "1 with right before left, or bottom above top: 4",
        "1 of a box outside the picture: 2",
        "1 of a box without a size: 3",
    ):
        assert told in report


def test_a_picture_of_another_size_is_scaled_unless_it_was_only_turned(tmp_path: Path) -> None:
    content = coco([{"bbox": [10, 20, 30, 40]}])
    content["images"][0] |= {"width": 100, "height": 200}
    facts, report = imported(json_file(tmp_path, content))
    assert facts[0][2] == (10, 20, 40, 60)
    assert "the box is taken as upright" in report
    content["images"][0] |= {"width": 100, "height": 100}
    facts, report = imported(json_file(tmp_path, content))
    assert facts[0][2] == (20, 20, 80, 60)
    assert "1 with a box on a picture of another size, which is scaled: 1" in report


def test_shares_of_a_picture_without_a_known_size_are_dropped(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match="whose size is not known") as caught:
        [*LabelImport([files(tmp_path, {"a.txt": "0 .5 .5 1 1"})], ["a.jpg"])]
    assert caught.value.code == ExitCode.NOTHING_USABLE


def test_a_person_s_boxes_win_as_a_whole(tmp_path: Path) -> None:
    def box(picture: str, by: str, edge: object, other: object = 9) -> dict[str, object]:
        box = {"xmin": other and 0, "ymin": other and 0, "xmax": edge, "ymax": other}
        return {"file": picture, "by": by, **box}

    rows = [box("a.jpg", "model", 1), box("a.jpg", "model", 2), box("b.jpg", "model", 3)]
    rows += [box("a.jpg", "person", 4), box("a.jpg", "person", 4)]
    rows += [box("b.jpg", "person", None, None)]
    facts, report = imported(json_file(tmp_path, rows))
    assert facts == [("a.jpg", "object", (0, 0, 4, 9), "person"), ("b.jpg", "", None, "person")]
    assert "3 by a model, where a person said something: 1-3" in report
    assert "1 read before: 5" in report
    assert report.endswith("1 box of 1 picture, 1 picture without any\n")


def test_nothing_there_does_not_stand_beside_boxes(tmp_path: Path) -> None:
    folder = files(tmp_path / "labels", {"a.txt": "", "sub/a.txt": "0 0.5 0.5 1 1"})
    facts, report = imported(folder)
    assert [box for _, _, box, _ in facts] == [(0, 0, 200, 100)]
    assert "1 that there is nothing to box, where there are boxes: 1" in report


def test_pictures_are_scored_by_the_folders_that_they_lie_in(tmp_path: Path) -> None:
    names = ["1/a.jpg", "5/b.jpg", "5/trip/c.jpg"]
    files(tmp_path, dict.fromkeys([*names, "5/notes.txt"], ""))
    labels = LabelImport([tmp_path], names)
    assert [(label.picture, label.weight) for label in labels] == [
        *(("1/a.jpg", 1), ("5/b.jpg", 5), ("5/trip/c.jpg", 5)),
    ]
    files(tmp_path, {"others/d.jpg": ""})
    with pytest.raises(PipelineError):
        list(LabelImport([tmp_path], names))


def test_ava_s_votes_are_a_mean(tmp_path: Path) -> None:
    content = "1 5 0 1 0 0 1 0 0 0 0 0 1 22 1396\n2 6 0 0 0 0 0 0 0 0 0 0 1 22 1396\n"
    path = files(tmp_path, {"AVA.txt": content}) / "AVA.txt"
    labels = LabelImport([path], ["5.jpg", "6.jpg"])
    assert [(label.picture, label.kind, label.weight) for label in labels] == [
        ("5.jpg", "score", 3.5)
    ]
    assert "1 without votes: 2" in full_text(labels.report)
