import pytest

from pipeline.danmaku.comments.comment_report import CommentReport
from pipeline.danmaku.comments.readers import ass
from pipeline.danmaku.comments.reading import read_comments
from pipeline.reading.content import Content
from pipeline.reading.import_report_file import Issue
from pipeline.runtime.errors import ExitCode, PipelineError
from tests.danmaku.comments.conftest import WriteFile

ASS = """[Script Info]
ScriptType: v4.00+

[V4+ Styles]
Format: Name, Fontname, Fontsize
Style: Default,Arial,20

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""
SRT = (
    "1\n00:00:01,500 --> 00:00:03,000\n<i>Hello</i>\nworld\n\n2\n00:01:00,000 --> 00:01:02,000\nB\n"
)
VTT = "WEBVTT\n\n00:01.500 --> 00:03.000\n<v Ann>Hello\nworld\n\n01:00.000 --> 01:02.000\nB\n"


def dialogue(text: str, kind: str = "Dialogue") -> str:
    return f"{kind}: 0,0:00:01.50,0:00:05.00,Default,,0,0,0,,{text}\n"


@pytest.mark.parametrize("content", [SRT, VTT, SRT.replace("\n", "\r\n"), "\ufeff" + SRT])
def test_cues_are_comments_without_their_markup(write_file: WriteFile, content: str) -> None:
    found = [(c.time_ms, c.text, c.number) for c in read_comments(write_file(content))]
    assert found == [(1500, "Hello\nworld", 1), (60_000, "B", 2)]


@pytest.mark.parametrize(
    ("tags", "commands"),
    [
        ("", []),
        (r"{\move(1920,0,-200,0)}", []),
        (r"{\an8}", ["ue"]),
        (r"{\an2\c&H0000FF&}", ["shita", "#ff0000"]),
        (r"{\1c&HFF8000&}", ["#0080ff"]),
        (r"{\c&HFFFFFF&}", []),
    ],
)
def test_tags_of_ass_become_commands(write_file: WriteFile, tags: str, commands: list[str]) -> None:
    (comment,) = read_comments(write_file(ASS + dialogue(tags + r"上\N下")))
    assert (comment.time_ms, comment.text, comment.commands) == (1500, "上\n下", commands)


def test_lines_that_are_not_speech_are_reported(write_file: WriteFile) -> None:
    events = [
        dialogue("a"),
        dialogue("note", "Comment"),
        dialogue(r"{\p1}m 0 0 l 1 1{\p0}"),
        dialogue(r"{\an8}"),
    ]
    file = read_comments(write_file(ASS + "".join(events)))
    assert [comment.text for comment in file] == ["a"]
    assert file.report.result().dropped == [
        Issue("comment lines", 1, "2"),
        Issue("drawings", 1, "3"),
        Issue("without text", 1, "4"),
    ]


def test_lines_that_the_library_skips_are_reported(write_file: WriteFile) -> None:
    file = read_comments(write_file(SRT + "\n3\n00:02:xx --> 00:03:00,000\nlost\n"))
    assert len(list(file)) == 2
    assert [issue.count for issue in file.report.result().dropped] == [1]


def test_a_huge_file_is_refused(write_file: WriteFile) -> None:
    content = Content.open(write_file(ASS + dialogue("a")))
    with pytest.raises(PipelineError) as caught:
        list(ass.read(content, CommentReport("a", "ASS"), max_characters=50))
    assert caught.value.code == ExitCode.UNKNOWN_FORMAT


@pytest.mark.parametrize(
    "stamp",
    [
        "00:00:01,500 --> 00:00:03,000",
        "0:00:01,500 --> 0:00:03,000",
        "00:01,500 --> 00:03,000",
        "0:00:01.5 --> 0:00:03",
        "00:00:01.5000-->00:00:03.0000",
        "00:00:01,5 -> 00:00:03,0",
        "  00:00:01,500  -->  00:00:03,000  X1:40 Y1:20",
        "0:1.5 --> 0:3",
    ],
)
def test_times_are_read_in_any_notation(write_file: WriteFile, stamp: str) -> None:
    for content in (
        f"1\n{stamp}\na\n\n2\n{stamp}\nb\n",
        f"{stamp}\na\n",
        f"WEBVTT\n\n{stamp}\na\n",
    ):
        found = [(c.time_ms, c.text) for c in read_comments(write_file(content))]
        assert found[0] == (1500, "a")


def test_numbers_that_are_text_are_no_index(write_file: WriteFile) -> None:
    content = SRT.replace("Hello", "100").replace("world", "2024")
    found = [comment.text for comment in read_comments(write_file(content))]
    assert found == ["<i>100</i>".replace("<i>", "").replace("</i>", "") + "\n2024", "B"]
    (last,) = read_comments(write_file("1\n00:00:01,000 --> 00:00:02,000\n8888\n"))
    assert last.text == "8888"


def test_faces_are_no_markup(write_file: WriteFile) -> None:
    content = "1\n00:00:01,000 --> 00:00:02,000\n<(￣︶￣)> a < b <b>c</b>\n"
    (comment,) = read_comments(write_file(content))
    assert comment.text == "<(￣︶￣)> a < b c"


@pytest.mark.parametrize(
    ("text", "commands"),
    [
        (r"{\an8}a", ["ue"]),
        ('<font color="#ff0000">a</font>', ["#ff0000"]),
        ("<font color=yellow>a</font>", ["yellow"]),
        ("a", []),
    ],
)
def test_tags_of_srt_become_commands(write_file: WriteFile, text: str, commands: list[str]) -> None:
    (comment,) = read_comments(write_file(f"1\n00:00:01,000 --> 00:00:02,000\n{text}\n"))
    assert (comment.text, comment.commands) == ("a", commands)


DANMAKU = """[Script Info]
PlayResX: 1920
PlayResY: 1080

