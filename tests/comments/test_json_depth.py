import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.comments.json_depth import DEEPEST, Depth
from pipeline.comments.reading import read_comments
from pipeline.errors import ExitCode, PipelineError
from tests.comments.conftest import WriteFile

values = st.recursive(
    st.none() | st.integers() | st.text('"\\{}[]a\n'),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text('"\\[{', max_size=3), inner)
    ),
    max_leaves=20,
)


@given(values, st.lists(st.integers(0, 200)), st.booleans())
def test_it_tells_what_is_open_however_the_stream_is_cut(
    value: object, cuts: list[int], unfinished: bool
) -> None:
    content = b'{"\\\\":[' * 3 * unfinished + json.dumps(value).encode()
    places = [0, *sorted(cut for cut in cuts if cut < len(content)), len(content)]
    meter = Depth()
    told = [meter.feed(content[a:b]) for a, b in pairwise(places)]
    assert told[-1] == 6 * unfinished


@pytest.mark.parametrize("unit", ["[", '{"a":', '["]",', '[[],{"a":"}"},', '{"\\"]":[0],"b":'])
def test_bottomless_files_are_refused_before_they_fill_the_memory(
    write_file: WriteFile, unit: str
) -> None:
    with pytest.raises(PipelineError, match="deep") as caught:
        list(read_comments(write_file('[{"chat":{"vpos":1,"content":"a"}},' + unit * 30_000)))
    assert caught.value.code == ExitCode.NOT_COMMENTS


def test_depth_that_comes_and_goes_within_a_piece_is_told() -> None:
    assert Depth().feed(b"[" * 500 + b"]" * 500) > DEEPEST


def test_many_comments_are_not_deep() -> None:
    meter = Depth()
    one = b'{"chat":{"mail":["184"],"content":"[[[[{{{\\\\"}},'
    told = [meter.feed(b'{"data":{"threads":['), *(meter.feed(one * 500) for _ in range(100))]
    assert set(told) == {3}
