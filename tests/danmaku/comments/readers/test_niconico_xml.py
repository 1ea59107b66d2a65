import hashlib
from pathlib import Path

import msgspec
import pytest

from pipeline.danmaku.comments.reading import read_comments
from pipeline.danmaku.comments.record import Comment
from pipeline.reading.import_report_file import Issue
from tests.danmaku.comments.conftest import WriteFile

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'


def packet(*chats: str) -> str:
    head = '<thread resultcode="0" thread="1"/><leaf thread="1" count="3"/>'
    return f"{DECLARATION}\n<packet>{head}{''.join(chats)}</packet>"


def chat(text: str, no: int = 1, vpos: object = 100, more: str = "") -> str:
    return f'<chat thread="1" no="{no}" vpos="{vpos}" date="1335000000" {more}>{text}</chat>'


def texts(path: Path) -> list[str]:
    return [comment.text for comment in read_comments(path)]


def test_every_attribute_is_understood(write_file: WriteFile) -> None:
    more = 'mail="184 red ue" user_id="abc" premium="1" score="-4800" nicoru="3" fork="1"'
    (comment,) = read_comments(write_file(packet(chat("うぽつ", 7, 1234, more))))
    assert comment == Comment(
        time_ms=12_340,
        text="うぽつ",
        commands=["184", "red", "ue"],
        no=7,
        thread="1",
        fork="owner",
        user=hashlib.sha256(b"yajiuma abc").hexdigest()[:12],
        posted_at=1_335_000_000,
        premium=True,
        score=-4800,
        nicoru=3,
        file="comments.xml",
        number=1,
    )


def test_absent_attributes_have_defaults(write_file: WriteFile) -> None:
    (comment,) = read_comments(write_file('<packet><chat vpos="1">a</chat></packet>'))
    assert comment == Comment(time_ms=10, text="a", fork="main", file="comments.xml", number=1)


def test_user_ids_never_appear_in_the_record(write_file: WriteFile) -> None:
    path = write_file(packet(chat("a", more='user_id="secret42"'), chat("b", 2, 1, 'user_id=""')))
    first, second = read_comments(path)
    assert b"secret42" not in msgspec.json.encode(first)
    assert first.user is not None
    assert second.user is None


def test_unusable_comments_are_dropped_and_counted_by_reason(write_file: WriteFile) -> None:
    chats = [
        chat("kept"),
        chat("", 2, more='deleted="1"'),
        chat("gone", 3, more='deleted="2"'),
        chat(" \n ", 4),
        chat("float", 5, "12.5"),
        chat("word", 6, "abc"),
        '<chat thread="1" no="7">no vpos</chat>',
        chat("beyond all bounds", 8, "9" * 30),
    ]
    file = read_comments(write_file(packet(*chats)))
    assert [comment.text for comment in file] == ["kept", "float"]
    report = file.report.result()
    assert (report.read, report.kept) == (8, 2)
    assert report.dropped == [
        Issue("without a time", 3, "6-8"),
        Issue("deleted", 2, "2-3"),
        Issue("without text", 1, "4"),
    ]


def test_negative_and_far_times_are_kept_as_written(write_file: WriteFile) -> None:
    path = write_file(packet(chat("a", 1, -9200), chat("b", 2, 99_999_999)))
    assert [c.time_ms for c in read_comments(path)] == [-92_000, 999_999_990]


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + packet(chat("一"), chat("二")).encode(),
        packet(chat("一"), chat("二")).replace("?>", "?>\n\n").encode(),
        packet(chat("一"), chat("二")).replace("\n", "\r\n").encode(),
        packet(chat("一"), chat("二")).removesuffix("</packet>").encode(),
        packet(chat("一"), chat("二")).removesuffix("</chat></packet>").encode(),
        packet(chat("一"), chat("二").removesuffix("</chat>")).encode(),
        (packet(chat("一")) + "\n" + packet(chat("二"))).encode(),
        f"{chat('一')}\r\n{chat('二')}\r\n".encode(),
        packet(chat("一"), chat("二")).replace("UTF-8", "no-such-code").encode(),
        packet(chat("一"), chat("二")).replace("UTF-8", "base64").encode(),
        packet(chat("一"), chat("二")).replace("UTF-8", "Shift_JIS").encode("shift_jis"),
    ],
    ids=[
        "byte order mark",
        "newlines after the declaration",
        "CRLF",
        "no end of packet",
        "no end of the last comment",
        "a comment without its end tag",
        "two documents in one file",
        "no root",
        "unknown encoding",
        "an encoding that is not of text",
        "Shift_JIS",
    ],
)
def test_all_comments_of_a_torn_or_odd_file_are_read(write_file: WriteFile, content: bytes) -> None:
    assert texts(write_file(content)) == ["一", "二"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Tom & Jerry <3", "Tom & Jerry <3"),
        ("&lt;b&gt; &amp; &quot;", '<b> & "'),
        ("a<b>c</b>d <chatter>", "a<b>c</b>d <chatter>"),
        ("a\x00b\x08c\ufffed\uffff", "abcd"),
        ("a&#8;b&#x13;c&#0;d", "abcd"),
        ("&#x3042;&#12356;", "あい"),
        ("&#99999999999;", "&#99999999999;"),
        ("一&#10;二", "一\n二"),
        ("ｗ" * 100_000, "ｗ" * 100_000),
        ("&nbsp;", "&nbsp;"),
    ],
)
def test_faulty_text_loses_only_what_xml_forbids(
    write_file: WriteFile, written: str, read: str
) -> None:
    assert texts(write_file(packet(chat(written), chat("next", 2)))) == [read, "next"]


def test_bytes_that_are_not_utf8_become_replacement_marks(write_file: WriteFile) -> None:
    content = packet(chat("a?b"), chat("next", 2)).encode().replace(b"?b", b"\xff\xedb")
    assert texts(write_file(content)) == ["a\ufffd\ufffdb", "next"]


def test_entities_are_never_resolved(write_file: WriteFile, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("do not read me")
    doctype = f'<!DOCTYPE packet [<!ENTITY x SYSTEM "{secret.as_uri()}"><!ENTITY y "ha">]>'
    path = write_file(packet(chat("1 &x;"), chat("2 &y;", 2)).replace("?>", "?>" + doctype))
    assert texts(path) == ["1 &x;", "2 &y;"]


def test_entity_bombs_stay_small(write_file: WriteFile) -> None:
    laughs = '<!ENTITY a0 "lol">' + "".join(
        f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 10)
    )
    bomb = packet(chat("&a9;")).replace("?>", f"?><!DOCTYPE packet [{laughs}]>")
    assert texts(write_file(bomb)) == ["&a9;"]
