from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.captioning.inputs import CaptionInputs
from pipeline.captioning.prompt import AROUND, CONTEXT_CAPTIONS, CONTEXT_WORDS, FACTS
from pipeline.danmaku.training.history import CommentHistory
from pipeline.danmaku.training.inputs import inputs_at
from pipeline.media.frame_times import FrameTimes
from pipeline.pictures.frames_file import Frames
from pipeline.text.vocabulary import PADDING
from tests.captioning import toys
from tests.captioning.toys import CPU, Kind

RATE = 5  # frames a second


def frames(count: int, repeats: int = 1) -> Frames:
    """``repeats`` of them in a row share a picture."""
    number = np.arange(count, dtype=np.int64)
    return Frames(FrameTimes(number, Fraction(1, RATE), count), number // repeats, "0", number[:0])


def at(
    time_ms: list[int],
    kind: Kind = toys.TRANSFORMER,
    shown: Frames | None = None,
    first_row: int = 0,
    counts: list[int] | None = None,
) -> CaptionInputs:
    shown = shown or frames(100)
    times, spec = np.array(time_ms, np.int64), toys.spec(kind)
    return inputs_at(
        times,
        shown.times.frames_at(times),
        np.array(counts or [1] * 20, np.int64),
        shown,
        first_row,
        CommentHistory(spec).context_before(times // 1000),
        spec,
    )


def fact(inputs: CaptionInputs, name: str) -> npt.NDArray[np.float32]:
    return inputs.facts[:, FACTS.index(name)]


def test_facts_tell_how_far_the_episode_has_come_and_what_its_second_gets() -> None:
    inputs = at([0, 5000, 20_000], counts=[4, *[0] * 4, 9, *[1] * 13, 2])
    assert inputs.facts.dtype == np.float32
    assert fact(inputs, "time") == pytest.approx([0, 0.25, 1])
    assert fact(inputs, "from_start") == pytest.approx(np.exp([0, -0.5, -2]))
    assert fact(inputs, "to_end") == pytest.approx(np.exp([-2, -1.5, 0]))
    assert fact(inputs, "rate") == pytest.approx(np.log([5, 10, 3]))


@given(
    st.lists(st.integers(-(10**6), 10**7), min_size=1), st.lists(st.integers(0, 10**5), min_size=1)
)
def test_facts_are_within_their_ranges_whatever_the_time(
    time_ms: list[int], counts: list[int]
) -> None:
    inputs = at(time_ms, counts=counts)
    assert np.isfinite(inputs.facts).all()
    assert inputs.facts.min() >= 0
    assert inputs.facts[:, :3].max() <= 1
    assert set(np.rint(np.expm1(fact(inputs, "rate"))).tolist()) <= set(counts)


def test_pictures_are_the_rows_that_frames_show() -> None:
    inputs = at([0, 999, 1000, 7100], shown=frames(50, repeats=5), first_row=30)
    assert inputs.picture.tolist() == [30, 30, 31, 37]


def test_pictures_around_are_taken_before_and_behind_and_not_beyond_the_ends() -> None:
    inputs = at([0, 10_000, 19_800], first_row=1000)
    assert [1000 * offset for offset in AROUND] == [-4000, -2000, 2000]
    assert inputs.around.tolist() == [[1000, 1000, 1010], [1030, 1040, 1060], [1079, 1089, 1099]]


def test_pictures_around_share_rows_as_frames_do() -> None:
    inputs = at([10_000], shown=frames(100, repeats=25), first_row=7)
    assert inputs.picture.tolist() == [7 + 50 // 25]
    assert inputs.around.tolist() == [[7 + 30 // 25, 7 + 40 // 25, 7 + 60 // 25]]


def test_pictures_around_are_those_around_the_picture_and_not_around_the_comment() -> None:
    """A comment may be about what was shown before it was written."""
    spec, shown = toys.spec(toys.TRANSFORMER), frames(100)
    context = CommentHistory(spec).context_before(np.array([12]))
    inputs = inputs_at(
        np.array([12_000]), np.array([50]), np.ones(20, np.int64), shown, 0, context, spec
    )
    assert inputs.picture.tolist() == [50]
    assert inputs.around.tolist() == [[30, 40, 60]]
    assert fact(inputs, "time") == pytest.approx([0.6])


@toys.lstms
def test_an_lstm_reads_nothing_around(kind: Kind) -> None:
    inputs = at([0, 1000], kind)
    assert inputs.around.shape == (2, 0)
    assert inputs.context.shape == (2, 0, 0)
    assert inputs.facts.shape == (2, 4)


@toys.all_kinds
def test_no_comments_have_no_moments(kind: Kind) -> None:
    assert len(at([], kind)) == 0


def history(comments: list[tuple[int, list[int]]]) -> CommentHistory:
    found = CommentHistory(toys.spec(toys.TRANSFORMER))
    for second, words in comments:
        found.append(second, words)
    return found


def context_words(context: npt.NDArray[np.int32]) -> list[list[int]]:
    """The comments of one context, none of them interrupted by padding."""
    found = []
    for row in context.tolist():
        words = [word for word in row if word != PADDING]
        assert row == words + [PADDING] * (CONTEXT_WORDS - len(words))
        found.append(words)
    return found


def test_a_context_is_the_last_comments_of_earlier_seconds() -> None:
    comments = [
        (0, [4]),
        (0, [5]),
        (1, [6, 7]),
        (1, list(range(10, 30))),
        (3, []),
        (3, [8]),
        (4, [9]),
    ]
    contexts = history(comments).context_before(np.array([0, 1, 2, 4, 9]))
    assert contexts.shape == (5, CONTEXT_CAPTIONS, CONTEXT_WORDS)
    assert [context_words(context) for context in contexts] == [
        [[], [], [], [], []],
        [[], [], [], [4], [5]],
        [[], [4], [5], [6, 7], list(range(10, 18))],
        [[5], [6, 7], list(range(10, 18)), [], [8]],
        [[6, 7], list(range(10, 18)), [], [8], [9]],
    ]


@given(
    st.lists(st.integers(0, 8), max_size=30).map(sorted),
    st.lists(st.integers(-1, 10), min_size=1, max_size=12),
    st.data(),
)
def test_a_context_never_holds_comments_of_its_own_or_a_later_second(
    seconds: list[int], queries: list[int], data: st.DataObject
) -> None:
    number = {4 + index: second for index, second in enumerate(seconds)}
    comments = [(second, [word]) for word, second in number.items()]
    # Later comments change nothing either.
    known = data.draw(st.integers(0, len(comments)))
    whole, part = history(comments), history(comments[:known])
    for second, context in zip(queries, whole.context_before(np.array(queries)), strict=True):
        words = [words[0] for words in context_words(context) if words]
        assert all(number[word] < second for word in words)
        earlier = [word for word, when in number.items() if when < second]
        assert words == earlier[-CONTEXT_CAPTIONS:]
        if all(when >= second for when, _ in comments[known:]):
            assert np.array_equal(context, part.context_before(np.array([second]))[0])


@toys.lstms
def test_an_lstm_hears_nothing(kind: Kind) -> None:
    without_context = CommentHistory(toys.spec(kind))
    without_context.append(0, [4, 5])
    assert without_context.context_before(np.array([1, 2, 3])).shape == (3, 0, 0)


@toys.all_kinds
def test_a_prompt_holds_every_picture_and_every_context_once(tmp_path: Path, kind: Kind) -> None:
    pictures = [5, 2, 5, 0, 2, 5]
    inputs, bank = toys.varied_inputs(kind, pictures), toys.bank(tmp_path, kind, count=6)
    prompt = inputs.prompt(bank, CPU)
    assert len(prompt.features) == 3
    shown = prompt.features[prompt.groups.picture]
    assert np.array_equal(shown, bank.gather(np.array(pictures)))
    assert np.array_equal(prompt.facts, inputs.facts)
    assert np.array_equal(prompt.around, bank.means[inputs.around])
    assert np.array_equal(prompt.context[prompt.context_of], inputs.context)
    assert len(prompt.context) <= 3


def test_some_moments_are_taken_in_any_order() -> None:
    inputs = toys.varied_inputs(toys.TRANSFORMER, [3, 1, 4, 1, 5])
    some = inputs.take(np.array([4, 0, 0]))
    assert len(some) == 3
    assert some.picture.tolist() == [5, 3, 3]
    for name in ("facts", "around", "context"):
        assert np.array_equal(getattr(some, name), getattr(inputs, name)[[4, 0, 0]])
