"""``map.json``: where points lie, their clusters with names, and what the map distorts."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

from pipeline.evaluation.intervals import Interval
from pipeline.illustrations.map.layout import Method
from pipeline.runtime.atomic_files import write_json


class MapPoint(msgspec.Struct, frozen=True):
    """A picture on the map."""

    name: str
    """A still's path below its folder, or the time of a video."""
    frame: int
    """The still's number, or the frame of the video."""
    x: float
    """From −1 at the left to 1."""
    y: float
    """From −1 at the top to 1."""
    column: int
    """Of its cell in the map without overlap."""
    row: int
    cluster: int | None
    """Its place in ``clusters``; None between them."""


class Cluster(msgspec.Struct, frozen=True):
    """Points that lie close together."""

    words: list[str]
    """What tells them from the rest, the most telling first; none where nothing does."""
    size: int
    """Points in it."""
    x: float
    """The middle of its points: their medians."""
    y: float
    column: float
    """The same in the map without overlap."""
    row: float

    @property
    def name(self) -> str:
        """Its words as one, empty where there are none."""
        return " · ".join(self.words)


class Agreement(msgspec.Struct, frozen=True):
    """How well the nearest points tell what a point is."""

    of: str
    """``tags``, ``folder``, ``domain`` or ``keep``."""
    measure: Literal["accuracy", "f1"]
    """Accuracy of the most frequent class among the nearest; for tags, micro-F1 of those which
    at least half of the nearest have."""
    full: Interval
    """By all values of the feature vectors."""
    map: Interval
    """On the map."""
    blind: float
    """What always the most frequent class gets, or the tags that at least half of all have."""
    labelled: int
    """Points with a label."""


class Distortion(msgspec.Struct, frozen=True):
    """What a map of two dimensions does to neighbourhoods."""

    neighbours: int
    """How many nearest points count as near; none where there are too few points."""
    kept: Interval | None
    """The share of the nearest by all values that are among the nearest on the map."""
    agreements: list[Agreement]
    moved: float | None
    """How far points lie from where a run with another seed has them: the root of the mean
    squared distance after the best rotation, reflection and scale, as a share of the map's radius
    (the same of distances to the middle). 0 if all stayed, 1 if nothing did; None where no seed
    takes part."""


class PictureMap(msgspec.Struct, frozen=True, kw_only=True):
    """A finished map."""

    method: Method
    tap: str
    seed: int
    perplexity: float | None
    """Of t-SNE."""
    columns: int
    """Of the map without overlap."""
    of: int
    """How many pictures or scenes there are; the map has as many or, evenly spread, fewer."""
    points: list[MapPoint]
    """Near points are near each other in this list, too."""
    clusters: list[Cluster]
    """The largest first."""
    distortion: Distortion

    def save(self, target: Path) -> None:
        """Publish ``map.json``."""
        write_json(target, self)

    @classmethod
    def load(cls, path: Path) -> PictureMap:
        """Read ``map.json``."""
        return msgspec.json.decode(path.read_bytes(), type=cls)
