import gc
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.danmaku.comments.importing import CommentImport
from pipeline.danmaku.comments.reading import all_readers, read_comments
from pipeline.danmaku.comments.record import Comment
from pipeline.danmaku.comments.writing import format_names, write_comments
from pipeline.reading.content import Content
from pipeline.runtime.errors import ExitCode, PipelineError
from tests.danmaku.comments.conftest import WriteFile

SAMPLES = Path(__file__).resolve().parents[3] / ".." / "shared" / "samples" / "comments"
needs_samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the shared samples are absent")

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
HTML = b"<!DOCTYPE html><html><body><p>log in, please<br></body></html>"
DELETED = b'<packet><chat no="1" vpos="1" deleted="1"/></packet>'


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", ExitCode.EMPTY_FILE),
        (b" \r\n\t" * 2000, ExitCode.EMPTY_FILE),
        (b"\xef\xbb\xbf", ExitCode.EMPTY_FILE),
        (HTML, ExitCode.UNKNOWN_FORMAT),
        (PNG, ExitCode.UNKNOWN_FORMAT),
        (b"just words", ExitCode.UNKNOWN_FORMAT),
        (b'{"a": 1}', ExitCode.UNKNOWN_FORMAT),
        (b'{"data": [1]}', ExitCode.UNKNOWN_FORMAT),
        (b"[1, 2]", ExitCode.UNKNOWN_FORMAT),
        (b"[" * 200_000, ExitCode.UNKNOWN_FORMAT),
        (b"<", ExitCode.UNKNOWN_FORMAT),
        (b"a,b,c\n1,2,3\n", ExitCode.UNKNOWN_FORMAT),
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


@pytest.mark.parametrize(
    "content",
    [
        b"[]",
        b"<packet></packet>",
        b"<i></i>",
        b'{"packet": []}',
        b'{"data": {"threads": []}}',
        b'[{"vposMs": 1, "bo',
        b"time,text\n",
        b"WEBVTT\n",
        DELETED,
    ],
)
def test_a_file_without_a_usable_comment_is_an_error(write_file: WriteFile, content: bytes) -> None:
    path = write_file(content)
    assert list(read_comments(path)) == []
    with pytest.raises(PipelineError) as caught:
        list(CommentImport([path]))
    assert caught.value.code == ExitCode.NOTHING_USABLE


def test_missing_files_and_folders_are_errors(tmp_path: Path) -> None:
    for path in (tmp_path / "none.xml", tmp_path):
        with pytest.raises(PipelineError) as caught:
            read_comments(path)
        assert caught.value.code == ExitCode.COMMENTS_MISSING
        assert str(path) in caught.value.problem


def test_the_error_for_a_file_of_deleted_comments_says_so(write_file: WriteFile) -> None:
    with pytest.raises(PipelineError, match="1 comment read, 0 kept \\(1 deleted\\)"):
        list(CommentImport([write_file(DELETED)]))


def test_each_iteration_reads_anew_and_reports_anew(write_file: WriteFile) -> None:
    file = read_comments(write_file('<chat vpos="1">a</chat><chat vpos="x">b</chat>'))
    assert list(file) == list(file)
    assert (file.report.read, file.report.kept) == (2, 1)


FORMATS = [
    '<packet><chat vpos="10">猫</chat></packet>',
    '[{"vposMs": 100, "body": "猫"}]',
    '{"data": {"threads": [{"fork": "main", "comments": [{"vposMs": 1, "body": "猫"}]}]}}',
    '[{"chat": {"vpos": 10, "content": "猫"}}]',
    '{"packet": [{"chat": {"vpos": "10", "content": "猫"}}]}',
    '[{"vpos": 10, "content": "猫"}]',
    '{"time": 0.1, "text": "猫"}',
    '<i><d p="0.1,1,25,0,0,0,a,1">猫</d></i>',
    "time,text\n0.1,猫\n",
    "WEBVTT\n\n00:00.100 --> 00:03.000\n猫\n",
    "1\n00:00:00,100 --> 00:00:03,000\n猫\n",
]


def surest(path: Path) -> int:
    """How many readers are surest of a file."""
    content = Content.open(path)
    found = [reader.confidence(content) for reader in all_readers()]
    return found.count(max(found)) if any(found) else 0


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
@pytest.mark.parametrize("text", FORMATS)
def test_each_format_is_recognised_by_one_reader_in_any_unicode(
    write_file: WriteFile, text: str, encoding: str
) -> None:
    path = write_file(text.encode(encoding))
    assert surest(path) == 1
    assert [comment.text for comment in read_comments(path)] == ["猫"]


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
        file = read_comments(path)
        comments = list(file)
    except PipelineError:
        return
    assert len(comments) == file.report.kept


