from pathlib import Path

import pytest

from pipeline.danmaku.comments.comments_file import GeneratedComment, TokenizedComment
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.runtime.json_lines import read_lines, write_lines

COMMENTS = [
    TokenizedComment(time_ms=-10, text="草\n!", words=["草", "!"], parts=["名詞", "記号"]),
    TokenizedComment(
        time_ms=5, text="a", words=["a"], parts=["名詞"], commands=["ue"], no=3, premium=True
    ),
]


def test_lines_read_back(tmp_path: Path) -> None:
    path = tmp_path / "comments.jsonl"
    assert write_lines(path, iter(COMMENTS)) == 2
    assert len(path.read_text(encoding="utf-8").splitlines()) == 2
    assert list(read_lines(path, TokenizedComment)) == COMMENTS


def test_generated_comments_read_back(tmp_path: Path) -> None:
    comment = GeneratedComment(
        time_ms=5, text="草", commands=["ue"], words=["草"], frame=2, viewers=9
    )
    write_lines(tmp_path / "generated.jsonl", [comment])
    assert list(read_lines(tmp_path / "generated.jsonl", GeneratedComment)) == [comment]


def test_no_comments_make_an_empty_file(tmp_path: Path) -> None:
    assert write_lines(tmp_path / "comments.jsonl", []) == 0
    assert list(read_lines(tmp_path / "comments.jsonl", TokenizedComment)) == []


def test_empty_lines_of_an_editor_are_skipped(tmp_path: Path) -> None:
    path = tmp_path / "comments.jsonl"
    write_lines(path, COMMENTS)
    path.write_text(path.read_text("utf-8").replace("\n", "\r\n\n"), "utf-8")
    assert list(read_lines(path, TokenizedComment)) == COMMENTS


@pytest.mark.parametrize(
    "line", [b"{", b'{"time_ms": "1", "text": "a", "words": [], "parts": []}', b"[]", b'"\xff"']
)
def test_a_faulty_line_is_named_by_its_number(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "comments.jsonl"
    write_lines(path, COMMENTS)
    path.write_bytes(path.read_bytes() + b"\n" + line + b"\n")
    with pytest.raises(PipelineError, match=r"comments\.jsonl, line 4: ") as caught:
        list(read_lines(path, TokenizedComment))
    assert caught.value.code == ExitCode.BAD_ARTIFACT
