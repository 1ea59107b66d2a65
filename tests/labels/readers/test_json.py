"""JSON of data sets, of sites, and of Yajiuma itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.labels.labels_file import read_labels_file, write_labels_file
from pipeline.labels.reading import LabelFile, read_labels
from pipeline.labels.record import Label
from tests.reading.conftest import WriteFile

IMAGES = [{"id": 42, "file_name": "COCO_val2014_000000000042.jpg", "height": 1}]
CAPTIONS = [
    {"id": 1, "image_id": 42, "caption": " A dog\n runs. \n"},
    {"id": 2, "image_id": 42, "caption": "犬が走る。", "tokenized_caption": "犬 が 走る 。"},
    {"id": 3, "image_id": 43, "caption": "Nobody knows of what."},
    {"id": 4, "image_id": 42},
]


def pairs(file: LabelFile) -> list[tuple[str, str]]:
    return [(label.picture, label.value) for label in file]


def dropped(file: LabelFile) -> dict[str, str]:
    return {issue.reason: issue.numbers for issue in file.report.result().dropped}


@pytest.mark.parametrize(
    "content",
    [
        {"info": {}, "images": IMAGES, "licenses": [], "annotations": CAPTIONS},
        {"annotations": CAPTIONS, "images": IMAGES},
    ],
)
def test_coco_s_lists_may_stand_in_either_order(write_file: WriteFile, content: object) -> None:
    file = read_labels(write_file(json.dumps(content)))
    name = IMAGES[0]["file_name"]
    assert pairs(file) == [(name, "A dog runs."), (name, "犬が走る。")]
    assert dropped(file) == {"of an image that the file does not list": "3", "without text": "4"}


def test_coco_is_known_before_its_captions_begin(write_file: WriteFile) -> None:
    images = [{"id": n, "file_name": f"{n:012}.jpg"} for n in range(5000)]
    captions = [{"image_id": n, "caption": f"Number {n}."} for n in range(5000)]
    file = read_labels(write_file(json.dumps({"images": images, "annotations": captions})))
    assert pairs(file)[4999] == ("000000004999.jpg", "Number 4999.")


def test_a_torn_coco_file_gives_what_there_is(write_file: WriteFile) -> None:
    content = json.dumps({"images": IMAGES, "annotations": CAPTIONS[:2]})
    file = read_labels(write_file(content[:-30]))
    assert [text for _, text in pairs(file)] == ["A dog runs."]
    assert file.report.result().repaired


def test_karpathy_s_sentences_come_with_their_split(write_file: WriteFile) -> None:
    images = [
        {
            "filepath": "val2014",
            "filename": f"{split}.jpg",
            "split": split,
            "sentences": [{"raw": "One.", "tokens": ["one"]}, {"tokens": []}],
        }
        for split in ("train", "restval", "val", "test")
    ]
    file = read_labels(write_file(json.dumps({"images": images, "dataset": "coco"})))
    assert [(label.picture, label.split) for label in file] == [
        *(("train.jpg", "train"), ("restval.jpg", "train")),
        *(("val.jpg", "dev"), ("test.jpg", "test")),
    ]
    assert (file.report.read, file.report.kept) == (8, 4)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('{"file_name": "a.jpg", "text": "x"}\n{"file_name": "b.jpg", "text": "y"}\n', "xy"),
        ('[{"image": "a.jpg", "caption": "x"}, 5, {"image": "a.jpg", "caption": "y"}]', "xy"),
        ('{"file_name": "a.jpg", "texts": ["x", "y", ""]}', "xy"),
        ('{"file_name": "a.jpg", "text": ["x", "y"]}', "xy"),
        ('{"image": "a.jpg", "captions": [{"caption": "x"}, {"raw": "y"}]}', "xy"),
        ('{"File_Name": "a.jpg", "Text": "x"}\n{"file_na', "x"),
    ],
)
def test_objects_with_names_hold_one_text_or_several(
    write_file: WriteFile, content: str, expected: str
) -> None:
    file = read_labels(write_file(content))
    assert "".join(label.value for label in file) == expected
    assert file.report.kept == len(expected)


def test_texts_within_a_list_have_ratings_of_their_own(write_file: WriteFile) -> None:
    content = {"path": "a.jpg", "jokes": [{"text": "x", "star": 3}, {"text": "y", "star": 1}]}
    labels = list(read_labels(write_file(json.dumps(content))))
    assert [(label.value, label.weight) for label in labels] == [("x", 3), ("y", 1)]


BOKETE = {
    "number": "81",
    "image_url": ["https://d2dcan0armyq93.cloudfront.net/photo/odai/600/ab_600.jpg"],
    "bokes": [{"text": "それ、犬です", "star": 102, "number": 1}, {"star": 3}],
}


@pytest.mark.parametrize("content", [json.dumps([BOKETE]), json.dumps(BOKETE) + "\n"])
def test_bokete_s_pictures_have_an_address_and_a_number(
    write_file: WriteFile, content: str
) -> None:
    file = read_labels(write_file(content))
    (label,) = file
    assert (label.value, label.weight) == ("それ、犬です", 102)
    assert (label.picture, label.other_names) == (BOKETE["image_url"][0], ("81",))
    assert dropped(file) == {"without text": "2"}


def test_cells_in_python_s_notation_are_read_and_never_run(
    write_file: WriteFile, tmp_path: Path
) -> None:
    jokes = repr(BOKETE["bokes"][:1]).replace('"', '""')
    trap = f"[open('{tmp_path / 'ran'}', 'w')]"
    rows = [f'"{jokes}",https://x.org/ab.jpg,81', f'"{trap}",https://x.org/c.jpg,82']
    file = read_labels(write_file("bokes,image_url,number\n" + "\n".join(rows)))
    (label,) = file
    assert (label.picture, label.value, label.weight) == (
        "https://x.org/ab.jpg",
        "それ、犬です",
        102,
    )
    assert dropped(file) == {"without a list of jokes": "2"}
    assert not (tmp_path / "ran").exists()


def test_answers_without_a_picture_are_skipped_and_counted(write_file: WriteFile) -> None:
    rows = [
        {"type": "I2T", "question": None, "image": "5651380", "text": "a", "star": 5},
        {"type": "T2T", "question": "why", "image": None, "text": "b", "star": 1},
        {"type": "IT2T", "question": "what", "image": "9", "text": "c", "star": None},
    ]
    file = read_labels(write_file("\n".join(map(json.dumps, rows))))
    assert [(label.picture, label.value, label.weight) for label in file] == [
        ("5651380", "a", 5),
        ("9", "c", None),
    ]
    report = file.report.result()
    assert list(report.skipped.values()) == [1]
    assert (report.read, report.unused_fields) == (2, ["question"])


def test_the_boxes_of_a_meme_are_lines_of_one_text(write_file: WriteFile) -> None:
    meme = {
        "url": "https://i.imgflip.com/30b1gx.jpg",
        "post": "https://imgflip.com/i/30b1gx",
        "metadata": {"views": "1,992", "img-votes": "1,011", "title": "t", "author": "me"},
        "boxes": [" top ", "", "bottom"],
    }
    (label,) = read_labels(write_file(json.dumps([meme])))
    assert (label.value, label.weight, label.rater) == ("top\nbottom", 1011, "me")


def test_labels_of_every_kind_are_read_from_their_own_file(tmp_path: Path) -> None:
    labels = [
        Label(picture="a.jpg", kind="text", value="x", weight=2, by="model", split="dev"),
        Label(picture="a.jpg", kind="box", value="face", box=(1, 2, 3, 4)),
        Label(picture="b.jpg", kind="score", weight=3, rater="me"),
        Label(picture="b.jpg", kind="tag", value="night", group="general"),
    ]
    path = tmp_path / "labels.jsonl"
    assert write_labels_file(path, labels) == 4
    assert list(read_labels_file(path)) == labels
    found = list(read_labels(path))
    assert [(label.picture, label.kind, label.value, label.box) for label in found] == [
        (label.picture, label.kind, label.value, label.box) for label in labels
    ]
    assert [label.number for label in found] == [1, 2, 3, 4]


def test_lines_that_are_no_labels_are_dropped(write_file: WriteFile) -> None:
    lines = [
        {"picture": "a.jpg", "kind": "text", "value": "x"},
        {"picture": "a.jpg", "kind": "text", "value": " "},
        {"picture": "a.jpg", "kind": "score"},
        {"picture": "a.jpg", "kind": "song", "value": "x"},
        {"picture": "a.jpg", "kind": "box", "box": [1, 2]},
        {"picture": "a.jpg", "kind": "tag", "value": ""},
    ]
    file = read_labels(write_file("\n".join(map(json.dumps, lines))))
    assert len(list(file)) == 1
    assert dropped(file) == {
        "not in the form of a label": "4-5",
        "without text": "2",
        "without a score": "3",
        "without a tag": "6",
    }
