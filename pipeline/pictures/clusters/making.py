"""From the vectors of a collection to its clusters, and which of its pictures to keep.

n  pictures
k  components
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from pipeline.pictures.clusters.clusters_file import Cluster, Clusters, Member, Method
from pipeline.pictures.clusters.finding import (
    dense_regions_of_sample,
    k_means,
    silhouettes,
    stability,
)
from pipeline.pictures.clusters.known import Recognised, agreement, recognised
from pipeline.pictures.clusters.vectors import distances_to_centres, outliers
from pipeline.pictures.units import unit_numbers
from pipeline.runtime.arrays import Bools, Float32s, Float64s, Int64s
from pipeline.runtime.errors import ExitCode, PipelineError

COMPONENTS = 200
"""Principal components of vectors: a head on them tells domains."""
_COMPONENTS = 50  # of these in which clusters are found: the others are mostly noise
_SHARE = 0.01  # of the pictures that a dense region has at least
_LISTED = 20  # nearest pictures of a cluster, and farthest
_DIGITS = 4


@dataclass(frozen=True, kw_only=True)
class ClusterSettings:
    """How clusters are found, and what is kept."""

    method: Method
    k: int | None
    """For k-means; None takes the best number."""
    keep: Collection[int]
    """Numbers of clusters; none keeps all that are not dropped."""
    drop: Collection[int]
    confidence: float
    """That a head must have in a picture's own domain."""
    seed: int


@dataclass(frozen=True, kw_only=True)
class Collected:
    """What is known of n pictures."""

    names: list[str]
    rows: Int64s
    """(n,) equal for equal pictures."""
    domains: list[str]
    """(n) empty where they are not known, or where not two are."""
    like: list[str]
    """(n) an earlier picture that equals each, or nearly does; mostly empty."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """Clusters of n pictures."""

    numbers: Int64s
    """(n,) from 1, the largest cluster first; 0 for pictures in none."""
    distances: Float64s
    """(n,) from the centre of the own cluster, or else of the nearest one."""
    outliers: Bools
    """(n,)"""
    silhouettes: dict[int, float]
    stability: list[float]

    @property
    def clusters(self) -> list[int]:
        """The numbers that there are, in order."""
        return [int(number) for number in np.unique(self.numbers)]

    def order(self, number: int) -> Int64s:
        """The pictures of a cluster, the nearest to its centre first."""
        members = np.flatnonzero(self.numbers == number)
        return members[np.argsort(self.distances[members], kind="stable")]


class Cleaning:
    """Clusters of a collection, and what of it is kept by them."""

    def __init__(self, points: Float32s, of: Collected, settings: ClusterSettings) -> None:
        """``points`` (n, k) are principal vectors of the pictures.

        Raises PipelineError INVALID_SETTING where a cluster to keep or drop is not there.
        """
        self._of, self._settings = of, settings
        self._units = unit_numbers(of.names, of.rows, "name")
        self.found = find_clusters(
            points[:, :_COMPONENTS], settings.method, settings.k, settings.seed
        )
        self._require_clusters()
        self._recognised: Recognised | None = None
        if any(of.domains) and len(np.unique(self._units)) > 1:
            self._recognised = recognised(points, of.domains, self._units, settings.seed)

    @property
    def kept(self) -> Bools:
        """(n,) which pictures the settings keep."""
        whole = [number for number in self.found.clusters if self._keeps(number)]
        kept = np.isin(self.found.numbers, whole)
        if self._recognised:
            kept &= ~(self._recognised.own < self._settings.confidence)  # NaN is not less
        return kept

    def record(self, tap: str, dropped: int) -> Clusters:
        """What was found, in figures; ``dropped`` is how many pictures are not learned from."""
        of, found = self._of, self.found
        return Clusters(
            method=self._settings.method,
            tap=tap,
            seed=self._settings.seed,
            pictures=len(of.names),
            silhouettes=found.silhouettes,
            clusters=[self._cluster(number) for number in found.clusters],
            stability=found.stability,
            agreement=agreement(found.numbers, of.domains, self._units)
            if any(of.domains)
            else None,
            recognition=self._recognised and self._recognised.figures,
            outliers=int(found.outliers.sum()),
            duplicates=sum(map(bool, of.like)),
            dropped=dropped,
        )

    def members(self, dropped: Collection[str]) -> Iterator[Member]:
        """A line for each picture, in their order."""
        of, found = self._of, self.found
        ranks = np.empty(len(of.names), np.int64)
        for number in found.clusters:
            order = found.order(number)
            ranks[order] = np.arange(1, len(order) + 1)
        for place, name in enumerate(of.names):
            own = float(self._recognised.own[place]) if self._recognised else math.nan
            yield Member(
                picture=name,
                cluster=int(found.numbers[place]),
                rank=int(ranks[place]),
                distance=round(float(found.distances[place]), _DIGITS),
                outlier=bool(found.outliers[place]),
                like=of.like[place],
                domain=of.domains[place],
                own=None if math.isnan(own) else round(own, _DIGITS),
                likeliest=self._recognised.likeliest[place] if self._recognised else "",
                keep=name not in dropped,
            )

    def _cluster(self, number: int) -> Cluster:
        names, domains = self._of.names, self._of.domains
        order = self.found.order(number).tolist()
        counts = Counter(domains[place] for place in order if domains[place])
        far = min(_LISTED, len(order) // 2)  # no picture is among both
        near = order[: min(_LISTED, len(order) - far)]
        return Cluster(
            number=number,
            size=len(order),
            kept=self._keeps(number),
            domains=dict(counts.most_common()),
            nearest=[names[place] for place in near],
            farthest=[names[place] for place in order[::-1][:far]],
        )

    def _keeps(self, number: int) -> bool:
        keep, drop = self._settings.keep, self._settings.drop
        return number not in drop and (not keep or number in keep)

    def _require_clusters(self) -> None:
        there = self.found.clusters
        for word, numbers in (("keep", self._settings.keep), ("drop", self._settings.drop)):
            for number in numbers:
                if number not in there:
                    raise PipelineError(
                        ExitCode.INVALID_SETTING,
                        f"`clusters: {word}:` names {number}; there are clusters"
                        f" {there[0]} to {there[-1]}",
                        "Look at clusters/index.html, which shows each with its number",
                    )


def find_clusters(points: Float32s, method: Method, k: int | None, seed: int) -> Found:
    """Cluster ``points`` (n, c); see ``ClusterSettings``."""
    tried: dict[int, float] = {}
    if method == "kmeans" and k is None:
        tried = silhouettes(points, seed)
        k = max(tried, key=lambda count: tried[count], default=1)
    find = partial(k_means, count=k or 1)
    if method == "hdbscan":
        find = partial(dense_regions_of_sample, share=_SHARE)
    clusters = find(points, seed=seed)
    distances = distances_to_centres(points, clusters)
    return Found(
        numbers=clusters + 1,
        distances=distances,
        outliers=outliers(points),
        silhouettes=tried,
        stability=stability(points, clusters, find, seed),
    )
