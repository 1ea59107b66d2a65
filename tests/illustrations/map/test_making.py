"""A whole map from vectors and facts."""

import numpy as np
import pytest

from pipeline.illustrations.map.facts import Facts
from pipeline.illustrations.map.making import MapSettings, make_map
from pipeline.illustrations.map.map_file import PictureMap
from pipeline.illustrations.map.points import Points
from pipeline.illustrations.map.vectors import directions, nearest
from pipeline.runtime.arrays import Floats

SETTINGS = MapSettings(method="tsne", perplexity=10, clusters=None, seed=0)


def map_of(vectors: Floats, tags: list[list[str]]) -> PictureMap:
    count = len(vectors)
    numbers = np.arange(count)
    names = [f"{number}.png" for number in range(count)]
    points = Points(numbers, numbers, numbers.astype(float), names, count, are_stills=True)
    values = directions(vectors)
    facts = Facts(tags, [[] for _ in names])
    return make_map(values, nearest(values, 10)[0], points, facts, SETTINGS, "pooled")


@pytest.mark.parametrize("count", [1, 2, 3, 20, 21])
def test_few_pictures_have_a_map(count: int) -> None:
    vectors = np.random.default_rng(0).normal(size=(count, 6))
    made = map_of(vectors, [["cat"]] * count)
    assert [point.name for point in made.points] == [f"{number}.png" for number in range(count)]
    assert len({(point.column, point.row) for point in made.points}) == count
    assert (made.distortion.kept is None) == (count <= 20)


def test_what_is_alike_lies_together_and_that_is_measured() -> None:
    draws = np.random.default_rng(0)
    kinds = np.repeat(np.eye(3, 8), 30, axis=0)
    vectors = 5 * kinds + draws.normal(size=kinds.shape)
    made = map_of(vectors, [[("cat", "dog", "bird")[n // 30]] for n in range(90)])
    assert {word for cluster in made.clusters for word in cluster.words} == {"cat", "dog", "bird"}
    (tags,) = made.distortion.agreements
    assert tags.full.mean == pytest.approx(1, abs=0.05)
    assert tags.map.mean > 0.9
    assert made.distortion.kept is not None and made.distortion.kept.mean > 0.3
    assert made.distortion.moved is not None and made.distortion.moved < 0.5


def test_the_same_pictures_give_the_same_map() -> None:
    vectors = np.random.default_rng(0).normal(size=(60, 6))
    assert map_of(vectors, [[]] * 60) == map_of(vectors, [[]] * 60)
