"""The words that tell clusters apart."""

import numpy as np

from pipeline.illustrations.telling_words import telling_words


def test_what_all_have_tells_nothing() -> None:
    clusters = np.repeat([0, 1, -1], [40, 40, 20])
    words = [{"drawing", "cat"}] * 40 + [{"drawing", "dog"}] * 40 + [{"drawing"}] * 20
    assert telling_words(clusters, words) == [["cat"], ["dog"]]


def test_a_word_of_the_same_points_is_not_said_twice() -> None:
    clusters = np.repeat([0, 1], 40)
    words = [{"cat", "feline"}] * 25 + [{"cat", "feline", "night"}] * 15 + [{"dog"}] * 40
    assert telling_words(clusters, words)[0] == ["cat", "night"]


def test_clusters_without_words_have_no_name() -> None:
    assert telling_words(np.array([0, 0, 1]), [set(), set(), set()]) == [[], []]


def test_a_single_cluster_is_not_told_from_a_rest() -> None:
    assert telling_words(np.zeros(50, int), [{"cat"}] * 50) == [[]]
