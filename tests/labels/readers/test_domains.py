"""Domains and attributes in lists and tables."""

import pytest

from pipeline.labels.reading import read_labels
from tests.reading.conftest import WriteFile

CELEBA = """2
5_o_Clock_Shadow Blond_Hair Male
000001.jpg -1  1 -1
000002.jpg  1 -1  1
"""
KAGGLE = "image_id,5_o_Clock_Shadow,Blond_Hair,Male\n000001.jpg,-1,1,-1\n000002.jpg,1,-1,1\n"
ATTRIBUTES = [
    ("000001.jpg", "Blond_Hair"),
    ("000002.jpg", "5_o_Clock_Shadow"),
    ("000002.jpg", "Male"),
]


@pytest.mark.parametrize("content", [CELEBA, KAGGLE])
def test_attributes_are_domains_of_which_a_picture_may_have_several(
    write_file: WriteFile, content: str
) -> None:
    file = read_labels(write_file(content.encode()))
    assert [(label.picture, label.value) for label in file] == ATTRIBUTES
    assert {label.kind for label in file} == {"domain"}
    assert file.report.result().notes == []


def test_a_picture_without_attributes_says_so_and_a_torn_row_is_counted(
    write_file: WriteFile,
) -> None:
    rows = "4\nHat Tie\na.jpg 1 -1\nb.jpg -1 -1\nc.jpg 1\n"
    file = read_labels(write_file(rows.encode()))
    assert [(label.picture, label.value) for label in file] == [("a.jpg", "Hat"), ("b.jpg", "")]
    result = file.report.result()
    assert (result.read, result.kept) == (3, 2)
    assert result.dropped[0].reason == "without a 1 or -1 for each attribute"
    assert result.notes == ["it says to have 4 rows, and has 3"]


@pytest.mark.parametrize(
    "content",
    [
        "file,domain,split\nx y/a.jpg,noto,train\nb.png,two words,val\n,noto,\nc.jpg,,\n",
        "split\tFilename\tStyle\ntrain\tx y/a.jpg\tnoto\nval\tb.png\ttwo words\n\tc.jpg\t\n",
    ],
)
def test_a_table_names_the_domain_of_each_picture(write_file: WriteFile, content: str) -> None:
    file = read_labels(write_file(content.encode()))
    found = [(label.picture, label.value, label.split) for label in file]
    assert found == [("x y/a.jpg", "noto", "train"), ("b.png", "two words", "dev")]
    assert "without a domain" in {issue.reason for issue in file.report.result().dropped}


def test_a_table_with_texts_too_is_read_for_its_texts(write_file: WriteFile) -> None:
    file = read_labels(write_file(b"file,domain,caption\na.jpg,noto,a cat\n"))
    assert [(label.kind, label.value) for label in file] == [("text", "a cat")]


def test_a_list_has_a_file_name_and_a_word(write_file: WriteFile) -> None:
    file = read_labels(write_file(b"x/my cat.jpg noto\nb.png  twemoji\nc.png\n"))
    found = [(label.picture, label.value) for label in file]
    assert found == [("x/my cat.jpg", "noto"), ("b.png", "twemoji")]
    assert file.report.result().dropped[0].reason == "without a file name and one word"


def test_numbers_behind_file_names_are_scores(write_file: WriteFile) -> None:
    assert [label.kind for label in read_labels(write_file(b"a.jpg 1\nb.jpg 2\n"))] == ["score"] * 2
