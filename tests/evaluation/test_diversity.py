from random import Random

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.evaluation.corpus import Sentence
from pipeline.evaluation.diversity import Diversity, measure_diversity

SENTENCES = st.lists(
    st.tuples(
        st.integers(0, 60_000), st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map(tuple)
    ),
    max_size=40,
)


def test_the_numbers_are_those_of_a_count_by_hand() -> None:
    sentences = [
        (0, ("a", "b", "a", "b")),
        (10_000, ("a", "b", "a", "b")),  # 10 s later: still within
        (20_001, ("a", "b", "a", "b")),
        (20_001, ("c",)),
        (20_001, ("c",)),
    ]
    found = measure_diversity(sentences, {("c",), ("b",)})
    assert found == Diversity(
        sentences=5,
        distinct_1=3 / 14,
        distinct_2=2 / 9,
        most_frequent=1.0,
        copied=2 / 5,
        copied_length=1.0,
        repeated=2 / 5,
    )


def test_the_most_frequent_are_twenty() -> None:
    sentences = [(number * 20_000, (str(number % 25),)) for number in range(30)]
    # Five sentences twice, fifteen of the others once.
    assert measure_diversity(sentences, ()).most_frequent == 25 / 30


def test_of_nothing_there_is_no_share() -> None:
    nothing = measure_diversity([], ())
    assert set(msgspec.structs.astuple(nothing)) == {0, None}
    single = measure_diversity([(0, ("a",))], ())
    assert (single.distinct_2, single.copied, single.copied_length) == (None, 0, None)
    assert msgspec.json.decode(msgspec.json.encode(single), type=Diversity) == single


@given(SENTENCES, st.randoms(use_true_random=False))
def test_shares_are_shares_in_any_order(
    sentences: list[tuple[int, Sentence]], random: Random
) -> None:
    found = measure_diversity(sentences, {("a",), ("b", "c")})
    for name in ("distinct_1", "distinct_2", "most_frequent", "copied", "repeated"):
        share = getattr(found, name)
        assert share is None or 0 <= share <= 1
    shuffled = list(sentences)
    random.shuffle(shuffled)
    assert measure_diversity(shuffled, {("a",), ("b", "c")}) == found


@given(SENTENCES)
def test_repeats_are_those_of_a_plain_search(sentences: list[tuple[int, Sentence]]) -> None:
    ordered = sorted(sentences)
    repeats = [
        any(words == other and 0 <= time - before <= 10_000 for before, other in ordered[:place])
        for place, (time, words) in enumerate(ordered)
    ]
    expected = np.mean(repeats) if repeats else None
    assert measure_diversity(sentences, ()).repeated == (expected and pytest.approx(expected))


def test_saying_everything_at_once_is_no_variety() -> None:
    found = measure_diversity([(5, ("a", "b"))] * 8, {("a", "b")})
    assert (found.repeated, found.copied, found.copied_length) == (7 / 8, 1, 2)
