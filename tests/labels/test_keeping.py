"""Which pictures are learned from, as labels say."""

from pathlib import Path

import pytest

from pipeline.labels.importing import LabelImport
from pipeline.labels.keeping import dropped_pictures, write_keep_labels
from pipeline.labels.labels_file import read_labels_file, write_labels_file
from pipeline.labels.reading import read_labels
from pipeline.labels.record import Label
from tests.reading.conftest import WriteFile

NAMES = ["a.jpg", "b.jpg", "c.jpg", "d.jpg"]


def keep(picture: str, value: str, by: str = "person") -> Label:
    return Label(
        picture=picture, kind="keep", value=value, by="model" if by == "model" else "person"
    )


@pytest.mark.parametrize(
    "content",
    [
        "file,keep\na.jpg,keep\nb.jpg,drop\nc.jpg,Yes\nd.jpg,0\n",
        "keep\tFilename\nTRUE\ta.jpg\nno\tb.jpg\n1\tc.jpg\ndropped\td.jpg\n",
        '{"picture":"a.jpg","kind":"keep","value":"keep"}\n'
        '{"picture":"b.jpg","kind":"keep","value":"drop"}\n'
        '{"picture":"c.jpg","kind":"keep","value":"true"}\n'
        '{"picture":"d.jpg","kind":"keep","value":"False"}\n',
    ],
)
def test_tables_and_lines_say_what_to_keep(write_file: WriteFile, content: str) -> None:
    found = [(x.picture, x.kind, x.value, x.by) for x in read_labels(write_file(content.encode()))]
    values = ("keep", "drop", "keep", "drop")
    assert found == [(n, "keep", v, "person") for n, v in zip(NAMES, values, strict=True)]


@pytest.mark.parametrize(
    "content",
    [
        "file,keep\na.jpg,perhaps\nb.jpg,drop\nc.jpg,\n",
        '{"picture":"a.jpg","kind":"keep","value":"perhaps"}\n'
        '{"picture":"b.jpg","kind":"keep","value":"drop"}\n'
        '{"picture":"c.jpg","kind":"keep"}\n',
    ],
)
def test_any_other_word_is_dropped_and_counted(write_file: WriteFile, content: str) -> None:
    file = read_labels(write_file(content.encode()))
    assert [label.picture for label in file] == ["b.jpg"]
    issues = {issue.reason: issue.count for issue in file.report.result().dropped}
    assert issues == {"neither keep nor drop": 2}


def test_a_person_wins_over_a_model_and_the_last_word_counts(tmp_path: Path) -> None:
    one, other = tmp_path / "keep.jsonl", tmp_path / "labels.jsonl"
    write_keep_labels(one, NAMES, [True, False, False, True])
    write_labels_file(other, [keep("b.jpg", "keep"), keep("a.jpg", "keep"), keep("a.jpg", "drop")])
    assert dropped_pictures(one) == {"b.jpg", "c.jpg"}
    assert dropped_pictures(one, other) == dropped_pictures(other, one) == {"a.jpg", "c.jpg"}
    assert dropped_pictures(None) == frozenset()


def test_what_a_page_saved_wins_in_an_import(tmp_path: Path) -> None:
    files = [tmp_path / "saved.jsonl", tmp_path / "keep.jsonl"]
    write_labels_file(files[0], [keep("a.jpg", "drop")])
    write_keep_labels(files[1], NAMES, [True] * 4)
    target = tmp_path / "labels.jsonl"
    write_labels_file(target, LabelImport(files, NAMES))
    assert len(list(read_labels_file(target))) == 4
    assert dropped_pictures(target) == {"a.jpg"}
