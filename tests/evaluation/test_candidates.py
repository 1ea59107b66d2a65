from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.evaluation.candidates import (
    CANDIDATES,
    POPULAR,
    Candidates,
    Query,
    draw_candidates,
)
from pipeline.evaluation.corpus import Corpus, Sentence

WORDS = st.sampled_from("abcdefgh")
SENTENCES = st.lists(WORDS, min_size=1, max_size=3).map(tuple)
TRAINING = st.lists(SENTENCES, min_size=1, max_size=300)
WRITTEN = st.lists(SENTENCES, min_size=1, max_size=30)

# n00 is written 300 times, n01 299 times, …; "cat n00" and so on once each.
NUMBERS = [f"n{number:02}" for number in range(30)]
TRAINING_BY_HAND = [
    *((word,) for place, word in enumerate(NUMBERS) for _ in range(300 - place)),
    *(("cat", word) for word in NUMBERS),
    *((f"rare{number}",) for number in range(200)),
]
CORPUS = Corpus(TRAINING_BY_HAND)


def only(query: Query, corpus: Corpus = CORPUS, seed: int = 0) -> Candidates:
    (candidates,) = draw_candidates([query], corpus, seed)
    return candidates


def sentences(*texts: str) -> list[Sentence]:
    return [tuple(text.split()) for text in texts]


def test_a_hundred_candidates_are_of_the_four_kinds() -> None:
    query = Query.sample(0, 7, sentences("the cat"), sentences("hello", "n03", "hello"), seed=0)
    drawn = only(query)
    assert len(drawn.sentences) == len(set(drawn.sentences)) == CANDIDATES
    assert set(drawn.sentences[:2]) == set(sentences("hello", "n03"))
    assert drawn.positive.tolist() == [True] * 2 + [False] * 98
    # Of the twenty most popular n03 is a positive.
    assert set(sentences(*NUMBERS[:20])) <= set(drawn.sentences)
    assert sum(comment[0] == "cat" for comment in drawn.sentences[2:22]) == 20
    # The others come from all of training, where most are rare.
    assert sum(comment[0].startswith("rare") for comment in drawn.sentences[41:]) > 30


def test_a_positive_collides_only_with_the_twenty_most_popular() -> None:
    drawn = only(Query.sample(0, 7, (), sentences("n00", "n19", "n20", "new"), seed=0))
    colliding = {c for c, hit in zip(drawn.sentences, drawn.popular_positive, strict=True) if hit}
    assert colliding == set(sentences("n00", "n19"))


def test_without_context_nothing_is_plausible() -> None:
    drawn = only(Query.sample(0, 7, (), sentences("hello"), seed=0))
    assert len(drawn.sentences) == CANDIDATES
    assert sum(comment[0] == "cat" for comment in drawn.sentences[1:21]) == 0


def test_right_answers_are_never_distractors_and_are_made_up_for() -> None:
    written = sentences(*(f"cat {word}" for word in NUMBERS[:25]), *NUMBERS[:25], *"abcdef")
    drawn = only(Query.sample(0, 7, sentences("cat"), written, seed=0))
    assert len(drawn.sentences) == CANDIDATES
    assert not set(drawn.sentences[5:]) & set(written)
    # Five of those with a cat were not written, none is kept from its place by those that were.
    assert set(drawn.sentences[5:10]) == set(sentences(*(f"cat {word}" for word in NUMBERS[25:])))


@given(TRAINING, WRITTEN, st.lists(SENTENCES, max_size=8), st.integers(0, 3), st.integers(0, 99))
def test_candidates_are_fair(
    training: list[Sentence],
    written: list[Sentence],
    earlier: list[Sentence],
    seed: int,
    second: int,
) -> None:
    corpus = Corpus(training)
    query = Query.sample(0, second, earlier, written, seed)
    drawn = only(query, corpus, seed)
    positives = {c for c, hit in zip(drawn.sentences, drawn.positive, strict=True) if hit}
    distractors = set(drawn.sentences) - positives
    assert positives == set(query.positives) <= set(written)
    assert len(query.positives) == min(5, len(set(written)))
    assert query.context == tuple(earlier[-5:])
    assert len(drawn.sentences) == len(set(drawn.sentences))
    assert not distractors & set(written)
    assert distractors <= set(training)
    available = set(training) - set(written)
    assert len(distractors) == min(CANDIDATES - len(positives), len(available))
    assert set(corpus.sentences[:POPULAR]) - set(written) <= distractors
    popular = [comment in corpus.sentences[:POPULAR] for comment in drawn.sentences]
    assert drawn.popular_positive.tolist() == (drawn.positive & popular).tolist()


@given(WRITTEN, st.integers(0, 99))
def test_draws_depend_on_nothing_but_the_seed_and_the_second(
    written: list[Sentence], order: int
) -> None:
    random = Random(order)
    shuffled = written * 2
    random.shuffle(shuffled)
    query = Query.sample(3, 9, (), written, seed=1)
    assert query == Query.sample(3, 9, (), shuffled, seed=1)
    training = list(TRAINING_BY_HAND)
    random.shuffle(training)
    other = Query.sample(3, 10, sentences("cat"), written, seed=1)
    alone = only(query, seed=1)
    beside = draw_candidates([other, query, other], Corpus(training), 1)
    assert alone.sentences == beside[1].sentences
    assert beside[0].sentences == beside[2].sentences
    assert alone.sentences != only(query, seed=2).sentences


def test_another_second_draws_anew() -> None:
    written = sentences(*"abcdefghij")
    drawn = {frozenset(Query.sample(0, second, (), written, 0).positives) for second in range(50)}
    assert len(drawn) > 30


def test_a_query_needs_a_right_answer() -> None:
    with pytest.raises(ValueError, match="query 4"):
        Query.sample(0, 4, (), [], seed=0)


def test_no_queries_have_no_candidates() -> None:
    assert draw_candidates([], CORPUS, 0) == []