[V4+ Styles]
Style: R2L,Sans,38,&H4BFFFFFF,&H0,&H0,&H0,0,0,0,0,100,100,0,0,1,0,1,8,0,0,0,1
Style: Red,Sans,38,&H000000FF,&H0,&H0,&H0,0,0,0,0,100,100,0,0,1,0,1,8,0,0,0,1
Style: BTM,Sans,38,&H00FFFFFF,&H0,&H0,&H0,0,0,0,0,100,100,0,0,1,0,1,2,0,0,0,1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Dialogue: 0,0:00:00.50,0:00:13.00,R2L,,0000,0000,0000,,{\\move(2010,1,-90,1)}scrolls
"""


@pytest.mark.parametrize(
    ("style", "tags", "effect", "commands"),
    [
        ("R2L", r"{\move(2010,1,-90,1)}", "", []),
        ("R2L", r"{\move(-90,1,2010,1)}", "", ["reverse"]),
        ("R2L", "", "Banner;8", []),
        ("R2L", "", "Banner;8;1", ["reverse"]),
        ("R2L", r"{\pos(960,0)}{\c&H0000FF}", "", ["ue", "#ff0000"]),
        ("R2L", r"{\pos(960,1042)\fs27}", "", ["shita", "small"]),
        ("R2L", r"{\pos(960,20)\an8\fs55}", "", ["ue", "big"]),
        ("R2L", r"{\an8\pos(960,20)}", "", ["ue"]),
        ("R2L", r"{\an2}", "", ["shita"]),
        ("R2L", r"{\a6}", "", ["ue"]),
        ("R2L", "", "", ["ue"]),
        ("Red", "", "", ["ue", "#ff0000"]),
        ("BTM", "", "", ["shita"]),
        ("R2L", r"{\t(0,500,\c&H0000FF&)\an8}", "", ["ue"]),
    ],
)
def test_place_colour_and_size_come_from_tags_and_styles(
    write_file: WriteFile, style: str, tags: str, effect: str, commands: list[str]
) -> None:
    line = f"Dialogue: 0,0:00:01.00,0:00:05.00,{style},,0,0,0,{effect},{tags}x\n"
    first, comment = read_comments(write_file(DANMAKU + line))
    assert (first.commands, comment.commands) == ([], commands)
