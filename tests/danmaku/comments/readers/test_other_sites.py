"""Files of other sites and programs: one of each kind, and all that is taken from it."""

import json
from typing import Any

import pytest

from pipeline.danmaku.comments.reading import all_readers, read_comments
from pipeline.danmaku.comments.record import hashed_user
from pipeline.reading.content import Content
from tests.danmaku.comments.conftest import WriteFile

Expected = list[tuple[int, str, list[str]]]


def lines(*objects: object) -> str:
    return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in objects)


CASES: list[tuple[str, str, Expected]] = [
    (
        "AcFun JSON",
        '[{"c":"98.2,16777215,1,25,guest,1315576703","m":"a"},'
        '{"c":"1,16763904,5,37,guest,1315736602.0","m":"b"}]',
        [(98_200, "a", []), (1000, "b", ["ue", "big", "#ffcc00"])],
    ),
    (
        "AcFun JSON",
        '[[],[{"c":"1,255,4,16,u,1315576703,7","m":"a"}],[{"c":"2,255,8,25,u,0","m":"code"}]]',
        [(1000, "a", ["shita", "small", "#0000ff"])],
    ),
    (
        "AcFun JSON",
        '{"danmakus":[{"position":1200,"body":"a","mode":5,"size":25,"color":255,'
        '"createTime":1600000000000,"userId":3,"danmakuId":4}]}',
        [(1200, "a", ["ue", "#0000ff"])],
    ),
    (
        "common danmaku JSON",
        '[{"mode":4,"text":"a","size":18,"color":16711680,"stime":200},{"mode":1,"text":"b"}]',
        [(200, "a", ["shita", "small", "#ff0000"])],
    ),
    (
        "himado XML",
        '<comments><c p="12.5,5,25,255,1593933000,0,aaaa,1">かわいい</c></comments>',
        [(12_500, "かわいい", ["ue", "#0000ff"])],
    ),
    (
        "dandanplay JSON",
        '{"count":1,"comments":[{"cid":1,"p":"12.5,5,16777215,[BiliBili]aaaa","m":"前方高能"}]}',
        [(12_500, "前方高能", ["ue"])],
    ),
    (
        "DPlayer JSON",
        '{"code":0,"data":[[3.2,0,16777215,"x","a"],[5,1,16711680,"","b"],[7,2,"#00f","x","c"]]}',
        [(3200, "a", []), (5000, "b", ["ue", "#ff0000"]), (7000, "c", ["shita", "#00f"])],
    ),
    (
        "DPlayer JSON",
        '{"code":1,"danmaku":[{"time":1,"type":"top","color":"#fff","author":"a","text":"b"}]}',
        [(1000, "b", ["ue"])],
    ),
    (
        "ArtPlayer JSON",
        '[{"text":"a","time":1,"color":"#ff0000","mode":1},{"text":"b","time":2.5,"mode":2}]',
        [(1000, "a", ["ue", "#ff0000"]), (2500, "b", ["shita"])],
    ),
    (
        "niconvert JSON",
        '[{"color":"ff0000","is_guest":false,"start":3.5,"style":"top","content":"a",'
        '"commenter":"c"},{"color":"000255","start":1,"style":"scroll","content":"b"}]',
        [(3500, "a", ["ue", "#ff0000"]), (1000, "b", ["#000255"])],
    ),
    (
        "MGTV JSON",
        '{"status":0,"data":{"next":60000,"items":[{"id":1,"type":0,"uid":5,"time":1200,'
        '"content":"a","v2_position":2,"v2_color":{"color_left":{"r":1,"g":2,"b":255}}},'
        '{"id":2,"time":1300,"content":"b"}]}}',
        [(1200, "a", ["shita", "#0102ff"]), (1300, "b", [])],
    ),
    (
        "TwitchDownloader JSON",
        '{"streamer":{"name":"x"},"comments":[{"_id":"a","content_offset_seconds":5.5,'
        '"commenter":{"_id":"3"},"message":{"body":"LUL","fragments":[],"user_color":"#FF0000"}}]}',
        [(5500, "LUL", ["#ff0000"])],
    ),
    (
        "rechat JSON",
        '[{"id":"a","commenter":{"id":"2"},"contentOffsetSeconds":3,"createdAt":'
        '"2022-01-01T00:00:03Z","message":{"fragments":[{"text":"he"},{"text":"llo"}]}}]',
        [(3000, "hello", [])],
    ),
    (
        "rechat JSON",
        lines({"content_offset_seconds": 1.5, "message": {"body": "x"}, "commenter": {"_id": "1"}}),
        [(1500, "x", [])],
    ),
    (
        "chat_downloader JSON",
        '[{"message":":x: nice","message_id":"2","time_in_seconds":-1.5,"author":{"id":"UCy"},'
        '"timestamp":1640995198000000}]',
        [(-1500, ":x: nice", [])],
    ),
    (
        "chat_downloader JSON",
        lines({"message": "a", "time_in_seconds": 3.2, "author": {"name": "v"}}),
        [(3200, "a", [])],
    ),
    (
        "NDGR",
        lines(
            {
                **{"id": "x", "at": "2024-07-01T00:00:00+09:00", "hashed_user_id": "a:b"},
                **{"vpos": 120, "position": "ue", "size": "medium", "color": "red", "no": 3},
                **{"font": "defont", "opacity": "Normal", "content": "a"},
            }
        ),
        [(1200, "a", ["ue", "red"])],
    ),
    (
        "NDGR",
        lines(
            {
                "meta": {"id": "x", "at": "2024-07-01T00:00:00Z"},
                "message": {
                    "chat": {
                        "content": "at the start",
                        "hashedUserId": "a",
                        "modifier": {"fullColor": {"r": 255}, "size": "small"},
                    }
                },
            },
            {"meta": {"id": "y"}, "message": {"gift": {"itemName": "flower"}}},
        ),
        [(0, "at the start", ["small", "#ff0000"])],
    ),
    (
        "LRC",
        "[ar:x]\n[offset:500]\n[00:12.00][01:02:33]text <00:13.1>word\n[00:20]\n",
        [(11_500, "text word", []), (61_830, "text word", [])],
    ),
    (
        "NDGR",
        '[{"id":"x","at":"2024-08-05T12:00:00.123+09:00","raw_user_id":0,"hashed_user_id":"a:1",'
        '"account_status":"Premium","no":1,"vpos":100,"position":"shita","size":"small",'
        '"color":{"r":1,"g":2,"b":3},"font":"mincho","opacity":"Translucent","content":"x"}]',
        [(1000, "x", ["shita", "small", "#010203", "mincho", "_live"])],
    ),
    (
        "LRC",
        "[1:02:03.5]a\n[03:07,25] b\n[0:1]c\n",
        [(3_723_500, "a", []), (187_250, "b", []), (1000, "c", [])],
    ),
]


