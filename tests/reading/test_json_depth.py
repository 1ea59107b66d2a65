import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.danmaku.comments.comment_report import CommentReport
from pipeline.danmaku.comments.reading import all_readers, read_comments
from pipeline.reading.content import Content
from pipeline.reading.json_depth import Depth
from pipeline.reading.json_stream import items
from pipeline.reading.read_report import ReadReport
from pipeline.reading.recognition import best_reader
from pipeline.runtime.errors import ExitCode, PipelineError
from tests.reading.conftest import WriteFile

values = st.recursive(
    st.none() | st.integers() | st.text('"\\{}[]a\n'),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text('"\\[{', max_size=3), inner)
    ),
    max_leaves=20,
)


@given(values, st.lists(st.integers(0, 200)), st.booleans())
def test_open_brackets_are_counted_however_the_stream_is_cut(
    value: object, cuts: list[int], unfinished: bool
) -> None:
    content = b'{"\\\\":[' * 3 * unfinished + json.dumps(value).encode()
    places = [0, *sorted(cut for cut in cuts if cut < len(content)), len(content)]
    depth = Depth()
    for a, b in pairwise(places):
        depth = depth.after(content[a:b])
    assert depth.open == 6 * unfinished


@pytest.mark.parametrize("unit", ["[", '{"a":', '["]",', '[[],{"a":"}"},', '{"\\"]":[0],"b":'])
def test_what_has_no_bottom_ends_the_reading_before_it_fills_the_memory(
    write_file: WriteFile, unit: str
) -> None:
    good = "".join(f'{{"chat":{{"vpos":{number},"content":"a"}}}},' for number in range(9))
    path = write_file(f"[{good}" + unit * 30_000)
    content = Content.open(path, chunk=1000)
    reader = best_reader(content, all_readers())
    assert reader is not None
    report = CommentReport(path.name, reader.format)
    assert len(list(reader.read(content, report))) == 9
    (issue,) = report.result().repaired
    assert issue.reason == "before what cannot be read"


def test_a_stray_quote_among_brackets_is_repaired(write_file: WriteFile) -> None:
    """Behind it texts look like structure, until the parser has said that it is at issue."""
    good = '{"chat":{"vpos":1,"content":"a"}},'
    art = '{"chat":{"vpos":2,"content":"' + "[" * 99 + '"}},'
    stray = '{"chat":{"vpos":3,"content":"b""}},'
    file = read_comments(write_file(f"[{good}{art}{stray}{art}{good[:-1]}]"))
    assert [comment.time_ms for comment in file][:2] == [10, 20]
    assert file.report.result().repaired


def test_depth_within_a_piece_is_noticed() -> None:
    depth = Depth().after(b"[" * 500 + b"]" * 500)
    assert (depth.open, depth.too_deep) == (0, True)


def test_the_lowest_depth_within_a_piece_is_known() -> None:
    depth = Depth().after(b'{"a":[{"b":[1]')
    assert depth.lowest == 0
    assert depth.after(b',"c":[]').lowest == 3
    assert depth.after(b',"c":"]]]"},{"d":[').lowest == 2


def test_other_lists_may_be_as_long_as_they_like(write_file: WriteFile) -> None:
    others = ",".join(['{"id":[1]}'] * 30_000)
    path = write_file(f'{{"images":[{others}],"said":[{{"a":1}}],"more":[{others}]}}')
    content, report = Content.open(path, chunk=1000), ReadReport("a", "test")
    found = items(content, "said.item", report, among_others=True, max_item_bytes=10_000)
    assert list(found) == [{"a": 1}]


def test_among_other_lists_an_item_without_end_is_refused_still(write_file: WriteFile) -> None:
    path = write_file('{"images":[{}],"said":[{"a":[' + '{"b":1},' * 30_000)
    content, report = Content.open(path, chunk=1000), ReadReport("a", "test")
    with pytest.raises(PipelineError, match="without the end of a record"):
        list(items(content, "said.item", report, among_others=True, max_item_bytes=10_000))


def test_many_comments_are_not_deep() -> None:
    one = b'{"chat":{"mail":["184"],"content":"[[[[{{{\\\\"}},'
    depth = Depth().after(b'{"data":{"threads":[')
    for _ in range(100):
        depth = depth.after(one * 500)
        assert (depth.open, depth.too_deep) == (3, False)
    assert depth.after(b"]}}").open == 0


@pytest.mark.parametrize(
    ("head", "place"),
    [
        (
            '{"data":{"threads":[{"id":"1","comments":[{"vposMs":1,"body":"a"},{"x":[',
            "data.threads.item.comments.item",
        ),
        ('{"data":{"threads":[{"vposMs":[', "data.threads.item.comments.item"),
        ('[{"chat":{"vpos":1,"content":"a"}},{"chat":[', "item"),
    ],
)
@pytest.mark.parametrize("filler", ['{"a":1},', "{},", "[],", '"x",', "0,"])
def test_a_comment_without_end_is_refused_whatever_it_is_full_of(
    write_file: WriteFile, head: str, place: str, filler: str
) -> None:
    content = Content.open(write_file(head + filler * 30_000), chunk=1000)
    report = CommentReport("a", "test")
    with pytest.raises(PipelineError, match="without the end of a comment") as caught:
        list(items(content, place, report, max_item_bytes=10_000))
    assert caught.value.code == ExitCode.UNKNOWN_FORMAT
