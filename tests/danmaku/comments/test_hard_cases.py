"""Files that misled a reader once, small: each with what is right."""

import gzip
import io
import json
import struct
import zipfile
from collections.abc import Callable

import pytest

from pipeline.danmaku.comments.reading import read_comments
from pipeline.runtime.errors import ExitCode, PipelineError
from tests.danmaku.comments.conftest import WriteFile

Pairs = list[tuple[int, str]]


def srt(*texts: str) -> str:
    stamps = (f"00:00:{n:02},000 --> 00:00:{n + 1:02},000" for n in range(1, 60))
    return "".join(f"{stamp}\n{text}\n\n" for stamp, text in zip(stamps, texts, strict=False))


def d(text: str, p: str = "1,1,25,1,1,0,a,1") -> str:
    return f'<d p="{p}">{text}</d>'


POSITIONED = "1,7,25,1,1,0,a,1"
CHAT_IN_CDATA = '<![CDATA[<chat vpos="1">x</chat>]]>'
CUT_OFF = r"[0,0,1,1,&quot;cut \&quot;q\&quot; and \u4f60 \u4f"

CASES: list[tuple[str, str | bytes, Pairs]] = [
    (
        "a declaration that lies",
        f'<?xml version="1.0" encoding="gb2312"?><i>{d("前方高能")}</i>'.encode(),
        [(1000, "前方高能")],
    ),
    (
        "another that does",
        f'<?xml version="1.0" encoding="ISO-8859-1"?><i>{d("前方高能预警")}</i>'.encode("gbk"),
        [(1000, "前方高能预警")],
    ),
    (
        "an alias, and blanks around",
        f'<?xml version="1.0" encoding = "x-euc-jp"?><i>{d("草")}</i>'.encode("euc_jp"),
        [(1000, "草")],
    ),
    (
        "Korean",
        srt("안녕하세요 여러분", "정말 재미있어요 ㅋㅋㅋ").encode("cp949"),
        [(1000, "안녕하세요 여러분"), (2000, "정말 재미있어요 ㅋㅋㅋ")],
    ),
    (
        "half-width katakana",
        srt("ｱｲｼﾃﾙ", "ｷﾀ━(ﾟ∀ﾟ)━!").encode("cp932"),
        [(1000, "ｱｲｼﾃﾙ"), (2000, "ｷﾀ━(ﾟ∀ﾟ)━!")],
    ),
    ("ISO-2022-JP", srt("こんにちは").encode("iso2022_jp"), [(1000, "こんにちは")]),
    (
        "UTF-16 of art",
        srt("　一　二　", "日本語" * 40).encode("utf-16-le"),
        [(1000, "　一　二　"), (2000, "日本語" * 40)],
    ),
    (
        "an open quote",
        'time\ttext\n1\t"open\n2\tb\n\n3\tc\n4\tend"\n',
        [(1000, '"open'), (2000, "b"), (3000, "c"), (4000, 'end"')],
    ),
    ("a delimiter in the text", "time,text\n1,hello, world\n", [(1000, "hello, world")]),
    ("one before other columns", "time,text,color\n1,hello, world,red\n", [(1000, "hello, world")]),
    ("the second of two columns", "time,comment,text\n1,,real\n", [(1000, "real")]),
    ("thousands", 'time_ms,text\n"1,234",a\n', [(1234, "a")]),
    ("a number beyond all", '[{"time":1e999,"text":"a"},{"time":2,"text":"b"}]', [(2000, "b")]),
    (
        "a torn line",
        '{"time":1,"text":"a"}\n{"time":2,"te\n{"time":3,"text":"c"}\n',
        [(1000, "a"), (3000, "c")],
    ),
    (
        "a missing brace",
        '[{"time":1,"text":"a"},{"time":2,"text":"b",{"time":3,"text":"c"}]',
        [(1000, "a"), (3000, "c")],
    ),
    ("a quote in a text", '[{"time":1,"text":"a "b" c"},{"time":3,"text":"c"}]', [(3000, "c")]),
    (
        "commas between lines",
        '{"time":1,"text":"a"},\n{"time":2,"text":"b"},\n',
        [(1000, "a"), (2000, "b")],
    ),
    ("another format's keys", '{"time":1,"message":"hello","meta":{}}', [(1000, "hello")]),
    (
        "more of them",
        '[{"time":1,"text":"a","chat":{"x":1},"thread":{"id":1},"packet":[]}]',
        [(1000, "a")],
    ),
    ("and more", '{"time":1,"text":"a","threads":[],"comments":3,"fork":"main"}', [(1000, "a")]),
    (
        "another format within CDATA",
        f"<i>{d(CHAT_IN_CDATA)}{d('ok')}</i>",
        [(1000, '<chat vpos="1">x</chat>'), (1000, "ok")],
    ),
    ("in a comment", f'<!-- <chat vpos="1">x</chat> --><i>{d("ok")}</i>', [(1000, "ok")]),
    (
        "arrows in a text",
        srt("3->5", "1:30->2:00 がすごい", "A --> B"),
        [(1000, "3->5"), (2000, "1:30->2:00 がすごい"), (3000, "A --> B")],
    ),
    (
        "other arrows",
        "1\n00:00:01,000 → 00:00:02,000\na\n\n2\n00:00:03,000 ==> 00:00:04,000\nb\n",
        [(1000, "a"), (3000, "b")],
    ),
    ("a mark in the middle", srt("a") + "\ufeff" + srt("b"), [(1000, "a"), (1000, "b")]),
    (
        "a title before a song",
        "歌名 - 歌手\n[#: by x]\n[00:01.00]a[00:02.00]b\r[00:03.00]c",
        [(1000, "ab"), (3000, "c")],
    ),
    ("a face in brackets", f"<i>{d('[笑]你好', POSITIONED)}</i>", [(1000, "[笑]你好")]),
    (
        "escapes in what is cut off",
        f"<i>{d(CUT_OFF, POSITIONED)}</i>",
        [(1000, 'cut "q" and 你 ')],
    ),
]