@needs_samples
@pytest.mark.parametrize(
    ("name", "format", "count"),
    [
        ("real/niconico_xml_sm60_1000.xml", "Niconico XML", 1000),
        ("real/formatted_fatezero15_1001_negvpos.json", "formatted JSON", 1001),
        ("real/formatted_machikado1_336.json", "formatted JSON", 336),
        ("real/bilibili_xml_comment_1386.xml", "Bilibili XML", 1386),
        ("derived/saccubus1_nvcomment.xml", "Niconico XML", 1000),
        ("derived/nicojk_log_1335550000.txt", "Niconico XML", 1002),
        ("derived/nvcomment_v1_full_response.json", "nvComment JSON", 1001),
        ("derived/ytdlp_new.comments.json", "nvComment JSON", 1001),
        ("derived/legacy_api.json", "legacy or jikkyo JSON", 991),
        ("derived/kakolog_api.json", "legacy or jikkyo JSON", 1001),
        ("derived/bilibili_xml2.0.xml", "Bilibili XML", 300),
        ("nasty/niconico_nasty.xml", "Niconico XML", 21),
        ("nasty/ytdlp_lone_surrogate_missing_keys.json", "nvComment JSON", 1),
        ("nasty/bilibili_no_closing.xml", "Bilibili XML", 7),
        ("nasty/bilibili_syntax_error.xml", "Bilibili XML", 7),
    ],
)
def test_samples_give_all_their_comments(name: str, format: str, count: int) -> None:  # noqa: A002
    file = read_comments(SAMPLES / name)
    assert len(list(file)) == count
    assert file.report.format == format
    assert surest(SAMPLES / name) == 1


@needs_samples
def test_one_episode_in_all_its_derived_shapes_is_the_same() -> None:
    """The shapes of fatezero15 hold the same texts; only the legacy API deleted some."""

    def contents(name: str) -> Counter[tuple[int, str]]:
        return Counter((c.time_ms, c.text) for c in read_comments(SAMPLES / name))

    plain = contents("real/formatted_fatezero15_1001_negvpos.json")
    assert contents("derived/nvcomment_v1_full_response.json") == plain
    assert contents("derived/ytdlp_new.comments.json") == plain
    assert contents("derived/saccubus1_nvcomment.xml") <= plain
    assert contents("derived/legacy_api.json") <= plain


@needs_samples
def test_comments_of_the_nasty_sample_keep_their_text() -> None:
    file = read_comments(SAMPLES / "nasty/niconico_nasty.xml")
    texts = [comment.text for comment in file]
    assert texts[:2] == ["control", "charref"]
    assert "Tom & Jerry <3 " in texts
    assert texts[-1].startswith("second document appended")
    assert {issue.reason for issue in file.report.result().repaired} >= {
        "written in CESU-8",
        "with control characters",
    }


@needs_samples
@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("nasty/zero_bytes.xml", ExitCode.EMPTY_FILE),
        ("nasty/empty_packet.xml", ExitCode.NOTHING_USABLE),
        ("nasty/ytdlp_empty.comments.json", ExitCode.NOTHING_USABLE),
        ("nasty/bilibili_xss.xml", ExitCode.UNKNOWN_FORMAT),
    ],
)
def test_samples_without_comments_are_refused(name: str, code: ExitCode) -> None:
    with pytest.raises(PipelineError) as caught:
        list(CommentImport([SAMPLES / name]))
    assert caught.value.code == code


@pytest.mark.parametrize("name", sorted(set(format_names()) - {"layout.json"}))
def test_reading_makes_no_garbage_that_only_the_collector_would_find(
    tmp_path: Path, name: str
) -> None:
    """The stage switches it off: per piece of the file some may stay, per comment nothing."""
    path = tmp_path / f"many.{name}"
    write_comments(path, name, [Comment(time_ms=i * 10, text=f"{i}") for i in range(5000)])
    gc.collect()
    gc.disable()
    try:
        assert sum(1 for _ in read_comments(path)) == 5000
        assert gc.collect() < 200
    finally:
        gc.enable()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('[{"when": 1, "what": "a"}]', ["what, when", "a time (time_ms", "a text (text"]),
        ('{"data": {"rows": [{"t": 1}]}}', ["data.rows.[]", "DPlayer JSON"]),
        ("<r><e x='1'/><e/></r>", ["<e>, <r>", '<d p="…">']),
        ("<i><e x='1'/><e/></i>", ["2 <e>", "no usable comments"]),
        ("<html><p>log in</p></html>", ["<html>, <p>"]),
        ("zeit;worte\n1;a\n", ["zeit;worte", "a time (time_ms", "a text (text"]),
        ("just words", ["just words", "WebVTT"]),
    ],
)
def test_the_error_for_a_known_kind_of_file_names_what_was_expected(
    write_file: WriteFile, content: str, words: list[str]
) -> None:
    with pytest.raises(PipelineError) as caught:
        list(CommentImport([write_file(content)]))
    assert all(word in str(caught.value) for word in words)


def test_keys_count_at_their_own_level(write_file: WriteFile) -> None:
    """A text that holds another format's keys changes nothing, nor do deeper objects."""
    text = '"chat": {"vposMs": 1, "threads": [], "packet": []}'.replace('"', '\\"')
    deeper = '"extra": {"chat": {"vpos": 1}, "vposMs": 2, "threads": [1]}'
    file = read_comments(write_file(f'[{{"time": 1, "text": "{text}", {deeper}}}]'))
    assert [comment.time_ms for comment in file] == [1000]
    assert file.report.format == "JSON Lines"
