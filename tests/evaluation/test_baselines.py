import numpy as np
import pytest

from pipeline.evaluation.baselines import (
    context_scores,
    length_scores,
    popularity_scores,
    random_scores,
    retrieval_scores,
)
from pipeline.evaluation.candidates import Candidates, Query
from pipeline.evaluation.corpus import Corpus, Sentence
from pipeline.evaluation.ranking import QueryMetrics

W, CAT, SLEEPS, RUNS = ("w",), ("a", "cat"), ("the", "cat", "sleeps"), ("dogs", "run")
CORPUS = Corpus([W, W, W, CAT, CAT, SLEEPS, RUNS])
NEW = ("cat", "never", "seen", "before")


def candidates(*sentences: Sentence) -> Candidates:
    places = np.arange(len(sentences))
    return Candidates(sentences, places == 0, places < 0)


def query(*context: Sentence) -> Query:
    return Query(0, 0, context, (W,), frozenset([W]))


ALL = candidates(W, CAT, SLEEPS, RUNS, NEW)


def test_random_is_exactly_chance() -> None:
    found = QueryMetrics.compute(random_scores([ALL]), [ALL.positive])
    assert found.hit_1.tolist() == pytest.approx([1 / 5])
    assert found.rank.tolist() == pytest.approx([3])


def test_popularity_is_how_often_training_has_it() -> None:
    assert popularity_scores([ALL], CORPUS)[0].tolist() == [3, 2, 1, 1, 0]


def test_length_prefers_the_mean() -> None:
    # 3 sentences of one word, 3 of two and 1 of three.
    mean = 12 / 7
    assert length_scores([ALL], CORPUS)[0] == pytest.approx(
        [1 - mean, mean - 2, mean - 3, mean - 2, mean - 4]
    )


def test_copies_come_before_what_is_like_the_context() -> None:
    scores, silent = context_scores(
        [query(RUNS, ("run",), SLEEPS, RUNS), query()], [ALL, ALL], CORPUS
    )
    assert np.argsort(-scores).tolist() == [3, 2, 4, 1, 0]
    assert scores[0] == 0
    assert silent.tolist() == [0] * 5


def test_retrieval_weighs_what_was_written_at_similar_pictures() -> None:
    near = [(0.5, CAT), (1.0, W), (0.75, CAT), (0.25, RUNS)]
    (scores,) = retrieval_scores([near], [ALL], CORPUS)
    assert np.argsort(-scores).tolist()[:3] == [1, 0, 3]
    # None has W in part, so its cosine to the neighbours is its share.
    assert scores[0] == pytest.approx(1 / 2.5)
    # Never written there, but of a word that was.
    assert 0 < scores[4] < 0.1
    assert scores[2] > 0


def test_only_the_ratio_of_weights_matters() -> None:
    near = [(0.5, CAT), (1.0, W), (0.25, RUNS)]
    heavier = [(weight * 8, comment) for weight, comment in reversed(near)]
    one, other = retrieval_scores([near, heavier], [ALL, ALL], CORPUS)
    assert one == pytest.approx(other)


def test_without_neighbours_retrieval_is_chance() -> None:
    assert retrieval_scores([[]], [ALL], CORPUS)[0].tolist() == [0] * 5