@pytest.mark.parametrize(("content", "expected"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_hard_files_are_read_right(
    write_file: WriteFile, content: str | bytes, expected: Pairs
) -> None:
    found = [(comment.time_ms, comment.text) for comment in read_comments(write_file(content))]
    assert found == expected


def test_a_thousand_records_with_one_fault_are_999_and_a_note(write_file: WriteFile) -> None:
    records = [json.dumps({"time": n, "text": "a"}) for n in range(1000)]
    records[100] = '{"time": 100, "te'
    for content in ("\n".join(records), "[" + ",".join(records) + "]"):
        file = read_comments(write_file(content))
        assert len(list(file)) == 999
        (note,) = file.report.result().notes
        assert note.startswith("1 places cannot be read")


def test_bytes_that_stand_for_private_characters_are_faults(write_file: WriteFile) -> None:
    content = srt("アニメ最高", "かわいい", "ここすき").encode("cp932")
    file = read_comments(write_file(content.replace("最".encode("cp932"), b"\xff\xfe")))
    assert next(iter(file)).text == "アニメ\ufffd\ufffd高"
    assert list(file)
    (issue,) = file.report.result().repaired
    assert (issue.reason, issue.numbers) == ("not in its encoding", "1")


@pytest.mark.parametrize("content", ["\x1f", "　\n", "\u2028", "\x1c\n", "\x85"])
def test_blank_files_of_any_blanks_are_empty(write_file: WriteFile, content: str) -> None:
    with pytest.raises(PipelineError) as caught:
        read_comments(write_file(content))
    assert caught.value.code == ExitCode.EMPTY_FILE


def test_damaged_packings_give_what_there_is_or_a_clear_error(write_file: WriteFile) -> None:
    xml = "<packet>" + '<chat vpos="1">a</chat>' * 50 + "</packet>"
    packed = bytearray(gzip.compress(xml.encode()))
    packed[-6] ^= 255  # of the check sum
    file = read_comments(write_file(bytes(packed)))
    assert len(list(file)) == 50
    assert file.report.result().notes
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2):
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w", method) as writer:
            writer.writestr("d/a.xml", xml)
            writer.writestr("d/.DS_Store", b"x")
        for place in range(0, len(archive.getvalue()), 7):
            damaged = bytearray(archive.getvalue())
            damaged[place] ^= 255
            try:
                list(read_comments(write_file(bytes(damaged))))
            except PipelineError:
                continue
    torn = archive.getvalue()
    with pytest.raises(PipelineError):
        read_comments(write_file(torn[:40]))


def test_of_a_torn_archive_the_beginning_is_read(write_file: WriteFile) -> None:
    rows = "".join(f'<chat vpos="{n}">text {n * 7919}</chat>' for n in range(2000))
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as writer:
        writer.writestr("a.xml", f"<packet>{rows}</packet>")
    content = archive.getvalue()
    assert struct.unpack_from("<4s", content)[0] == b"PK\x03\x04"
    file = read_comments(write_file(content[: len(content) // 2]))
    assert 500 < len(list(file)) < 2000
    assert file.report.result().notes


def broken_ass(line: str) -> str:
    return (
        "; made by a tool\n[Script Info]\nPlayResY: " + "9" * 500 + "\n\n[V4+ Styles]\n\n[Events]\n"
        "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
        f"{line}\nDialogue: 0,0:00:02.00,0:00:05.00,Default,,0,0,0,,good\n"
    )


@pytest.mark.parametrize("start", ["0:00:01,50", "abc", ""])
def test_a_line_of_ass_that_cannot_be_read_costs_no_other(
    write_file: WriteFile, start: str
) -> None:
    line = f"Dialogue: 0,{start},0:00:05.00,Default,,0,0,0,,bad"
    file = read_comments(write_file(broken_ass(line)))
    assert [comment.text for comment in file][-1] == "good"
    assert file.report.read == 2


def test_alignments_of_ssa_are_its_own(write_file: WriteFile) -> None:
    content = (
        "[Script Info]\nScriptType: v4.00\n\n[V4 Styles]\n"
        "Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, TertiaryColour, "
        "BackColour, Bold, Italic, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, "
        "MarginV, AlphaLevel, Encoding\n"
        "Style: Top,Arial,20,16777215,255,255,0,0,0,1,2,2,6,10,10,10,0,0\n\n[Events]\n"
        "Format: Marked, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
        "Dialogue: Marked=0,0:00:01.00,0:00:05.00,Top,,0,0,0,,a\n"
    )
    (comment,) = read_comments(write_file(content))
    assert comment.commands == ["ue"]


@pytest.mark.parametrize(
    ("text", "commands"),
    [
        (r"{\an8\c&H0000FF&}a", ["ue", "#ff0000"]),
        (r"{\a6}a", ["ue"]),
        (r"{\c&HFF0000&}a", ["#0000ff"]),
    ],
)
def test_srt_knows_the_tags_of_ass(write_file: WriteFile, text: str, commands: list[str]) -> None:
    (comment,) = read_comments(write_file(srt(text)))
    assert (comment.text, comment.commands) == ("a", commands)


def test_sizes_may_be_ratios_and_colours_may_be_missing(write_file: WriteFile) -> None:
    rows = [("1", "ff0000"), ("0.8", None), ("1.5", "000080")]
    content = json.dumps([{"time": 1, "text": "a", "size": s, "color": c} for s, c in rows])
    commands = [comment.commands for comment in read_comments(write_file(content))]
    assert commands == [["#ff0000"], ["small"], ["big", "#000080"]]


def test_before_the_start_of_a_stream_times_are_negative(write_file: WriteFile) -> None:
    message = {"message": {"runs": [{"text": "a"}]}, "timestampText": {"simpleText": "-12:34"}}
    item = {"addChatItemAction": {"item": {"liveChatTextMessageRenderer": message}}}
    content = json.dumps({"replayChatItemAction": {"actions": [item], "videoOffsetTimeMsec": "0"}})
    (comment,) = read_comments(write_file(content))
    assert comment.time_ms == -754_000


@pytest.mark.parametrize(
    "content",
    [
        '[{"message": "a", "author": {"id": "x"}, "timestamp": 1640995203000000}]',
        '{"hashed_user_id": "a", "content": "a", "at": "2022-01-01T00:00:03Z", "live_id": 1}',
        "date,text\n1640995203,a\n",
        '[{"vpos": null, "content": "a", "date": 1640995203}]',
    ],
)
def test_a_date_will_do_beside_a_broadcast(write_file: WriteFile, content: str) -> None:
    path = write_file(content)
    assert list(read_comments(path)) == []
    (comment,) = read_comments(path, placed_by_date=True)
    assert comment.posted_at == 1_640_995_203


SLOW: dict[str, Callable[[], str]] = {
    "emoji codes before an arrow": lambda: srt(":_kusa::_hi:" * 2000 + " >_<", "a:" * 5000 + ">"),
    "blanks before one": lambda: srt(" " * 20_000 + ">x"),
    "tags without an end": lambda: '<i><d p="1,1">' + "<d " * 20_000,
    "braces without an end": lambda: srt(r"{\t(" * 50_000),
    "quotes without an end": lambda: 'time\ttext\n1\t"open\n' + '2\ta""b\n' * 5000,
    "short lines behind an open quote": lambda: 'time,text\n1,"open\n' + "x\n" * 60_000,
    "Shift_JIS": lambda: srt(*["表示テスト"] * 50) * 200,
}


@pytest.mark.parametrize("name", SLOW)
def test_what_took_quadratic_or_exponential_time_comes_to_an_end(
    write_file: WriteFile, name: str
) -> None:
    content = SLOW[name]().encode("cp932" if name == "Shift_JIS" else "utf-8")
    file = read_comments(write_file(content))
    assert len(list(file)) == file.report.kept
