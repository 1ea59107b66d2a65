"""CSV and its like: with and without a header, from people's programs and from Excel."""

from __future__ import annotations

import pytest

from pipeline.labels.reading import read_labels
from tests.reading.conftest import WriteFile

Texts = list[tuple[str, str]]

CASES: list[tuple[str, str | bytes, Texts]] = [
    (
        "Kaggle's captions.txt",
        'image,caption\n1.jpg,"A dog , a cat ."\n1.jpg,A dog .\n',
        [("1.jpg", "A dog , a cat ."), ("1.jpg", "A dog .")],
    ),
    (
        "Shift_JIS",
        "filename,joke\r\n犬.jpg,これは犬ですか\r\n猫.jpg,いいえ、猫です\r\n".encode("cp932"),
        [("犬.jpg", "これは犬ですか"), ("猫.jpg", "いいえ、猫です")],
    ),
    (
        "a mark and semicolons",
        "\ufefffile;text\r\na.jpg;x, y\r\n".encode(),
        [("a.jpg", "x, y")],
    ),
    ("a line for Excel", "sep=|\r\nphoto|title\r\na.jpg|x\r\n", [("a.jpg", "x")]),
    ("tabs", "path\tsentence\nC:\\a\\b.jpg\tit's, well\n", [("C:\\a\\b.jpg", "it's, well")]),
    (
        "a line break in a text",
        'picture,boke\na.jpg,"one\ntwo"\nb.jpg,three\n',
        [("a.jpg", "one\ntwo"), ("b.jpg", "three")],
    ),
    (
        "a quote that is never closed",
        'image,caption\na.jpg,"one\nb.jpg,two\n',
        [("a.jpg", '"one'), ("b.jpg", "two")],
    ),
    ("a comma in a text", "image,caption\na.jpg,well, no\n", [("a.jpg", "well, no")]),
    (
        "Flickr30k's results.csv",
        "image_name| comment_number| comment\n1.jpg| 0| Two men .\n1.jpg| 4   A dog runs .\n",
        [("1.jpg", "Two men ."), ("1.jpg", "A dog runs .")],
    ),
    ("the fuller of two columns", "image,title,caption\na.jpg,x,\n", [("a.jpg", "x")]),
    ("no header", "a.jpg,one, two\nb.jpg,three\n", [("a.jpg", "one, two"), ("b.jpg", "three")]),
    (
        "no header, but tabs and more commas",
        "a.jpg\tone, two, three\nb.jpg\tfour, five\n",
        [("a.jpg", "one, two, three"), ("b.jpg", "four, five")],
    ),
    ("no header, and numbers", "a.jpg,0,x\na.jpg,1,y\n", [("a.jpg", "x"), ("a.jpg", "y")]),
    (
        "no header, and quotes",
        '"a.jpg","one, two"\n"b.jpg","three"\n',
        [("a.jpg", "one, two"), ("b.jpg", "three")],
    ),
    (
        "Flickr8k",
        "1.jpg#0\tA child .\n2258277193_586949ec62.jpg.1#0\tPeople .\n",
        [("1.jpg", "A child ."), ("2258277193_586949ec62.jpg.1", "People .")],
    ),
]


