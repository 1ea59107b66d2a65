"""Tags as boards, trainers, taggers and tables write them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest

from pipeline.labels.reading import LabelFile, read_labels
from pipeline.labels.record import Label
from tests.reading.conftest import WriteFile

POST: dict[str, object] = {
    "id": 4321,
    "md5": "0123456789abcdef0123456789abcdef",
    "file_ext": "png",
    "file_url": "https://cdn.example.org/original/01/23/0123456789abcdef0123456789abcdef.png",
    "created_at": "2019-05-01T00:00:00.000-04:00",
    "rating": "s",
    "score": 12,
    "fav_count": 30,
    "tag_string": '1girl >_< don\'t_say_"lazy" hatsune_miku new_tag',
    "tag_string_general": "1girl >_<",
    "tag_string_character": "hatsune_miku",
    "tag_string_copyright": 'don\'t_say_"lazy"',
    "tag_string_artist": "",
    "tag_string_meta": "",
}


def tags(file: LabelFile) -> list[tuple[str, str]]:
    return [(label.value, label.group) for label in file if label.kind == "tag"]


def ratings(file: LabelFile) -> list[str]:
    return [label.value for label in file if label.group == "rating"]


def lines(*posts: Mapping[str, object]) -> str:
    return "".join(f"{json.dumps(post)}\n" for post in posts)


def test_a_post_s_tags_come_in_their_groups_as_they_are_written(write_file: WriteFile) -> None:
    file = read_labels(write_file(lines(POST)))
    assert tags(file) == [
        *(("1girl", "general"), (">_<", "general"), ('don\'t_say_"lazy"', "copyright")),
        *(("hatsune_miku", "character"), ("new_tag", ""), ("safe", "rating")),
    ]
    first = next(iter(file))
    assert first == Label(
        picture=str(POST["file_url"]),
        other_names=(str(POST["md5"]), "4321"),
        kind="tag",
        value="1girl",
        group="general",
        complete=True,
        file=first.file,
        number=1,
    )


def test_a_post_s_votes_and_favorites_are_scores_on_two_scales(write_file: WriteFile) -> None:
    scores = [label for label in read_labels(write_file(lines(POST))) if label.kind == "score"]
    assert [(label.weight, label.rater) for label in scores] == [(12, "votes"), (30, "favorites")]


@pytest.mark.parametrize(
    ("changes", "meaning", "why"),
    [
        ([{}], "safe", "no post is rated g"),
        ([{}, {"rating": "g"}], "sensitive", "posts are rated g"),
        ([{"updated_at": "2023-01-01"}], "sensitive", "posts are dated 2022-06 or later"),
        ([{"created_at": "2022-01-31"}], "safe", "or dated 2022-06 or later"),
    ],
)
def test_s_means_what_it_meant_when_the_file_was_made(
    write_file: WriteFile, changes: list[dict[str, object]], meaning: str, why: str
) -> None:
    file = read_labels(write_file(lines(*(POST | change for change in changes))))
    assert ratings(file)[0] == meaning
    (note,) = file.report.result().notes
    assert f"rating s is taken for {meaning}" in note
    assert why in note


def test_a_rating_in_words_needs_no_assumption(write_file: WriteFile) -> None:
    words = ["general", "sensitive", "safe", "explicit"]
    file = read_labels(write_file(lines(*({**POST, "rating": word} for word in words))))
    assert ratings(file) == words
    assert file.report.result().notes == []


def test_posts_of_older_dumps_have_a_list_of_tags(write_file: WriteFile) -> None:
    named = [{"id": "1", "name": "1girl", "category": "0"}, {"name": "miku", "category": "4"}]
    posts: list[dict[str, object]] = [
        {"id": "7", "md5": "ab", "tags": named},
        {"id": "8", "md5": "cd", "tags": []},
    ]
    file = read_labels(write_file(lines(*posts)))
    assert tags(file) == [("1girl", "general"), ("miku", "character")]
    assert [issue.reason for issue in file.report.result().dropped] == ["without tags"]


def test_posts_of_other_boards_have_a_string_of_tags(write_file: WriteFile) -> None:
    post = {"id": 9, "md5": "ab", "tags": "1girl >_<", "rating": "s", "created_at": 1690000000}
    file = read_labels(write_file(json.dumps([post, post | {"md5": "cd", "rating": "general"}])))
    assert tags(file)[:3] == [("1girl", ""), (">_<", ""), ("safe", "rating")]
    assert file.report.result().format == "Danbooru JSON"


def test_a_post_without_tags_is_told(write_file: WriteFile) -> None:
    file = read_labels(write_file(lines({"id": 1, "tag_string": ""}, {"tag_string": "a a A"})))
    assert list(file) == []
    issues = {issue.reason: issue.numbers for issue in file.report.result().dropped}
    assert issues == {"without tags": "1", "without a picture": "2-4"}


def test_a_project_s_database_holds_posts(tmp_path: Path) -> None:
    path = tmp_path / "project.sqlite"
    with closing(sqlite3.connect(path)) as database:
        database.execute(
            "CREATE TABLE posts"
            " (id INTEGER, md5 TEXT, file_ext TEXT, tag_string TEXT, tag_count_general INTEGER)"
        )
        row = (5, "abcd", "jpg", "1girl >_< rating:safe", 2)
        database.execute("INSERT INTO posts VALUES (?, ?, ?, ?, ?)", row)
        database.commit()
    file = read_labels(path)
    assert tags(file) == [("1girl", ""), (">_<", ""), ("safe", "rating")]
    assert {(label.picture, label.other_names) for label in file} == {("abcd", ("5",))}


def test_a_database_of_something_else_is_told(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE songs (id INTEGER)")
    file = read_labels(path)
    assert list(file) == []
    assert file.report.result().notes == ["it has no table “posts”"]


def test_kohya_s_metadata_has_a_member_for_each_picture(write_file: WriteFile) -> None:
    content = {
        "/data/10_cat/a": {"caption": "a cat", "tags": "long hair, 1girl, >_<"},
        "b": {"tags": ["solo"], "train_resolution": [512, 512]},
    }
    file = read_labels(write_file(json.dumps(content)))
    assert [(label.picture, label.kind, label.value) for label in file] == [
        *(("/data/10_cat/a", "tag", tag) for tag in ("long hair", "1girl", ">_<")),
        ("/data/10_cat/a", "text", "a cat"),
        ("b", "tag", "solo"),
    ]
    assert file.report.result().unused_fields == ["train_resolution"]


def test_a_tagger_s_tags_have_probabilities_and_are_by_a_model(write_file: WriteFile) -> None:
    content = {
        "a.jpg": {"general": {"1girl": 0.98, "mine": None}, "rating": {"safe": 0.9}},
        "b.jpg": {"character": [["hatsune miku", 0.5]], "copyright": []},
        "c.jpg": 5,
    }
    file = read_labels(write_file(json.dumps(content)))
    assert [(label.value, label.group, label.weight, label.by) for label in file] == [
        ("1girl", "general", 0.98, "model"),
        ("mine", "general", None, "person"),
        ("safe", "rating", 0.9, "model"),
        ("hatsune miku", "character", 0.5, "model"),
    ]
    assert not any(label.complete for label in file)
    assert [issue.reason for issue in file.report.result().dropped] == ["not an object"]


def test_a_torn_file_of_a_tagger_gives_what_there_is(write_file: WriteFile) -> None:
    content = json.dumps({f"{n}.jpg": {"general": {"x": 0.5}} for n in range(9)})
    file = read_labels(write_file(content[:-20]))
    assert [label.picture for label in file] == [f"{n}.jpg" for n in range(8)]
    assert file.report.result().repaired


TABLES: list[tuple[str, str | bytes, list[str], str]] = [
    ("PixPlot's", "filename,tags\na.jpg,cat|long hair\nb.jpg,dog\n", ["cat", "long hair"], "|"),
    ("commas", 'file,tags\na.jpg,"cat, long hair"\nb.jpg,dog\n', ["cat", "long hair"], "commas"),
    ("no quotes", "file,tags\na.jpg,cat, long hair\nb.jpg,dog\n", ["cat", "long hair"], "commas"),
    ("semicolons", "file,tags\na.jpg,cat;long hair\n", ["cat", "long hair"], "semicolons"),
    ("spaces", "file,tags\na.jpg,cat |_| ;d a_(b)\n", ["cat", "|_|", ";d", "a_(b)"], "spaces"),
    ("quotes", 'file,tags\na.jpg,x don\'t_say_"lazy"\n', ["x", 'don\'t_say_"lazy"'], "spaces"),
    ("Excel", "\ufefffile;tags\r\na.jpg;猫、犬\r\n".encode(), ["猫", "犬"], "、"),
    ("Shift_JIS", "file,tags\na.jpg,猫|表示\nb.jpg,犬\n".encode("cp932"), ["猫", "表示"], "|"),
    ("pandas", "file,tags\na.jpg,\"['cat', 'long hair']\"\n", ["cat", "long hair"], ""),
    ("one a row", "file,tag\na.jpg,cat\na.jpg,long hair\n", ["cat", "long hair"], ""),
]


@pytest.mark.parametrize(
    ("content", "expected", "separator"), [case[1:] for case in TABLES], ids=[c[0] for c in TABLES]
)
def test_tables_may_separate_tags_by_anything(
    write_file: WriteFile, content: str | bytes, expected: list[str], separator: str
) -> None:
    file = read_labels(write_file(content))
    assert [label.value for label in file if label.picture == "a.jpg"] == expected
    told = [f"tags are separated by {separator}"] if separator else []
    assert file.report.result().notes == told


def test_repairs_are_told_by_the_number_of_the_row_s_first_tag(write_file: WriteFile) -> None:
    file = read_labels(write_file("file,tags\na.jpg,x, y, z\nb.jpg,p\nc.jpg,q, r\n"))
    assert len(list(file)) == 6
    (issue,) = file.report.result().repaired
    assert issue.numbers == "1, 5"


def test_a_row_may_have_tags_a_text_and_a_rating(write_file: WriteFile) -> None:
    content = "file,tags,caption,stars\na.jpg,x|y,A cat,3\nb.jpg,,A dog,\nc.jpg,z,,\nd.jpg,,,\n"
    file = read_labels(write_file(content))
    assert [(label.picture, label.kind, label.value, label.weight) for label in file] == [
        *(("a.jpg", "tag", "x", None), ("a.jpg", "tag", "y", None), ("a.jpg", "text", "A cat", 3)),
        *(("b.jpg", "text", "A dog", None), ("c.jpg", "tag", "z", None)),
    ]
    assert [issue.reason for issue in file.report.result().dropped] == ["without tags"]


def test_a_table_s_rating_may_be_one_of_content(write_file: WriteFile) -> None:
    content = "file,tags,rating,score\na.jpg,x,explicit,5\nb.jpg,y,s,\nc.jpg,z,4,\n"
    file = read_labels(write_file(content))
    assert [(label.kind, label.value, label.weight) for label in file] == [
        *(("tag", "x", None), ("tag", "explicit", None), ("score", "", 5)),
        *(("tag", "y", None), ("tag", "z", None), ("score", "", 4)),
    ]
    (issue,) = file.report.result().dropped
    assert issue.reason == "rated s, which is safe or sensitive"


def test_hugging_face_s_tags_are_a_list_and_never_taken_apart(write_file: WriteFile) -> None:
    row = {"file_name": "a.jpg", "tags": ["long hair, blonde", "character:hatsune miku", "re:zero"]}
    file = read_labels(write_file(lines(row)))
    assert tags(file) == [
        *(("long hair, blonde", ""), ("hatsune miku", "character"), ("re:zero", "")),
    ]
