from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.captioning.inputs import CaptionInputs
from pipeline.captioning.prompt import AROUND, CONTEXT_COMMENTS, CONTEXT_WORDS, FACTS
from pipeline.danmaku.training.history import CommentHistory
from pipeline.danmaku.training.inputs import inputs_at
from pipeline.media.frame_times import FrameTimes
from pipeline.pictures.frames_file import Frames
from pipeline.text.vocabulary import PADDING
from tests.captioning import toys
from tests.captioning.toys import CPU, Kind

RATE = 5  # frames a second


def frames(count: int, alike: int = 1) -> Frames:
    """``alike`` of them in a row share a picture."""
    number = np.arange(count, dtype=np.int64)
    return Frames(FrameTimes(number, Fraction(1, RATE), count), number // alike, "0", number[:0])


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


def fact(moments: CaptionInputs, name: str) -> npt.NDArray[np.float32]:
    return moments.facts[:, FACTS.index(name)]


def test_facts_tell_how_far_the_episode_has_come_and_what_its_second_gets() -> None:
    moments = at([0, 5000, 20_000], counts=[4, *[0] * 4, 9, *[1] * 13, 2])
    assert moments.facts.dtype == np.float32
    assert fact(moments, "time") == pytest.approx([0, 0.25, 1])
    assert fact(moments, "from_start") == pytest.approx(np.exp([0, -0.5, -2]))
    assert fact(moments, "to_end") == pytest.approx(np.exp([-2, -1.5, 0]))
    assert fact(moments, "rate") == pytest.approx(np.log([5, 10, 3]))


@given(
    st.lists(st.integers(-(10**6), 10**7), min_size=1), st.lists(st.integers(0, 10**5), min_size=1)
)
def test_facts_are_within_their_ranges_whatever_the_time(
    time_ms: list[int], counts: list[int]
) -> None:
    moments = at(time_ms, counts=counts)
    assert np.isfinite(moments.facts).all()
    assert moments.facts.min() >= 0
    assert moments.facts[:, :3].max() <= 1
    assert set(np.rint(np.expm1(fact(moments, "rate"))).tolist()) <= set(counts)


def test_pictures_are_the_rows_that_frames_show() -> None:
    moments = at([0, 999, 1000, 7100], shown=frames(50, alike=5), first_row=30)
    assert moments.picture.tolist() == [30, 30, 31, 37]


def test_pictures_around_are_taken_before_and_behind_and_not_beyond_the_ends() -> None:
    moments = at([0, 10_000, 19_800], first_row=1000)
    assert [1000 * offset for offset in AROUND] == [-4000, -2000, 2000]
    assert moments.around.tolist() == [[1000, 1000, 1010], [1030, 1040, 1060], [1079, 1089, 1099]]


def test_pictures_around_share_rows_as_frames_do() -> None:
    moments = at([10_000], shown=frames(100, alike=25), first_row=7)
    assert moments.picture.tolist() == [7 + 50 // 25]
    assert moments.around.tolist() == [[7 + 30 // 25, 7 + 40 // 25, 7 + 60 // 25]]


def test_pictures_around_are_those_around_the_picture_and_not_around_the_comment() -> None:
    """A comment may be about what was shown before it was written."""
    spec, shown = toys.spec(toys.TRANSFORMER), frames(100)
    context = CommentHistory(spec).context_before(np.array([12]))
    moments = inputs_at(
        np.array([12_000]), np.array([50]), np.ones(20, np.int64), shown, 0, context, spec
    )
    assert moments.picture.tolist() == [50]
    assert moments.around.tolist() == [[30, 40, 60]]
    assert fact(moments, "time") == pytest.approx([0.6])


@toys.lstms
def test_an_lstm_reads_nothing_around(kind: Kind) -> None:
    moments = at([0, 1000], kind)
    assert moments.around.shape == (2, 0)
    assert moments.context.shape == (2, 0, 0)
    assert moments.facts.shape == (2, 4)


@toys.all_kinds
def test_no_comments_have_no_moments(kind: Kind) -> None:
    assert len(at([], kind)) == 0


def history(said: list[tuple[int, list[int]]]) -> CommentHistory:
    found = CommentHistory(toys.spec(toys.TRANSFORMER))
    for second, words in said:
        found.append(second, words)
    return found


def heard(context: npt.NDArray[np.int32]) -> list[list[int]]:
    """The comments of one context, none of them interrupted by padding."""
    found = []
    for row in context.tolist():
        words = [word for word in row if word != PADDING]
        assert row == words + [PADDING] * (CONTEXT_WORDS - len(words))
        found.append(words)
    return found


def test_a_context_is_the_last_comments_of_earlier_seconds() -> None:
    said = [(0, [4]), (0, [5]), (1, [6, 7]), (1, list(range(10, 30))), (3, []), (3, [8]), (4, [9])]
    contexts = history(said).context_before(np.array([0, 1, 2, 4, 9]))
    assert contexts.shape == (5, CONTEXT_COMMENTS, CONTEXT_WORDS)
    assert [heard(context) for context in contexts] == [
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
    seconds: list[int], asked: list[int], data: st.DataObject
) -> None:
    number = {4 + index: second for index, second in enumerate(seconds)}
    said = [(second, [word]) for word, second in number.items()]
    # What is said later changes nothing either.
    known = data.draw(st.integers(0, len(said)))
    whole, part = history(said), history(said[:known])
    for second, context in zip(asked, whole.context_before(np.array(asked)), strict=True):
        words = [words[0] for words in heard(context) if words]
        assert all(number[word] < second for word in words)
        earlier = [word for word, when in number.items() if when < second]
        assert words == earlier[-CONTEXT_COMMENTS:]
        if all(when >= second for when, _ in said[known:]):
            assert np.array_equal(context, part.context_before(np.array([second]))[0])


@toys.lstms
def test_an_lstm_hears_nothing(kind: Kind) -> None:
    deaf = CommentHistory(toys.spec(kind))
    deaf.append(0, [4, 5])
    assert deaf.context_before(np.array([1, 2, 3])).shape == (3, 0, 0)


@toys.all_kinds
def test_a_prompt_holds_every_picture_and_every_context_once(tmp_path: Path, kind: Kind) -> None:
    pictures = [5, 2, 5, 0, 2, 5]
    moments, bank = toys.varied_inputs(kind, pictures), toys.bank(tmp_path, kind, count=6)
    prompt = moments.prompt(bank, CPU)
    assert len(prompt.features) == 3
    shown = prompt.features[prompt.groups.picture]
    assert np.array_equal(shown, bank.gather(np.array(pictures)))
    assert np.array_equal(prompt.facts, moments.facts)
    assert np.array_equal(prompt.around, bank.means[moments.around])
    assert np.array_equal(prompt.context[prompt.context_of], moments.context)
    assert len(prompt.context) <= 3


def test_some_moments_are_taken_in_any_order() -> None:
    moments = toys.varied_inputs(toys.TRANSFORMER, [3, 1, 4, 1, 5])
    some = moments.take(np.array([4, 0, 0]))
    assert len(some) == 3
    assert some.picture.tolist() == [5, 3, 3]
    for name in ("facts", "around", "context"):
        assert np.array_equal(getattr(some, name), getattr(moments, name)[[4, 0, 0]])
