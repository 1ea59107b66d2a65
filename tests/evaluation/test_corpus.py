import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.evaluation.corpus import Corpus, Sentence, concatenated

SENTENCES = st.lists(st.sampled_from("abcdef"), min_size=1, max_size=4).map(tuple)


def test_the_most_frequent_come_first_with_ties_by_words() -> None:
    corpus = Corpus([("b",), ("c", "d"), ("a",), ("c", "d")])
    assert corpus.sentences == [("c", "d"), ("a",), ("b",)]
    assert corpus.counts["c", "d"] == 2
    assert corpus.counts["never",] == 0
    assert corpus.mean_length == 6 / 4


def test_words_are_taken_as_they_are() -> None:
    corpus = Corpus([("W", "!"), ("w",)])
    assert corpus.vectors.shape == (2, 3)
    assert corpus.tfidf([("?",)]).nnz == 0


def test_there_must_be_words() -> None:
    with pytest.raises(ValueError, match="empty vocabulary"):
        Corpus([])


@given(st.lists(SENTENCES, min_size=1, max_size=60), st.lists(SENTENCES), st.integers(1, 9))
def test_the_nearest_have_the_greatest_cosines(
    training: list[Sentence], texts: list[Sentence], most: int
) -> None:
    corpus = Corpus(training)
    cosines = (corpus.tfidf(texts) @ corpus.vectors.T).toarray() if texts else []
    for row, near in zip(cosines, corpus.nearest(texts, most), strict=True):
        assert len(near) == len(set(near)) == min(most, np.count_nonzero(row))
        np.testing.assert_allclose(row[near], np.sort(row)[::-1][: len(near)], rtol=1e-5)


def test_equally_near_sentences_come_in_order_of_frequency() -> None:
    training = [(f"w{number}", "cat") for number in range(200)]
    corpus = Corpus(training)
    assert corpus.nearest([("cat",), ("dog",)], 20) == [list(range(20)), []]


def test_concatenated_sentences_are_one_text() -> None:
    assert concatenated([("a", "b"), ("c",)]) == ("a", "b", "c")
    assert concatenated([]) == ()
