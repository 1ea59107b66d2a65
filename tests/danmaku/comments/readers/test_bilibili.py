import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.danmaku.comments import bilibili
from pipeline.danmaku.comments.readers import bilibili_protobuf
from pipeline.danmaku.comments.reading import read_comments
from pipeline.danmaku.comments.record import Comment, hashed_user
from pipeline.reading.content import Content
from pipeline.reading.import_report_file import Issue
from tests.danmaku.comments.conftest import WriteFile

V1 = "12.345,5,36,16711680,1307940958,1,Da9e216f,30723621"
V2 = "34656419668557827,0,12345,5,36,16711680,1307940958,1,Da9e216f"
EXPECTED = {
    "time_ms": 12_345,
    "text": "感动",
    "commands": ["ue", "big", "#ff0000"],
    "fork": "owner",
    "user": hashed_user("Da9e216f"),
    "posted_at": 1_307_940_958,
    "file": "c.xml",
    "number": 1,
}


def xml(*pairs: tuple[str, str]) -> str:
    return "<i><chatid>1</chatid>" + "".join(f'<d p="{p}">{t}</d>' for p, t in pairs) + "</i>"


@pytest.mark.parametrize(
    ("p", "row"),
    [(V1, 30_723_621), (f"{V1},11", 30_723_621), (V2, 34_656_419_668_557_827)],
    ids=["v1", "v1 with a weight", "2.0"],
)
def test_both_orders_of_fields_are_understood(write_file: WriteFile, p: str, row: int) -> None:
    (comment,) = read_comments(write_file(xml((p, "感动")), "c.xml"))
    assert comment == Comment(**EXPECTED, no=row)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("mode", "size", "color", "commands"),
    [
        (1, 25, 0xFFFFFF, []),
        (3, 25, 0xFFFFFF, []),
        (4, 18, 0, ["shita", "small", "#000000"]),
        (5, 45, 0xFF, ["ue", "big", "#0000ff"]),
        (6, 25, 0xFFFFFF, ["reverse"]),
    ],
)
def test_modes_sizes_and_colours_become_commands(
    write_file: WriteFile, mode: int, size: int, color: int, commands: list[str]
) -> None:
    assert bilibili.commands(mode, size, color) == commands
    (comment,) = read_comments(write_file(xml((f"1,{mode},{size},{color},0,0,a,1", "x"))))
    assert comment.commands == commands


def test_positioned_comments_give_their_words_and_scripts_none(write_file: WriteFile) -> None:
    positioned = json.dumps([0.1, 0.2, "1-1", 4.5, "飛ぶ/n字", 0]).replace('"', "&quot;")
    file = read_comments(
        write_file(
            xml(
                ("1,7,25,0,0,0,a,1", positioned),
                ("1,8,25,0,0,0,a,2", "$.createText()"),
                ("1,7,25,0,0,0,a,3", "[1]"),
                ("1,1", "too few"),
                ("x,1,25,0,0,0,a,4", "no time"),
            )
        )
    )
    assert [comment.text for comment in file] == ["飛ぶ\n字"]
    assert file.report.result().dropped == [
        Issue("without a time", 2, "4-5"),
        Issue("scripts", 1, "2"),
        Issue("without text", 1, "3"),
    ]


def test_stray_marks_of_the_wild_are_kept(write_file: WriteFile) -> None:
    (comment,) = read_comments(write_file(xml(("1,1,25,0,0,0,a,1", "A&B <3 <d>"))))
    assert comment.text == "A&B <3 <d>"


def element(**fields: Any) -> bytes:
    content = fields.pop("content", "感动")
    raw = content if isinstance(content, bytes) else content.encode()
    element = bilibili_protobuf._element_class()(content=raw, **fields)
    return bytes(element.SerializeToString())


def segment(*elements: bytes) -> bytes:
    def varint(number: int) -> bytes:
        head = bytearray()
        while number > 0x7F:
            head.append(number & 0x7F | 0x80)
            number >>= 7
        return bytes([*head, number])

    return b"".join(b"\n" + varint(len(content)) + content for content in elements)


FULL = element(
    id=34_656_419_668_557_827,
    progress=12_345,
    mode=5,
    fontsize=36,
    color=16_711_680,
    midHash=b"Da9e216f",
    ctime=1_307_940_958,
    pool=1,
)


def test_every_field_of_the_protobuf_is_understood(write_file: WriteFile) -> None:
    (comment,) = read_comments(write_file(segment(FULL), "c.xml"))
    assert comment == Comment(**EXPECTED, no=34_656_419_668_557_827)  # type: ignore[arg-type]


