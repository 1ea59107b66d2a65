from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.labels.import_report_text import full_text, summary
from pipeline.labels.importing import LabelImport
from pipeline.labels.reading import read_labels
from pipeline.labels.record import Label
from pipeline.labels.sidecars import Sidecars
from pipeline.runtime.errors import ExitCode, PipelineError
from tests.reading.conftest import WriteFile

NOISE = bytes(range(0x80, 0x100)) * 40
NAMES = ["a.jpg", "b/c.png", "x/d.jpg", "y/d.jpg"]


def lines(*labels: dict[str, object]) -> str:
    return "\n".join(map(json.dumps, labels))


def test_labels_come_with_the_names_of_the_collection(write_file: WriteFile) -> None:
    content = "image,caption\nC.PNG,one\n/z/a.jpg,two\n"
    labels = list(LabelImport([write_file(content, "labels.csv")], NAMES))
    assert labels == [
        Label(picture="b/c.png", kind="text", value="one", file="labels.csv", number=1),
        Label(picture="a.jpg", kind="text", value="two", file="labels.csv", number=2),
    ]


def test_labels_of_no_certain_picture_are_dropped_and_told(write_file: WriteFile) -> None:
    content = "image,caption\na.jpg,one\nd.jpg,two\nno.jpg,three\nno.jpg,four\nz/d.jpg,five\n"
    found = LabelImport([write_file(content, "labels.csv")], NAMES)
    assert [label.value for label in found] == ["one"]
    assert full_text(found.report) == (
        "labels.csv (CSV): 5 labels read, 5 kept"
        "; of one of several pictures: d.jpg may be x/d.jpg or y/d.jpg"
        "; whose picture is not there: no.jpg"
        "; whose picture is only in another folder: z/d.jpg, not x/d.jpg or y/d.jpg\n"
        "1 kept of all (2 whose picture is not there, 1 of one of several pictures,"
        " 1 whose picture is only in another folder)\n"
        "    2 whose picture is not there: 3-4\n"
        "    1 of one of several pictures: 2\n"
        "    1 whose picture is only in another folder: 5\n"
    )


def test_many_missing_pictures_are_told_by_a_few(write_file: WriteFile) -> None:
    rows = "".join(f"no{n}.jpg,x\n" for n in range(1000))
    found = LabelImport([write_file(f"image,caption\na.jpg,y\n{rows}")], NAMES)
    assert len(list(found)) == 1
    (note,) = found.report.files[0].notes
    assert note == "whose picture is not there: no0.jpg, no1.jpg, no2.jpg, no3.jpg, no4.jpg"
    assert found.report.dropped[0].numbers == "2-1001"


def test_repeats_in_any_file_are_dropped(write_file: WriteFile) -> None:
    one = write_file("image,caption,user\na.jpg,x,me\na.jpg,x,you\na.jpg,y,me\n", "1.csv")
    other = write_file("image,caption,user,star\nA.jpg,x,me,3\n", "2.csv")
    found = LabelImport([one, other], NAMES)
    assert [(label.value, label.rater) for label in found] == [
        *(("x", "me"), ("x", "you"), ("y", "me")),
    ]
    assert [(issue.reason, issue.numbers) for issue in found.report.dropped] == [
        ("read before", "4")
    ]


def test_a_picture_may_be_scored_twice(write_file: WriteFile) -> None:
    scores = write_file("file,score\na.jpg,3\na.jpg,4\na.jpg,3\n")
    found = LabelImport([scores, scores], NAMES)
    assert [label.weight for label in found] == [3, 4, 3]
    assert [issue.reason for issue in found.report.dropped] == ["read before"]


def test_a_person_wins_over_a_model_wherever_the_line_is(write_file: WriteFile) -> None:
    model = write_file(
        lines(
            {"picture": "a.jpg", "kind": "text", "value": "of the model", "by": "model"},
            {"picture": "a.jpg", "kind": "score", "weight": 3, "by": "model"},
            {"picture": "b/c.png", "kind": "text", "value": "of the model", "by": "model"},
        ),
        "model.jsonl",
    )
    person = write_file(lines({"file_name": "a.jpg", "text": "of a person"}), "person.jsonl")
    found = LabelImport([model, person], NAMES)
    assert [(label.picture, label.kind, label.value) for label in found] == [
        ("a.jpg", "score", ""),
        ("b/c.png", "text", "of the model"),
        ("a.jpg", "text", "of a person"),
    ]
    (issue,) = found.report.dropped
    assert issue.reason == "by a model, where a person said something"