@pytest.mark.parametrize(("format", "content", "expected"), CASES)
def test_files_of_other_sites_are_read(
    write_file: WriteFile,
    format: str,  # noqa: A002
    content: str,
    expected: Expected,
) -> None:
    path = write_file(content)
    file = read_comments(path)
    assert [(c.time_ms, c.text, c.commands) for c in file] == expected
    assert file.report.format == format
    opened = Content.open(path)
    found = sorted((reader.confidence(opened) for reader in all_readers()), reverse=True)
    assert found[0] > found[1]


def renderer(kind: str, **fields: Any) -> dict[str, Any]:
    message = {"timestampUsec": "1640995203000000", "authorExternalChannelId": "UCx", **fields}
    action = {"addChatItemAction": {"item": {kind: message}}}
    return {"replayChatItemAction": {"actions": [action], "videoOffsetTimeMsec": "3200"}}


def runs(*parts: object) -> dict[str, Any]:
    return {"runs": [{"text": part} if isinstance(part, str) else part for part in parts]}


def test_youtube_gives_messages_and_counts_the_rest(write_file: WriteFile) -> None:
    grin = {"emoji": {"emojiId": "😀", "shortcuts": [":grin:"]}}
    own = {"emoji": {"emojiId": "UCx/y", "shortcuts": [":wave:"], "isCustomEmoji": True}}
    content = lines(
        renderer("liveChatTextMessageRenderer", message=runs("草", grin, own)),
        renderer("liveChatPaidMessageRenderer", message=runs("paid")),
        renderer("liveChatMembershipItemRenderer", headerSubtext=runs("Welcome!")),
        renderer("liveChatTickerPaidMessageItemRenderer"),
        {"replayChatItemAction": {"actions": [{"removeChatItemAction": {}}]}},
    )
    file = read_comments(write_file(content))
    first, paid, member = file
    assert (first.text, first.time_ms, first.user) == ("草😀:wave:", 3200, hashed_user("UCx"))
    assert first.posted_at == 1_640_995_203
    assert (paid.text, member.text) == ("paid", "Welcome!")
    assert file.report.result().skipped == {
        "liveChatTickerPaidMessageItemRenderer": 1,
        "removeChatItemAction": 1,
    }


