import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pipeline.danmaku.comments.reading import read_comments
from pipeline.danmaku.comments.record import Comment
from pipeline.reading.import_report_file import Issue
from tests.danmaku.comments.conftest import WriteFile

COMMENT: dict[str, Any] = {
    "id": "99",
    "no": 5,
    "vposMs": 1005,
    "body": "草",
    "commands": ["184", "ue"],
    "userId": "nvc:secret42",
    "isPremium": True,
    "score": -100,
    "postedAt": "2026-01-01T00:00:00+09:00",
    "nicoruCount": 2,
    "nicoruId": None,
    "source": "trunk",
}
THREADS = [
    {"id": 17, "fork": "main", "commentCount": 1, "comments": [COMMENT]},
    {"id": 18, "fork": "easy", "commentCount": 1, "comments": [{**COMMENT, "body": "うぽつ"}]},
    {"id": 19, "fork": "owner", "commentCount": 0, "comments": None},
]
RESPONSE = {"meta": {"status": 200}, "data": {"globalComments": [], "threads": THREADS}}


def read(path: Path) -> list[Comment]:
    return list(read_comments(path))


def with_fields(**fields: Any) -> str:
    return json.dumps([COMMENT | fields])


@pytest.mark.parametrize(
    "shape", [RESPONSE, THREADS, {"threads": THREADS}, {"data": {"threads": THREADS}}]
)
def test_threads_are_found_in_each_shape(write_file: WriteFile, shape: Any) -> None:
    first, second = read(write_file(json.dumps(shape), "c.json"))
    assert (first.text, first.thread, first.fork) == ("草", "17", "main")
    assert (second.text, second.thread, second.fork) == ("うぽつ", "18", "easy")


def test_every_field_is_understood(write_file: WriteFile) -> None:
    (comment,) = read(write_file(with_fields(), "c.comments.json"))
    assert comment.user is not None
    assert comment == Comment(
        time_ms=1005,
        text="草",
        commands=["184", "ue"],
        no=5,
        user=comment.user,
        posted_at=1_767_193_200,
        premium=True,
        score=-100,
        nicoru=2,
        file="c.comments.json",
        number=1,
    )


def test_user_ids_never_appear_in_the_record(write_file: WriteFile) -> None:
    (comment,) = read(write_file(with_fields()))
    assert b"secret42" not in msgspec.json.encode(comment)


def test_json_saved_as_xml_is_read(write_file: WriteFile) -> None:
    assert len(read(write_file(b"\xef\xbb\xbf" + with_fields().encode(), "c.xml"))) == 1


def test_missing_keys_and_nulls_take_defaults(write_file: WriteFile) -> None:
    bare = {"vposMs": -620, "body": "a"}
    null = dict.fromkeys(COMMENT) | bare
    found = read(write_file(json.dumps([bare, null]), "c.json"))
    assert found == [
        Comment(time_ms=-620, text="a", file="c.json", number=number) for number in (1, 2)
    ]


def test_unusable_comments_are_dropped_and_counted_by_reason(write_file: WriteFile) -> None:
    faulty: list[Any] = [
        COMMENT | {"body": ""},
        COMMENT | {"body": None},
        COMMENT | {"vposMs": None},
        COMMENT | {"vposMs": "12"},
        COMMENT | {"vposMs": True},
        COMMENT | {"vposMs": float("nan")},
        COMMENT | {"vposMs": float("inf")},
        COMMENT | {"vposMs": 10**30},
    ]
    thread = {"id": 1, "comments": [COMMENT, *faulty, "not an object"]}
    file = read_comments(write_file(json.dumps([thread])))
    assert [comment.text for comment in file] == ["草"]
    report = file.report.result()
    assert report.read == 10
    assert report.dropped == [
        Issue("without a time", 6, "4-9"),
        Issue("without text", 2, "2-3"),
        Issue("not an object", 1, "10"),
    ]


