"""``clusters.json`` and ``clusters.jsonl``: which pictures are alike, and what was measured."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

from pipeline.evaluation.intervals import Interval
from pipeline.runtime.atomic_files import write_json

Method = Literal["kmeans", "hdbscan"]


class Cluster(msgspec.Struct, frozen=True):
    """Pictures that are alike."""

    number: int
    """From 1, the largest first; 0 for those between the dense regions that HDBSCAN finds."""
    size: int
    kept: bool
    """Whether the settings keep it as a whole."""
    domains: dict[str, int]
    """How many of its pictures are in each domain, the most first."""
    nearest: list[str]
    """Pictures nearest to its centre, the nearest first."""
    farthest: list[str]
    """Those farthest from it, the farthest first."""


class Agreement(msgspec.Struct, frozen=True):
    """Clusters beside domains that are known."""

    pictures: int
    domains: int
    nmi: float
    """Normalised mutual information, 0 to 1: of equal partitions 1; by chance a little over 0."""
    purity: Interval
    """Share of pictures whose domain is the most frequent one of their cluster."""
    blind: float
    """What the purity of a single cluster would be."""


class Recognition(msgspec.Struct, frozen=True):
    """How well a head tells domains of pictures which it has not seen."""

    accuracy: Interval
    blind: float
    """What always the most frequent domain gets."""


class Clusters(msgspec.Struct, frozen=True, kw_only=True):
    """What was found, and how much of it would be found again."""

    method: Method
    tap: str
    seed: int
    pictures: int
    silhouettes: dict[int, float]
    """By numbers of clusters that were tried; none if the number was given."""
    clusters: list[Cluster]
    stability: list[float]
    """Adjusted Rand indices with clusters of four-fifths of the pictures, by other seeds each."""
    agreement: Agreement | None
    """None where there are no two domains."""
    recognition: Recognition | None
    outliers: int
    duplicates: int
    """Pictures that equal or nearly equal an earlier one."""
    dropped: int

    def save(self, target: Path) -> None:
        """Publish ``clusters.json``."""
        write_json(target, self)

    @classmethod
    def load(cls, path: Path) -> Clusters:
        """Read ``clusters.json``."""
        return msgspec.json.decode(path.read_bytes(), type=cls)


class Member(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A line of ``clusters.jsonl``: a picture."""

    picture: str
    cluster: int
    rank: int
    """Of its cluster's pictures, from 1: the nearest to the centre."""
    distance: float
    """From the centre of the cluster, or the nearest one; two opposite vectors are about 2
    apart."""
    outlier: bool = False
    like: str = ""
    """An earlier picture that equals it, or nearly does."""
    domain: str = ""
    own: float | None = None
    """Probability of its domain, by a head that has not seen the picture; None without domains."""
    likeliest: str = ""
    """The domain that this head would say."""
    keep: bool = True
    """Whether the settings keep it."""