@pytest.mark.parametrize(
    ("content", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_texts_of_tables(write_file: WriteFile, content: str | bytes, expected: Texts) -> None:
    file = read_labels(write_file(content, "labels.dat"))
    assert [(label.picture, label.value) for label in file] == expected
    assert file.report.read == file.report.kept == len(expected)
    assert {label.kind for label in file} == {"text"}


def test_a_lost_separator_is_told(write_file: WriteFile) -> None:
    content = "image_name| comment_number| comment\n1.jpg| 0| Two men .\n1.jpg| 4   A dog runs .\n"
    file = read_labels(write_file(content))
    assert len(list(file)) == 2
    (issue,) = file.report.result().repaired
    assert (issue.reason, issue.numbers) == ("with a separator lost before the text", "2")


def test_a_row_without_its_text_takes_none_from_another(write_file: WriteFile) -> None:
    file = read_labels(write_file("image,caption\na.jpg\nb.jpg,two\n,three\n"))
    assert [(label.picture, label.value) for label in file] == [("b.jpg", "two")]
    assert [(issue.reason, issue.numbers) for issue in file.report.result().dropped] == [
        ("without a picture", "3"),
        ("without text", "1"),
    ]


def test_characters_that_nobody_sees_are_no_text(write_file: WriteFile) -> None:
    file = read_labels(write_file("image,caption\na.jpg,\u200b\nb.jpg,\u202e\nc.jpg,草\u200b\n"))
    assert [label.picture for label in file] == ["c.jpg"]
    (issue,) = file.report.result().dropped
    assert (issue.reason, issue.numbers) == ("without text", "1-2")


def test_of_columns_with_one_name_the_first_counts_and_the_others_are_told(
    write_file: WriteFile,
) -> None:
    file = read_labels(write_file("image,caption,Caption\na.jpg,one,two\nb.jpg,three,\n"))
    assert [label.value for label in file] == ["one", "three"]
    assert file.report.result().unused_fields == ["Caption (2)"]


def test_without_a_header_a_picture_alone_has_no_text(write_file: WriteFile) -> None:
    file = read_labels(write_file("a.jpg,one\nb.jpg\nc.jpg,three\n"))
    assert [label.value for label in file] == ["one", "three"]
    assert [issue.reason for issue in file.report.result().dropped] == ["without text"]


def test_ratings_raters_and_splits_are_read(write_file: WriteFile) -> None:
    content = 'file,text,votes,user,split\na.jpg,x,"1,992",mei,restval\nb.jpg,y,,,val\n'
    labels = list(read_labels(write_file(content)))
    assert [(label.weight, label.rater, label.split) for label in labels] == [
        (1992, "mei", "train"),
        (None, None, "dev"),
    ]


def test_a_rating_that_is_no_number_costs_no_text(write_file: WriteFile) -> None:
    file = read_labels(write_file("file,text,stars\na.jpg,x,many\nb.jpg,y,nan\n"))
    assert [label.weight for label in file] == [None, None]
    (issue,) = file.report.result().repaired
    assert issue.numbers == "1-2"


def test_without_a_text_column_a_rating_is_a_score(write_file: WriteFile) -> None:
    file = read_labels(write_file("file;rater;score\na.jpg;me;2,883\nb.jpg;me;\n"))
    (label,) = file
    assert (label.kind, label.value, label.weight, label.rater) == ("score", "", 2.883, "me")
    assert [issue.reason for issue in file.report.result().dropped] == ["without a score"]


def test_columns_that_are_not_used_are_named(write_file: WriteFile) -> None:
    content = "filename,category,tags,description,year,label\na.jpg,art,a|b,long,1900,Cat\n"
    file = read_labels(write_file(content))
    assert [label.value for label in file] == ["a", "b", "Cat"]
    assert file.report.result().unused_fields == ["category", "description", "year"]


CONTEST = "rank,funny,somewhat_funny,unfunny,count,score,precision,contest,caption"


@pytest.mark.parametrize("target", [False, True])
def test_a_caption_contest_names_its_pictures_by_number(
    write_file: WriteFile, target: bool
) -> None:
    first = ("target_id,", "99,") if target else ("", "")
    row = '0,24,31,12,67,1.82,0.09,510,"Well, it\'s a start."'
    file = read_labels(write_file(f"{first[0]}{CONTEST}\n{first[1]}{row}\n"))
    (label,) = file
    assert (label.picture, label.value, label.weight) == ("510", "Well, it's a start.", 1.82)
    assert file.report.format == "caption contest CSV"


def test_scores_may_be_a_list_with_spaces(write_file: WriteFile) -> None:
    file = read_labels(write_file("AF1.jpg 2.883333\nmy cat.jpg 3\nAF2.jpg\n"))
    assert [(label.picture, label.weight, label.kind) for label in file] == [
        ("AF1.jpg", 2.883333, "score"),
        ("my cat.jpg", 3, "score"),
    ]
    assert file.report.read == 3


def test_scores_need_no_header(write_file: WriteFile) -> None:
    file = read_labels(write_file("a.jpg,4\nb.jpg,1.5\n"))
    assert [(label.picture, label.weight) for label in file] == [("a.jpg", 4), ("b.jpg", 1.5)]
