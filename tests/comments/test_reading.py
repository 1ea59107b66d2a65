from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.comments.reading import read_comments
from pipeline.errors import ExitCode, PipelineError
from tests.comments.conftest import WriteFile

SAMPLES = Path(__file__).resolve().parents[2] / ".." / "shared" / "samples" / "comments"
needs_samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the shared samples are absent")

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
HTML = b"<!DOCTYPE html><html><body><p>log in, please<br></body></html>"
DELETED = b'<packet><chat no="1" vpos="1" deleted="1"/></packet>'


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", ExitCode.COMMENTS_EMPTY),
        (b" \r\n\t" * 2000, ExitCode.COMMENTS_EMPTY),
        (b"\xef\xbb\xbf", ExitCode.COMMENTS_EMPTY),
        (HTML, ExitCode.NOT_COMMENTS),
        (PNG, ExitCode.NOT_COMMENTS),
        (b"just words", ExitCode.NOT_COMMENTS),
        (b'{"a": 1}', ExitCode.NOT_COMMENTS),
        (b'{"data": [1]}', ExitCode.NOT_COMMENTS),
        (b'[{"chat": {"vpos": 1, "content": "a"}}]', ExitCode.NOT_COMMENTS),
        (b"[1, 2]", ExitCode.NOT_COMMENTS),
        (b'[{"vposMs": 1, "bo', ExitCode.NOT_COMMENTS),
        (b"[" * 200_000, ExitCode.NOT_COMMENTS),
        (b"<", ExitCode.NOT_COMMENTS),
        (b'<i><d p="0,1,25,16777215,1,0,a,1">a</d></i>', ExitCode.NOT_COMMENTS),
        (b"[]", ExitCode.NO_USABLE_COMMENTS),
        (b"<packet></packet>", ExitCode.NO_USABLE_COMMENTS),
        (DELETED, ExitCode.NO_USABLE_COMMENTS),
    ],
)
def test_each_kind_of_wrong_file_has_its_exit_code(
    write_file: WriteFile, content: bytes, code: ExitCode
) -> None:
    path = write_file(content)
    with pytest.raises(PipelineError) as caught:
        read_comments(path)
    assert caught.value.code == code
    assert str(path) in caught.value.problem


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(PipelineError) as caught:
        read_comments(tmp_path / "none.xml")
    assert caught.value.code == ExitCode.COMMENTS_MISSING


def test_a_file_of_deleted_comments_only_says_so(write_file: WriteFile) -> None:
    with pytest.raises(PipelineError, match="1 comments read, 0 kept \\(1 deleted\\)"):
        read_comments(write_file(DELETED))


_PIECES = st.sampled_from(
    [
        b'<?xml version="1.0" encoding="',
        b'utf-16"?>',
        b"<packet>",
        b"</packet>",
        b'<chat vpos="1">',
        b'<chat vpos="',
        b"</chat>",
        b"<!DOCTYPE a [",
        b"<![CDATA[",
        b"<!--",
        b"&x;",
        b"&#0;",
        b'[{"vposMs": 1, "body": "',
        b'"comments": [',
        b'{"threads": [',
        b"\\ud800",
        b'"}]',
        b"1e999",
        b"\x00",
        b"\xff\xfe",
    ]
)


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(_PIECES | st.binary(max_size=6), max_size=12).map(b"".join))
def test_any_bytes_give_comments_or_a_clear_error(write_file: WriteFile, content: bytes) -> None:
    path = write_file(content)
    try:
        comments, report = read_comments(path)
    except PipelineError:
        return
    assert comments
    assert len(comments) == report.read - sum(report.dropped.values())


@needs_samples
@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("real/niconico_xml_sm60_1000.xml", 1000),
        ("derived/saccubus1_nvcomment.xml", 1000),
        ("derived/nicojk_log_1335550000.txt", 1002),
        ("derived/nvcomment_v1_full_response.json", 1001),
        ("derived/ytdlp_new.comments.json", 1001),
        ("nasty/niconico_nasty.xml", 20),
        ("nasty/ytdlp_lone_surrogate_missing_keys.json", 1),
    ],
)
def test_samples_give_all_their_comments(name: str, count: int) -> None:
    assert len(read_comments(SAMPLES / name)[0]) == count


@needs_samples
def test_comments_of_the_nasty_sample_keep_their_text() -> None:
    texts = [comment.text for comment in read_comments(SAMPLES / "nasty/niconico_nasty.xml")[0]]
    assert texts[:2] == ["control", "charref"]
    assert "Tom & Jerry <3 " in texts
    assert texts[-1].startswith("second document appended")


@needs_samples
@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("nasty/zero_bytes.xml", ExitCode.COMMENTS_EMPTY),
        ("nasty/empty_packet.xml", ExitCode.NO_USABLE_COMMENTS),
        ("nasty/ytdlp_empty.comments.json", ExitCode.NO_USABLE_COMMENTS),
        ("nasty/bilibili_no_closing.xml", ExitCode.NOT_COMMENTS),
        ("nasty/bilibili_xss.xml", ExitCode.NOT_COMMENTS),
        ("derived/kakolog_api.json", ExitCode.NOT_COMMENTS),
    ],
)
def test_samples_that_cannot_be_read_are_refused(name: str, code: ExitCode) -> None:
    with pytest.raises(PipelineError) as caught:
        read_comments(SAMPLES / name)
    assert caught.value.code == code