def test_segments_are_joined_and_other_fields_skipped(write_file: WriteFile) -> None:
    other = b"\x10\x05" + b"\x1a\x03abc" + b"\x25abcd" + b"\x29abcdefgh"
    content = segment(FULL, element(content="x" * 300)) + other + segment(element(progress=5))
    assert [c.time_ms for c in read_comments(write_file(content))] == [12_345, 0, 5]


def test_a_torn_end_keeps_what_is_whole(write_file: WriteFile) -> None:
    content = segment(FULL, FULL)
    for cut in range(len(segment(FULL)) + 1, len(content)):
        file = read_comments(write_file(content[:cut]))
        assert len(list(file)) == 1
        (issue,) = file.report.result().repaired
        assert (issue.reason, issue.numbers) == ("cut short", "2")


def test_text_that_is_no_utf8_is_kept_as_far_as_it_goes(write_file: WriteFile) -> None:
    file = read_comments(write_file(segment(element(content=b"a\xffb"), element(content=b""))))
    assert [comment.text for comment in file] == ["a\ufffdb"]
    report = file.report.result()
    assert report.repaired == [Issue("not in its encoding", 1, "1")]
    assert report.dropped == [Issue("without text", 1, "2")]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200))
def test_only_the_protobuf_is_recognised_as_such(write_file: WriteFile, content: bytes) -> None:
    for beginning in (b"\n<packet>", b"\n["):
        anything = Content.open(write_file(beginning + content))
        assert bilibili_protobuf.READER.confidence(anything) == 0


OLD, NEW = 1_300_000_000, 1_600_000_000


@pytest.mark.parametrize(
    ("mode", "pool", "posted", "breaks"),
    [
        (1, 0, NEW, False),
        (1, 0, OLD, False),
        (5, 0, NEW, False),
        (5, 0, OLD, True),
        (4, 1, NEW, True),
        (1, 1, OLD, True),
    ],
)
def test_slash_n_is_a_line_break_in_old_fixed_comments_and_subtitles(
    write_file: WriteFile, mode: int, pool: int, posted: int, breaks: bool
) -> None:
    text = "上/n下 http://a.example/n"
    (comment,) = read_comments(write_file(xml((f"1,{mode},25,16777215,{posted},{pool},a,1", text))))
    assert comment.text == (text.replace("上/n", "上\n") if breaks else text)


@pytest.mark.parametrize("text", ["yes/no", r"C:\new\nico", r"\noa/\noa/", "{a}\\N\\h"])
def test_todays_comments_keep_their_slashes(write_file: WriteFile, text: str) -> None:
    (comment,) = read_comments(write_file(xml((f"1,1,25,16777215,{NEW},0,a,1", text))))
    assert comment.text == text


@pytest.mark.parametrize(
    ("positioned", "text"),
    [
        ('[862,568,"1-1",4.5,"题词一",0,0,862,568,8000,0,true,"SimHei",1,"M561,2', "题词一"),
        ('["0.1","0.2","1-1","4.5","第一行\n第二行","0"]', "第一行\n第二行"),
        ('["0.1","0.2","1-1","4.5","cut in the wo', "cut in the wo"),
        ("plain words", "plain words"),
        ('[0,0,"1-1",4.5,8,0]', "8"),
    ],
)
def test_positioned_texts_are_taken_from_broken_json(
    write_file: WriteFile, positioned: str, text: str
) -> None:
    escaped = positioned.replace('"', "&quot;")
    (comment,) = read_comments(write_file(xml((f"1,7,25,0,{NEW},0,a,1", escaped))))
    assert comment.text == text


@pytest.mark.parametrize("time", ["2.99E-5", "0.0000299", "+2e-5", "-0.0", " 0 "])
def test_times_are_any_number(write_file: WriteFile, time: str) -> None:
    (comment,) = read_comments(write_file(xml((f"{time},1,2.5E+1,1.6777215e7,0,0,a,1", "x"))))
    assert (comment.time_ms, comment.commands) == (0, [])


@pytest.mark.parametrize("time", ["nan", "inf", "-Infinity", "1e99", "x", ""])
def test_invalid_times_are_reported(write_file: WriteFile, time: str) -> None:
    file = read_comments(write_file(xml((f"{time},1,25,0,0,0,a,1", "x"))))
    assert list(file) == []
    assert file.report.result().dropped == [Issue("without a time", 1, "1")]