@pytest.mark.parametrize(
    "fields",
    [
        {"body": "a\ud83d"},
        {"commands": ["\udc00", 3, None, ""]},
        {"userId": "\ud83d"},
        {"no": 10**30, "score": 10**30, "nicoruCount": -(10**30)},
        {"no": True, "score": False, "nicoruCount": 1.5},
        {"postedAt": "0001-01-01T00:00:00"},
        {"postedAt": 5},
        {"commands": {"a": 1}},
    ],
)
def test_odd_values_give_a_record_that_can_be_written_and_read_back(
    write_file: WriteFile, fields: dict[str, Any]
) -> None:
    (comment,) = read(write_file(with_fields(**fields)))
    assert msgspec.json.decode(msgspec.json.encode(comment), type=Comment) == comment


def test_a_thread_with_odd_names_can_be_written_and_read_back(write_file: WriteFile) -> None:
    thread = {"id": "\ud83d", "fork": 2, "comments": [COMMENT]}
    (comment,) = read(write_file(json.dumps([thread])))
    assert comment.fork == "2"
    assert msgspec.json.decode(msgspec.json.encode(comment), type=Comment) == comment


def test_lone_surrogates_become_replacement_marks(write_file: WriteFile) -> None:
    (comment,) = read(write_file('[{"vposMs": 1, "body": "a\\ud83d"}]'))
    assert comment.text == "a\ufffd"


def test_surrogate_pairs_become_their_character(write_file: WriteFile) -> None:
    (comment,) = read(write_file('[{"vposMs": 1, "body": "\\ud83d\\ude00"}]'))
    assert comment.text == "😀"


def test_responses_that_were_joined_are_all_read(write_file: WriteFile) -> None:
    content = json.dumps(RESPONSE) + "\n" + json.dumps(RESPONSE)
    assert len(read(write_file(content))) == 4


@pytest.mark.parametrize("order", [("id", "fork", "comments"), ("comments", "fork", "id")])
def test_a_response_that_was_cut_off_keeps_its_comments(
    write_file: WriteFile, order: tuple[str, ...]
) -> None:
    def thread(name: str, fork: str, count: int) -> dict[str, Any]:
        every = [COMMENT | {"no": no} for no in range(1, count + 1)]
        members = {"id": name, "fork": fork, "comments": every}
        return {key: members[key] for key in order}

    whole = json.dumps({"data": {"threads": [thread("8", "owner", 2), thread("9", "main", 50)]}})
    file = read_comments(write_file(whole[: whole.rindex('"no": 40')]))
    found = [(c.fork, c.no) for c in file]
    main = "main" if order[0] == "id" else None  # it stood behind the cut
    assert found == [("owner", 1), ("owner", 2), *((main, no) for no in range(1, 40))]
    assert file.report.result().repaired == [Issue("cut short", 1, "42")]


def test_a_thread_that_is_none_does_not_shift_the_others(write_file: WriteFile) -> None:
    threads = [{"id": 1}, "nothing", *THREADS, {"id": 4, "fork": "x", "comments": [[COMMENT], 5]}]
    file = read_comments(write_file(json.dumps({"data": {"threads": threads}})))
    assert [(c.fork, c.text) for c in file] == [("main", "草"), ("easy", "うぽつ")]
    assert file.report.result().dropped == [Issue("not an object", 2, "3-4")]


def test_what_stands_behind_a_threads_comments_counts_too(write_file: WriteFile) -> None:
    thread = {"comments": [COMMENT], "fork": "owner", "id": "9"}
    (comment,) = read(write_file(json.dumps({"data": {"threads": [thread]}})))
    assert (comment.thread, comment.fork) == ("9", "owner")


def test_comments_under_a_key_with_dots_belong_to_no_thread(write_file: WriteFile) -> None:
    content = {"data": {"threads": [], "threads.item.comments": [COMMENT], "threads.item.id": 1}}
    (comment,) = read(write_file(json.dumps(content), "c.json"))
    assert (comment.text, comment.thread) == ("草", "1")
