import json

from pipeline.danmaku.comments.reading import read_comments
from pipeline.danmaku.comments.record import Comment, hashed_user
from pipeline.reading.import_report_file import Issue
from tests.danmaku.comments.conftest import WriteFile

COMMENT = {
    "id": 7,
    "vpos": -9149,
    "content": "見納め",
    "date": 1_335_551_240,
    "date_usec": 9,
    "owner": False,
    "premium": True,
    "mail": ["ue", "big"],
    "user_id": 12,
    "layer": -1,
}


def test_every_field_is_understood(write_file: WriteFile) -> None:
    (comment,) = read_comments(write_file(json.dumps([COMMENT]), "c.json"))
    assert comment == Comment(
        time_ms=-91_490,
        text="見納め",
        commands=["ue", "big"],
        no=7,
        fork="main",
        user=hashed_user("12"),
        posted_at=1_335_551_240,
        posted_us=9,
        premium=True,
        file="c.json",
        number=1,
    )


def test_the_uploaders_comments_are_a_fork_and_no_date_is_none(write_file: WriteFile) -> None:
    (comment,) = read_comments(write_file(json.dumps([COMMENT | {"owner": True, "date": 0}])))
    assert (comment.fork, comment.posted_at) == ("owner", None)


def test_faulty_comments_are_reported(write_file: WriteFile) -> None:
    faulty = [COMMENT, 5, COMMENT | {"vpos": None}, COMMENT | {"content": None}]
    file = read_comments(write_file(json.dumps(faulty)))
    assert len(list(file)) == 1
    assert file.report.result().dropped == [
        Issue("not an object", 1, "2"),
        Issue("without a time", 1, "3"),
        Issue("without text", 1, "4"),
    ]
