import pytest

from pipeline.artifacts.salvage import Fault
from pipeline.comments.reading import read_comments
from pipeline.errors import ExitCode, PipelineError
from tests.comments.conftest import WriteFile

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


def test_what_is_no_speech_is_told(write_file: WriteFile) -> None:
    events = [
        dialogue("a"),
        dialogue("note", "Comment"),
        dialogue(r"{\p1}m 0 0 l 1 1{\p0}"),
        dialogue(r"{\an8}"),
    ]
    file = read_comments(write_file(ASS + "".join(events)))
    assert [comment.text for comment in file] == ["a"]
    assert file.report.salvage().dropped == [
        Fault("comment lines", 1, "2"),
        Fault("drawings", 1, "3"),
        Fault("without text", 1, "4"),
    ]


def test_lines_that_the_library_passes_over_are_told(write_file: WriteFile) -> None:
    file = read_comments(write_file(SRT + "\n3\n00:02:xx --> 00:03:00,000\nlost\n"))
    assert len(list(file)) == 2
    assert [fault.count for fault in file.report.salvage().dropped] == [1]


def test_a_huge_file_is_refused(write_file: WriteFile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.comments.readers.ass.LONGEST", 50)
    with pytest.raises(PipelineError) as caught:
        list(read_comments(write_file(ASS + dialogue("a"))))
    assert caught.value.code == ExitCode.NOT_COMMENTS
