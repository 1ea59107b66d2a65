import json
from typing import Any

import pytest

from pipeline.danmaku.comments.reading import read_comments
from pipeline.danmaku.comments.record import Comment, hashed_user
from pipeline.reading.import_report_file import Issue
from tests.danmaku.comments.conftest import WriteFile

CHAT = {
    "thread": "1",
    "fork": 1,
    "no": 7,
    "vpos": 1234,
    "date": 1_335_000_000,
    "date_usec": 250,
    "mail": "ue red",
    "user_id": "abc",
    "premium": 1,
    "score": -4800,
    "nicoru": 3,
    "content": "うぽつ",
}
OTHERS: list[Any] = [{"ping": {"content": "rs:0"}}, {"thread": {"thread": "1"}}, {"leaf": {}}]
EXPECTED = Comment(
    time_ms=12_340,
    text="うぽつ",
    commands=["ue", "red"],
    no=7,
    thread="1",
    fork="owner",
    user=hashed_user("abc"),
    posted_at=1_335_000_000,
    posted_us=250,
    premium=True,
    score=-4800,
    nicoru=3,
    file="c.json",
    number=1,
)


def as_strings(chat: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in chat.items()}


@pytest.mark.parametrize(
    "content",
    [
        json.dumps([*OTHERS, {"chat": CHAT}]),
        json.dumps({"packet": [{"chat": as_strings(CHAT)}]}),
        json.dumps({"packet": [*OTHERS, {"chat": CHAT}]}),
        "\n".join(map(json.dumps, [*OTHERS, {"chat": CHAT}])),
    ],
    ids=["old API", "jikkyo, all values strings", "packet with companions", "one a line"],
)
def test_every_field_is_understood_in_each_shape(write_file: WriteFile, content: str) -> None:
    assert list(read_comments(write_file(content, "c.json"))) == [EXPECTED]


def test_deleted_and_faulty_chats_are_reported(write_file: WriteFile) -> None:
    chats: list[Any] = [
        CHAT,
        {"thread": "1", "no": 8, "vpos": 5, "deleted": 1},
        CHAT | {"vpos": "soon"},
        CHAT | {"content": "\n"},
        None,
    ]
    file = read_comments(write_file(json.dumps([{"chat": chat} for chat in chats])))
    assert len(list(file)) == 1
    assert file.report.result().dropped == [
        Issue("deleted", 1, "2"),
        Issue("not an object", 1, "5"),
        Issue("without a time", 1, "3"),
        Issue("without text", 1, "4"),
    ]


def test_absent_fields_have_defaults(write_file: WriteFile) -> None:
    bare = {"vpos": "-5", "content": "a", "date": "0"}
    (comment,) = read_comments(write_file(json.dumps({"packet": [{"chat": bare}]}), "c.json"))
    assert comment == Comment(time_ms=-50, text="a", fork="main", file="c.json", number=1)
