"""The comments of videos as captions."""

from fractions import Fraction
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.captioning.prompt import CONTEXT_WORDS
from pipeline.danmaku.alignment.aligned_file import Aligned
from pipeline.danmaku.training.comment_sets import comment_set, split_comments
from pipeline.media.frame_times import FrameTimes
from pipeline.pictures.frames_file import Frames
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.text.vocabulary import END, PADDING, UNKNOWN, Vocabulary
from tests.aligned import aligned
from tests.captioning import toys


def frames(count: int = 10) -> Frames:
    """Five a second, each with a picture of its own."""
    number = np.arange(count, dtype=np.int64)
    return Frames(FrameTimes(number, Fraction(1, 5), count), number, "0", number[:0])


def test_comments_are_split_numbered_and_cut() -> None:
    first = aligned(
        time_ms=[0, 1, 2],
        words=[["a", "b"], ["nobody knows"], ["c", "d", "a", "b"]],
        commands=[["ue", "red"], ["184"], ["big", "shita"]],
        frame=[2, 1, 0],
        dev=[False, True, False],
    )
    second = aligned(time_ms=[0], words=[["!"]], frame=[4])
    train, dev = split_comments(
        [first, second],
        [frames(), frames()],
        np.array([0, 30]),
        toys.VOCABULARY,
        toys.spec(toys.TRANSFORMER),
        max_words=3,
    )
    assert train.inputs.picture.tolist() == [2, 0, 30 + 4]
    assert train.inputs.around.tolist() == [[0, 0, 9], [0, 0, 9], [30, 30, 39]]
    assert train.sentences == [
        [toys.A, toys.B, END],
        [toys.C, toys.D, toys.A, END],
        [toys.MARK, END],
    ]
    assert train.style.tolist() == [[1, 0, 1], [2, 1, 0], [0, 0, 0]]
    assert dev.inputs.picture.tolist() == [1]
    assert dev.sentences == [[UNKNOWN, END]]
    assert dev.style.tolist() == [[0, 0, 0]]
    assert (len(train), len(dev)) == (3, 1)


@pytest.mark.parametrize("dev", [True, False])
def test_an_empty_side_is_refused(dev: bool) -> None:
    video = aligned(time_ms=[0, 1], dev=[dev, dev])
    spec = toys.spec(toys.ADDITIVE)
    with pytest.raises(PipelineError) as caught:
        split_comments([video], [frames()], np.array([0]), toys.VOCABULARY, spec, 3)
    assert caught.value.code == ExitCode.NOTHING_USABLE


def numbered(seconds: list[int], dev: list[bool], order: list[int]) -> tuple[Aligned, Vocabulary]:
    """Each comment says its own number, whatever its place in the file."""
    words = [f"{number}" for number in range(len(seconds))]
    vocabulary = Vocabulary(
        words=words,
        counts=[1] * len(words),
        parts=["名詞"] * len(words),
        symbols=[False] * len(words),
        distinct=9,
        total=9,
    )
    video = aligned(
        time_ms=[1000 * seconds[number] + 10 * number for number in order],
        words=[[words[number]] for number in order],
        dev=[dev[number] for number in order],
        duration_ms=9000,
    )
    return video, vocabulary


@given(st.lists(st.tuples(st.integers(0, 8), st.booleans()), min_size=1, max_size=25), st.randoms())
def test_held_out_comments_are_never_in_the_context_of_training_ones(
    comments: list[tuple[int, bool]], random: Random
) -> None:
    comments.sort()
    seconds, held_out = [second for second, _ in comments], [dev for _, dev in comments]
    order = list(range(len(comments)))
    random.shuffle(order)
    video, vocabulary = numbered(seconds, held_out, order)
    spec = toys.spec(toys.TRANSFORMER, words=len(vocabulary))
    for dev in (False, True):
        found = comment_set(video, frames(45), 0, vocabulary, spec, 5, dev=dev)
        chosen = [number for number in order if held_out[number] == dev]
        assert found.sentences == [[4 + number, END] for number in chosen]
        for number, context in zip(chosen, found.inputs.context, strict=True):
            in_context = [word - 4 for word in context.ravel().tolist() if word != PADDING]
            earlier = [
                other
                for other, second in enumerate(seconds)
                if second < seconds[number] and (dev or not held_out[other])
            ]
            assert in_context == earlier[-5:]


def test_contexts_are_of_the_first_words_even_of_comments_that_are_cut() -> None:
    words = [["a", "b"] * CONTEXT_WORDS, ["c"]]
    video = aligned(time_ms=[0, 1000], words=words, duration_ms=2000)
    spec = toys.spec(toys.TRANSFORMER)
    found = comment_set(video, frames(), 0, toys.VOCABULARY, spec, 2, dev=False)
    assert found.sentences[0] == [toys.A, toys.B, END]
    assert found.inputs.context[1, -1].tolist() == [toys.A, toys.B] * (CONTEXT_WORDS // 2)


def test_facts_count_all_comments_of_a_second_whether_held_out_or_not() -> None:
    video = aligned(
        time_ms=[0, 10, 1000, -500, 9999], dev=[False, True, False, True, False], duration_ms=2000
    )
    found = comment_set(video, frames(), 0, toys.VOCABULARY, toys.spec(toys.ADDITIVE), 2, dev=False)
    assert found.inputs.facts[:, 3] == pytest.approx(np.log1p([2, 1, 1]))
    assert found.inputs.facts[:, 0] == pytest.approx([0, 0.5, 1])
