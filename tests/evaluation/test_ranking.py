from itertools import permutations
from math import comb
from random import Random

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.evaluation.candidates import Candidates, Query
from pipeline.evaluation.ranking import QueryMetrics, RankingTable, ranking_table
from pipeline.runtime.arrays import Bools, Float64s

KNOWN_CHANCE = [
    # positives, candidates, hits in per cent, mean rank, mean reciprocal rank
    (5, 100, (5.0, 23.0, 41.6), 16.8, 0.162),
    (4, 100, (4.0, 18.8, 34.8), 20.2, 0.138),
    (4, 99, (4.0, 19.0, 35.1), 20.0, 0.139),
]


def of_one(scores: Float64s, positive: Bools) -> list[float]:
    return [float(values[0]) for values in QueryMetrics.compute([scores], [positive])]


def first(positives: int, candidates: int) -> Bools:
    return np.arange(candidates) < positives


@st.composite
def queries(draw: st.DrawFn, most: int = 40) -> tuple[Float64s, Bools]:
    size = draw(st.integers(1, most))
    scores = draw(st.lists(st.integers(-3, 3), min_size=size, max_size=size))
    positive = draw(st.lists(st.booleans(), min_size=size, max_size=size).filter(any))
    return np.array(scores, float), np.array(positive)


@pytest.mark.parametrize(("positives", "size", "hits", "rank", "reciprocal"), KNOWN_CHANCE)
def test_equal_scores_are_at_the_known_chance(
    positives: int, size: int, hits: tuple[float, ...], rank: float, reciprocal: float
) -> None:
    found = QueryMetrics.compute([np.zeros(size)], [first(positives, size)])
    assert [round(100 * float(hit[0]), 1) for hit in found[:3]] == list(hits)
    assert round(float(found.rank[0]), 1) == rank
    assert round(float(found.reciprocal_rank[0]), 3) == reciprocal


@pytest.mark.parametrize(("positives", "size"), [(5, 100), (4, 100), (4, 99), (1, 100), (3, 7)])
def test_equal_scores_are_exactly_at_chance(positives: int, size: int) -> None:
    found = of_one(np.full(size, -np.inf), first(positives, size))
    worse = [comb(size - rank, positives) / comb(size, positives) for rank in range(size + 1)]
    at = [worse[rank - 1] - worse[rank] for rank in range(1, size + 1)]
    assert found == pytest.approx(
        [
            *(1 - worse[min(most, size)] for most in (1, 5, 10)),
            (size + 1) / (positives + 1),
            sum(chance / rank for rank, chance in enumerate(at, 1)),
        ],
        rel=1e-12,
    )


def test_random_scores_come_to_the_chance_of_equal_ones() -> None:
    positive = first(5, 100)
    scores = list(np.random.default_rng(0).random((20_000, 100)))
    simulated = [values.mean() for values in QueryMetrics.compute(scores, [positive] * len(scores))]
    assert simulated == pytest.approx(of_one(np.zeros(100), positive), rel=0.03)


def test_the_best_positive_counts() -> None:
    scores = np.array([2.0, 9.0, 7.0, 8.0, 6.0, 5.0, 1.0])
    assert of_one(scores, np.array([1, 0, 0, 0, 0, 0, 1], bool)) == [0, 0, 1, 6, 1 / 6]
    assert of_one(scores, np.array([1, 0, 0, 1, 0, 0, 0], bool)) == [0, 1, 1, 2, 1 / 2]
    assert of_one(scores, np.array([0, 1, 1, 0, 0, 0, 0], bool)) == [1, 1, 1, 1, 1]


def test_a_tie_of_two_is_half_of_each_order() -> None:
    found = of_one(np.array([3.0, 3.0, 0.0, 9.0]), np.array([1, 0, 1, 0], bool))
    assert found == pytest.approx([0, 1, 1, 2.5, (1 / 2 + 1 / 3) / 2])


@given(queries(most=5))
def test_a_tie_is_the_mean_of_all_its_orders(query: tuple[Float64s, Bools]) -> None:
    scores, positive = query
    orders = [
        of_one(scores + np.array(shift) / 100, positive)
        for shift in permutations(range(len(scores)))
    ]
    assert of_one(scores, positive) == pytest.approx(np.mean(orders, 0).tolist())