def test_paid_messages_of_recorders_are_read_and_gifts_counted(write_file: WriteFile) -> None:
    content = (
        '<i><chatserver>x</chatserver><gift ts="0.1" giftname="a"/>'
        '<d p="3.9,1,25,16777215,1647777087,0,1001,0" user="a">你好</d>'
        '<gift ts="4.5" user="b" giftname="辣条" giftcount="3" />'
        '<sc ts="6.25" user="c" uid="1003" price="30">醒目 留言</sc>'
        '<guard ts="7" user="d" level="3" /><gift ts="8" user="b" giftname="x"/></i>'
    )
    file = read_comments(write_file(content))
    assert [(c.time_ms, c.text) for c in file] == [(3900, "你好"), (6250, "醒目 留言")]
    assert file.report.result().skipped == {"<gift>": 3, "<guard>": 1}
    # The same holds where the file must be mended first.
    torn = read_comments(write_file(content.replace("你好", "你 & 好")))
    assert len(list(torn)) == 2
    assert torn.report.result().skipped == {"<gift>": 3, "<guard>": 1}


def chunked(content: str, vpos: int, **modifier: Any) -> bytes:  # as the service sends it
    from pipeline.danmaku.comments.readers import ndgr

    message = ndgr._message_class()()
    message.meta.id = "x"
    message.meta.at.seconds = 1_720_000_000
    message.message.chat.content = content
    message.message.chat.vpos = vpos
    message.message.chat.hashed_user_id = "a:b"
    for name, value in modifier.items():
        setattr(message.message.chat.modifier, name, value)
    return bytes(message.SerializeToString())


@pytest.mark.parametrize("tag", [b"", b"\n"], ids=["one behind the other", "a packed segment"])
def test_ndgr_is_read_from_protobuf(write_file: WriteFile, tag: bytes) -> None:
    messages = [chunked("a", 0, position=2, named_color=1), chunked("b", 150)]
    content = b"".join(tag + bytes([len(message)]) + message for message in messages)
    first, second = read_comments(write_file(content))
    assert (first.time_ms, first.text, first.commands) == (0, "a", ["ue", "red"])
    assert (second.time_ms, second.text, second.posted_at) == (1500, "b", 1_720_000_000)
    assert second.user == hashed_user("a:b")


DATED = '<chat thread="{thread}" no="1" date="1631804400"{vpos}>番組開始</chat>'


def test_logs_without_vpos_go_by_the_opening_of_their_thread(write_file: WriteFile) -> None:
    path = write_file(DATED.format(thread=1631800000, vpos=""))
    (comment,) = read_comments(path)
    assert comment.time_ms == 4_400_000
    chat = {"thread": "1631800000", "date": "1631804400", "content": "a"}
    (comment,) = read_comments(write_file(json.dumps({"packet": [{"chat": chat}]})))
    assert comment.time_ms == 4_400_000


def test_without_a_known_start_such_comments_need_the_broadcast(write_file: WriteFile) -> None:
    path = write_file(DATED.format(thread=9, vpos=""))
    assert list(read_comments(path)) == []
    assert len(list(read_comments(path, placed_by_date=True))) == 1
