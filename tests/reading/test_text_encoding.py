"""Texts in the encodings of the platforms' languages, with and without marks."""

import codecs
import os

import pytest

from pipeline.danmaku.comments.import_report_text import file_summary
from pipeline.danmaku.comments.reading import read_comments
from pipeline.reading.content import Content
from pipeline.runtime.errors import ExitCode, PipelineError
from tests.reading.conftest import WriteFile

JAPANESE = ["かわいい", "表示テスト", "ここで神作画ｷﾀｰ", "うp主に感謝"]
SIMPLIFIED = ["前方高能预警", "这首歌叫什么名字", "泪目了", "弹幕护体"]
TRADITIONAL = ["這個動畫真的很好看", "主角好可愛喔", "謝謝字幕組", "感動到流淚"]

LEGACY = [
    ("cp932", "Shift_JIS", JAPANESE),
    ("euc_jp", "EUC-JP", JAPANESE),
    ("gb18030", "GB18030", SIMPLIFIED),
    ("gbk", "GB18030", SIMPLIFIED),
    ("big5", "Big5", TRADITIONAL),
]
UNICODE = [
    *(("utf-16-le", ""), ("utf-16-be", ""), ("utf-32-le", ""), ("utf-32-be", "")),
    *(("utf-16", "mark"), ("utf-32", "mark"), ("utf-8-sig", "mark")),
]


def as_srt(texts: list[str]) -> str:
    return "".join(
        f"{n}\n00:00:{n:02},000 --> 00:00:{n + 1:02},000\n{text}\n\n"
        for n, text in enumerate(texts, 1)
    )


def as_csv(texts: list[str]) -> str:
    return "time,text\r\n" + "".join(f"{n},{text}\r\n" for n, text in enumerate(texts))


def as_json(texts: list[str]) -> str:
    items = (f'{{"time": {n}, "text": "{text}"}}' for n, text in enumerate(texts))
    return "[" + ",\n".join(items) + "]"


def as_xml(texts: list[str]) -> str:
    return "<i>" + "".join(f'<d p="{n},1,25,0,0,0,a,1">{t}</d>\n' for n, t in enumerate(texts))


@pytest.mark.parametrize("shape", [as_srt, as_csv, as_json, as_xml])
@pytest.mark.parametrize(("codec", "name", "texts"), LEGACY)
def test_every_reader_reads_the_encodings_of_the_platforms(
    write_file: WriteFile, shape: type, codec: str, name: str, texts: list[str]
) -> None:
    file = read_comments(write_file(shape(texts).encode(codec)))
    assert [comment.text for comment in file] == texts
    report = file.report.result()
    assert (report.encoding, report.repaired) == (name, [])
    assert f"in {name}" in file_summary(report)


@pytest.mark.parametrize(("codec", "name", "texts"), LEGACY)
def test_one_short_text_is_enough_where_it_is_typical(
    write_file: WriteFile, codec: str, name: str, texts: list[str]
) -> None:
    (comment,) = read_comments(write_file(as_srt(texts[:1]).encode(codec)))
    assert comment.text == texts[0]


@pytest.mark.parametrize("shape", [as_srt, as_csv, as_json, as_xml])
@pytest.mark.parametrize(("codec", "mark"), UNICODE)
def test_unicode_needs_no_mark(write_file: WriteFile, shape: type, codec: str, mark: str) -> None:
    content = shape(JAPANESE).encode(codec)
    assert content.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16)) == bool(mark)
    assert [comment.text for comment in read_comments(write_file(content))] == JAPANESE


@pytest.mark.parametrize("declared", ["Shift_JIS", "UTF-8", "euc-jp", "unheard-of"])
def test_a_declaration_counts_only_if_the_file_keeps_it(
    write_file: WriteFile, declared: str
) -> None:
    xml = f'<?xml version="1.0" encoding="{declared}"?>{as_xml(JAPANESE)}'
    file = read_comments(write_file(xml.encode("cp932")))
    assert [comment.text for comment in file] == JAPANESE


def test_late_letters_count_too(write_file: WriteFile) -> None:
    """The beginning of the file is in ASCII, further than any reader looks."""
    texts = ["lol"] * 20_000 + JAPANESE
    found = [comment.text for comment in read_comments(write_file(as_csv(texts).encode("cp932")))]
    assert found == texts


def test_a_few_faults_are_reported_with_their_comments(write_file: WriteFile) -> None:
    content = as_csv(SIMPLIFIED * 10).encode().replace("泪".encode(), b"\xe6\xb3", 1)
    file = read_comments(write_file(content))
    assert [c.number for c in file if "\ufffd" in c.text] == [3]
    (issue,) = file.report.result().repaired
    assert (issue.reason, issue.numbers) == ("not in its encoding", "3")


def test_what_is_text_in_no_encoding_is_refused_and_not_filled(write_file: WriteFile) -> None:
    noise = os.urandom(4000).replace(b"\n", b"\x80").replace(b"\0", b"\x81")
    path = write_file(as_srt(["a"]).encode() + b"2\n00:00:02,000 --> 00:00:03,000\n" + noise)
    with pytest.raises(PipelineError, match="neither text in a known encoding") as caught:
        read_comments(path)
    assert caught.value.code == ExitCode.UNKNOWN_FORMAT


@pytest.mark.parametrize("text", ["Le café était très déjà vu où ça", "Привет, как дела? Хорошо"])
def test_encodings_of_alphabets_are_left_to_the_library(write_file: WriteFile, text: str) -> None:
    codec = "cp1252" if text.startswith("L") else "cp1251"
    content = Content.open(write_file(as_srt([text] * 3).encode(codec)))
    assert content.encoding == codec


def test_megabytes_without_a_single_line_end_are_cut_between_characters(
    write_file: WriteFile,
) -> None:
    text = "弹幕😀" * 100_000
    content = Content.open(write_file(text))
    assert (content.encoding, content.faults) == ("utf-8", 0)
    assert "".join(content.text()) == text
