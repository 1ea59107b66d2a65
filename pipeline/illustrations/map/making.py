"""A map of points, from their feature vectors and what is known of them.

n  points
c  channels of a vector
k  nearest points
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np

from pipeline.illustrations.map.arrangement import in_a_grid
from pipeline.illustrations.map.clusters import find_clusters
from pipeline.illustrations.map.distortion import NEAR, agreements, kept, moved
from pipeline.illustrations.map.facts import Facts
from pipeline.illustrations.map.layout import COMPONENTS, Method, lay_out
from pipeline.illustrations.map.map_file import Cluster, Distortion, MapPoint, PictureMap
from pipeline.illustrations.map.points import Points
from pipeline.illustrations.map.vectors import nearest, principal_components
from pipeline.illustrations.telling_words import telling_words
from pipeline.runtime.arrays import Float32s, Float64s, Int64s

_DIGITS = 5  # of positions; a poster has fewer pixels


@dataclass(frozen=True, kw_only=True)
class MapSettings:
    """How a map is made."""

    method: Method
    perplexity: float
    clusters: int | None
    """None finds those that there are."""
    seed: int


def make_map(
    vectors: Float32s, near: Int64s, points: Points, facts: Facts, settings: MapSettings, tap: str
) -> PictureMap:
    """A map of n ``points`` with these ``vectors`` (n, c), whose nearest are ``near`` (n, k)."""
    reduced = principal_components(vectors, COMPONENTS)
    seeds = [settings.seed, settings.seed + 1] if settings.method == "tsne" else [settings.seed]
    with ThreadPoolExecutor(len(seeds)) as pool:  # the second only tells how much a map moves
        positions, *again = pool.map(partial(_laid_out, reduced, settings), seeds)
    cells = in_a_grid(positions)
    clusters = find_clusters(positions, settings.clusters, settings.seed)
    named = telling_words(clusters, facts.words)
    return PictureMap(
        method=settings.method,
        tap=tap,
        seed=settings.seed,
        perplexity=settings.perplexity if settings.method == "tsne" else None,
        columns=int(cells[:, 0].max()) + 1,
        of=points.of,
        points=[
            MapPoint(name, frame, x, y, column, row, None if cluster < 0 else cluster)
            for name, frame, (x, y), (column, row), cluster in zip(
                points.names,
                points.frames.tolist(),
                positions.round(_DIGITS).tolist(),
                cells.tolist(),
                clusters.tolist(),
                strict=True,
            )
        ],
        clusters=[
            _cluster(words, positions[clusters == number], cells[clusters == number])
            for number, words in enumerate(named)
        ],
        distortion=_distortion(positions, again, near, points, facts),
    )


def _laid_out(reduced: Float32s, settings: MapSettings, seed: int) -> Float64s:
    return lay_out(reduced, settings.method, perplexity=settings.perplexity, seed=seed)


def _cluster(words: list[str], positions: Float64s, cells: Int64s) -> Cluster:
    x, y = np.median(positions, axis=0).round(_DIGITS).tolist()
    column, row = np.median(cells, axis=0).tolist()
    return Cluster(words, len(positions), x, y, column, row)


def _distortion(
    positions: Float64s, again: list[Float64s], near: Int64s, points: Points, facts: Facts
) -> Distortion:
    """What the map distorts; ``again`` are positions by other seeds."""
    count = near.shape[1]
    if len(points) <= 2 * NEAR:  # then nearly all are near
        return Distortion(0, None, [], None)
    on_map, _ = nearest(positions, count)
    units = points.rows
    return Distortion(
        neighbours=count,
        kept=kept(near, on_map, units),
        agreements=agreements(near, on_map, units, facts.classes, facts.tags),
        moved=max((moved(positions, other) for other in again), default=None),
    )