MODEL_TAGS: list[dict[str, object]] = [
    {"picture": "a.jpg", "kind": "tag", "value": "cat_ears", "weight": 0.9},
    {"picture": "a.jpg", "kind": "tag", "value": "dog", "weight": 0.8},
    {"picture": "a.jpg", "kind": "tag", "value": "safe", "group": "rating", "weight": 0.7},
]


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ({"value": "Cat ears"}, ["dog", "safe"]),
        ({"value": "explicit", "group": "rating"}, ["cat_ears", "dog"]),
        ({"value": "explicit", "group": "rating", "complete": True}, ["cat_ears", "dog"]),
        ({"value": "bird", "complete": True}, ["safe"]),
        ({"value": "bird", "picture": "b/c.png", "complete": True}, ["cat_ears", "dog", "safe"]),
    ],
)
def test_a_person_s_tag_settles_itself_or_all_tags_if_the_file_has_all(
    write_file: WriteFile, said: dict[str, object], left: list[str]
) -> None:
    model = lines(*({**tag, "by": "model"} for tag in MODEL_TAGS))
    person = lines({"picture": "a.jpg", "kind": "tag"} | said)
    found = LabelImport([write_file(model, "1.jsonl"), write_file(person, "2.jsonl")], NAMES)
    assert [label.value for label in found if label.by == "model"] == left
    assert [label.value for label in found if label.by == "person"] == [said["value"]]


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["0321/4321.png"], "0321/4321.png"),
        (["images/ab/abcd.jpg"], "images/ab/abcd.jpg"),
        (["abcd.webp", "other.png"], "abcd.webp"),
        (["4321.png", "abcd.png"], None),
        (["44321.png"], None),
    ],
)
def test_a_post_s_picture_lies_by_number_or_digest_in_any_folder(
    write_file: WriteFile, names: list[str], found: str | None
) -> None:
    post = {"id": 4321, "md5": "abcd", "file_ext": "png", "tag_string": "x"}
    table = write_file("file,tag\nz.jpg,y\n", "1.csv")
    imported = LabelImport([table, write_file(lines(post), "2.jsonl")], [*names, "z.jpg"])
    assert [label.picture for label in imported] == ["z.jpg"] + ([found] if found else [])


def test_ways_to_write_one_tag_are_repeats(write_file: WriteFile) -> None:
    table = write_file("file,tags\na.jpg,long hair|cat\n", "1.csv")
    board = write_file(lines({"md5": "a", "tag_string": "long_hair dog"}), "2.jsonl")
    found = LabelImport([table, board], NAMES)
    assert [label.value for label in found] == ["long hair", "cat", "dog"]


def test_sidecars_are_read_beside_files(write_file: WriteFile, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x\n\ny\n", "utf-8")
    table = write_file("image,caption\na.jpg,x\n", "labels.txt")
    sidecars = Sidecars(tmp_path, NAMES, besides=[table])
    found = LabelImport([table], NAMES, [sidecars])
    assert [(label.value, label.file, label.number) for label in found] == [
        ("x", "labels.txt", 1),
        ("y", "a.txt", 2),
    ]
    assert summary(found.report)[1] == f"{tmp_path.name} (sidecars): 2 labels read, 2 kept"


def test_nothing_usable_is_an_error_that_counts(write_file: WriteFile) -> None:
    path = write_file("image,caption\nz.jpg,x\na.jpg,\n", "labels.csv")
    with pytest.raises(PipelineError) as caught:
        list(LabelImport([path], NAMES))
    assert caught.value.code == ExitCode.NOTHING_USABLE
    assert "make clean PICTURES=" in caught.value.remedy  # for LABELS= is remembered
    for words in (str(path), "1 without text", "1 whose picture is not there", "z.jpg"):
        assert words in str(caught.value)


def test_nothing_given_is_an_error_too() -> None:
    with pytest.raises(PipelineError, match="no usable label in any file"):
        list(LabelImport([], NAMES))


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (b"", ExitCode.EMPTY_FILE, "empty (0 bytes)"),
        (b" \n", ExitCode.EMPTY_FILE, "empty (2 bytes)"),
        (NOISE, ExitCode.UNKNOWN_FORMAT, "binary label file"),
        (b"just words", ExitCode.UNKNOWN_FORMAT, "Flickr8k text"),
        (b"when,what\n1,2\n", ExitCode.UNKNOWN_FORMAT, "a picture (file_name"),
        (b'[{"when": 1}]', ExitCode.UNKNOWN_FORMAT, "COCO JSON"),
        (b"<xml><a/></xml>", ExitCode.UNKNOWN_FORMAT, "Known formats"),
    ],
)
def test_each_kind_of_wrong_file_has_its_exit_code(
    write_file: WriteFile, content: bytes, code: ExitCode, words: str
) -> None:
    path = write_file(content)
    with pytest.raises(PipelineError) as caught:
        read_labels(path)
    assert caught.value.code == code
    assert str(path) in caught.value.problem
    assert words in str(caught.value)


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(PipelineError) as caught:
        LabelImport([tmp_path / "none.csv"], NAMES)
    assert caught.value.code == ExitCode.LABELS_MISSING


def test_each_iteration_reports_anew(write_file: WriteFile) -> None:
    found = LabelImport([write_file("image,caption\na.jpg,x\nno.jpg,y\n")], NAMES)
    assert list(found) == list(found)
    assert (found.report.kept, found.report.dropped[0].count) == (1, 1)
