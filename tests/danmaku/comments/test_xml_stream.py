from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipeline.danmaku.comments.comment_report import CommentReport
from pipeline.danmaku.comments.xml_stream import Vocabulary, elements
from pipeline.reading.content import Content
from tests.danmaku.comments.conftest import WriteFile

NAMES = Vocabulary(comments=("d",), about=("i",))
Found = list[tuple[dict[str, str], str]]


def found(path: Path, report: CommentReport | None = None) -> Found:
    report = report or CommentReport(path.name, "test")
    content = Content.open(path)
    return [(dict(attributes), text) for _, attributes, text in elements(content, NAMES, report)]


def repaired(path: Path) -> dict[str, str]:
    report = CommentReport(path.name, "test")
    found(path, report)
    return {issue.reason: issue.numbers for issue in report.result().repaired}


_TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"))


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(content=[("", "\ufffd")], piece=1, chunk=1)
@given(
    content=st.lists(st.tuples(_TEXTS, _TEXTS), min_size=1, max_size=20),
    piece=st.integers(1, 300),
    chunk=st.integers(1, 50),
)
def test_a_sound_file_is_read_as_it_is_wherever_it_is_cut(
    write_file: WriteFile, content: list[tuple[str, str]], piece: int, chunk: int
) -> None:
    lines = [f"<d p={quoteattr(p)} x='1'>{escape(text)}</d>" for p, text in content]
    path = write_file("<i><e/>" + "\n".join(lines) + "</i>")
    report = CommentReport(path.name, "test")
    read = elements(Content.open(path, chunk), NAMES, report, piece_bytes=piece)
    expected = [({"p": p, "x": "1"}, text) for p, text in content]
    assert [(dict(attributes), text) for _, attributes, text in read] == expected
    assert report.result().repaired == []


@pytest.mark.parametrize(
    ("broken", "reason", "where"),
    [
        ('<d p="1">a</d><d p="2">b & c</d>', "with a stray & or a forbidden &#…;", "2"),
        ('<d p="1">a</d><d p="2">b &#0;c</d>', "with a stray & or a forbidden &#…;", "2"),
        ('<d p="1">a < b</d><d p="2">c</d><d p="3"> <br></d>', "with a stray <", "1, 3"),
        ('<d p="1">a<d p="2">b</d><d p="3">c', "without its end tag", "1, 3"),
        ('<d p="1">a</d><d p="2"b</d>', "with a broken tag", "2"),
        ('<d p="1">a</d><d p="2" =x>b</d>', "with a broken tag", "2"),
        ('<d p="1">a</d><d p="2">b</', "cut short", "2"),
        ('<d p="1">a</d><d p="2">b\x07</d>', "with control characters", "2"),
    ],
)
def test_each_repair_is_reported_with_its_comment(
    write_file: WriteFile, broken: str, reason: str, where: str
) -> None:
    path = write_file(broken)
    assert repaired(path) == {reason: where}
    assert [a["p"] for a, _ in found(path)] == [str(n + 1) for n in range(broken.count("p="))]


@pytest.mark.parametrize(
    ("content", "text", "reason"),
    [
        (b"a\xff\xfeb", "a\ufffd\ufffdb", "not in its encoding"),
        (b"\xed\xa0\xbd\xed\xb8\x80", "😀", "written in CESU-8"),
        (b"a\xed\xa0\xbdb", "ab", "with control characters"),
    ],
)
def test_invalid_utf8_is_reported(
    write_file: WriteFile, content: bytes, text: str, reason: str
) -> None:
    path = write_file(b'<d p="1">' + content + b"</d>")
    assert found(path) == [({"p": "1"}, text)]
    assert list(repaired(path)) == [reason]


def test_a_tag_that_is_torn_at_the_end_keeps_its_whole_attributes(write_file: WriteFile) -> None:
    (_, (attributes, _)) = found(write_file('<d p="1">a</d><d p="2" q="3" r='))
    assert attributes == {"p": "2", "q": "3"}


def test_markup_within_a_sound_element_gives_its_text(write_file: WriteFile) -> None:
    content = "<d p=''>a<b>c</b>d</d><d p=''><![CDATA[<x>]]></d>"
    assert [text for _, text in found(write_file(content))] == ["acd", "<x>"]


def test_utf16_is_read(write_file: WriteFile) -> None:
    text = '<?xml version="1.0" encoding="UTF-16"?><i><d p="1">猫</d></i>'
    assert found(write_file(text.encode("utf-16"))) == [({"p": "1"}, "猫")]


def in_small_pieces(path: Path, report: CommentReport) -> Found:
    content = Content.open(path, chunk=100)
    read = elements(content, NAMES, report, piece_bytes=100, max_element_bytes=1000)
    return [(dict(attributes), text) for _, attributes, text in read]


def test_an_element_without_end_is_left_out_in_bounded_memory(write_file: WriteFile) -> None:
    path = write_file('<d p="1">a</d><d p="2">' + "x" * 5000 + '<d p="3">c</d>')
    report = CommentReport("a", "test")
    assert [attributes["p"] for attributes, _ in in_small_pieces(path, report)] == ["1", "3"]
    (issue,) = report.result().dropped
    assert (issue.numbers, report.read) == ("2", 3)


def test_what_goes_on_after_an_element_costs_no_other(write_file: WriteFile) -> None:
    path = write_file('<d p="1">a</d><' + "x" * 5000 + '><d p="2">b</d>')
    report = CommentReport("a", "test")
    assert [text for _, text in in_small_pieces(path, report)] == ["a", "b"]
    assert (report.read, report.kept) == (2, 2)


def test_nothing_nests(write_file: WriteFile) -> None:
    path = write_file('<d p="1">' * 20_000)
    assert len(found(path)) == 20_000


@pytest.mark.parametrize("torn", ["", " & ", "<d p="])
def test_cdata_is_its_content_also_in_a_file_with_faults(write_file: WriteFile, torn: str) -> None:
    content = f"<i><d p='1'><![CDATA[a < b && c <(￣︶￣)>]]></d><d p='2'>x{torn}</d></i>"
    assert found(write_file(content))[0] == ({"p": "1"}, "a < b && c <(￣︶￣)>")


def test_elements_of_other_names_are_counted(write_file: WriteFile) -> None:
    content = '<i><x/><gift ts="1"/><d p="1">a</d><gift/><y>z</y><d p="2">b</d></i>'
    for torn in ("", "&"):
        report = CommentReport("a", "test")
        assert len(found(write_file(content.replace("b<", f"b{torn}<")), report)) == 2
        assert report.result().skipped == {"<gift>": 2, "<y>": 1}