@given(queries())
def test_metrics_are_within_bounds(query: tuple[Float64s, Bools]) -> None:
    scores, positive = query
    hit_1, hit_5, hit_10, rank, reciprocal = of_one(scores, positive)
    slack = 1e-12
    assert -slack <= hit_1 <= hit_5 + slack <= hit_10 + 2 * slack <= 1 + 3 * slack
    assert 1 - slack <= rank <= len(scores) - positive.sum() + 1 + slack
    assert max(hit_1, 1 / len(scores)) - slack <= reciprocal <= 1 + slack
    assert 1 / rank <= reciprocal + slack


@given(queries(), st.randoms(use_true_random=False), st.integers(-9, 9))
def test_neither_order_nor_a_constant_matters(
    query: tuple[Float64s, Bools], random: Random, constant: int
) -> None:
    scores, positive = query
    order = list(range(len(scores)))
    random.shuffle(order)
    found = of_one(scores, positive)
    assert of_one(scores[order], positive[order]) == found
    assert of_one(scores + constant, positive) == found
    assert of_one(scores / 8, positive) == found


@given(queries())
def test_no_tie_is_better_than_putting_the_positive_first(query: tuple[Float64s, Bools]) -> None:
    scores, positive = query
    ahead = of_one(scores + positive / 2, positive)
    tied = of_one(scores, positive)
    behind = of_one(scores - positive / 2, positive)
    slack = 1e-12
    for place, sign in enumerate([1, 1, 1, -1, 1]):
        assert sign * behind[place] <= sign * tied[place] + slack
        assert sign * tied[place] <= sign * ahead[place] + slack


@pytest.mark.parametrize("place", [0, 3])
def test_what_is_not_a_number_has_no_rank(place: int) -> None:
    scores = np.zeros(4)
    scores[place] = np.nan
    with pytest.raises(ValueError, match="needs a score"):
        of_one(scores, first(1, 4))


def test_missing_scores_and_positives_are_refused() -> None:
    with pytest.raises(ValueError, match="needs a score"):
        of_one(np.zeros(3), first(1, 4))
    with pytest.raises(ValueError, match="a positive"):
        of_one(np.zeros(4), first(0, 4))
    with pytest.raises(ValueError, match="shorter"):
        QueryMetrics.compute([np.zeros(4)], [])


def drawn(popular: int, positives: int = 5) -> Candidates:
    sentences = tuple((f"c{number}",) for number in range(100))
    return Candidates(sentences, first(positives, 100), first(popular, 100))


def query(cluster: int) -> Query:
    return Query(cluster, 0, (), (("c0",),), frozenset())


def test_the_table_leaves_out_what_popularity_finds() -> None:
    numbers = [0, 0, 1, 2]
    candidates = [drawn(0), drawn(1), drawn(5), drawn(1)]
    popular_first = np.where(first(1, 100), 1.0, 0.0)
    table = ranking_table(
        [query(number) for number in numbers],
        candidates,
        {"random": [np.zeros(100)] * 4, "popular": [popular_first] * 4},
    )
    assert (table.all.queries, table.all.clusters) == (4, 3)
    assert table.all.scorers["popular"].hit_1.mean == 1
    chance = table.all.scorers["random"]
    assert chance.hit_1.mean == pytest.approx(0.05)
    assert chance.rank.mean == pytest.approx(101 / 6)

    fair = table.without_popular
    # The third query had no other positive.
    assert (fair.queries, fair.clusters) == (3, 2)
    assert fair.scorers["popular"].hit_1.mean == pytest.approx((1 + 2 * 4 / 99) / 3)
    assert fair.scorers["random"].rank.mean == pytest.approx((101 / 6 + 2 * 100 / 5) / 3)


def test_a_table_without_queries_is_empty_and_can_be_stored() -> None:
    table = ranking_table([query(0)], [drawn(5)], {"random": [np.zeros(100)]})
    assert table.all.scorers["random"].hit_5.low is None
    assert (table.without_popular.queries, table.without_popular.scorers) == (0, {})
    assert msgspec.json.decode(msgspec.json.encode(table), type=RankingTable) == table
    assert ranking_table([], [], {"random": []}).all.queries == 0
