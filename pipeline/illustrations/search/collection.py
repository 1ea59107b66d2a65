"""A collection as a search sees it: its vectors, what counts as one hit, and its tags."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Self

import numpy as np

from pipeline.illustrations.duplicates.duplicates_file import read_duplicates
from pipeline.illustrations.picture_tags import read_picture_tags
from pipeline.illustrations.search.exact import products
from pipeline.illustrations.search.query import TagTerm
from pipeline.illustrations.vectors.vectors_file import PictureVectors, read_vectors
from pipeline.pictures.features_file import FeatureStore
from pipeline.pictures.frames_file import Frames, read_names
from pipeline.runtime.arrays import Bools, Float32s, Float64s, Int64s
from pipeline.runtime.errors import ExitCode, PipelineError

_SAMPLE = 1000  # pictures that are compared with as many others, to know what is usual
_SEED = 2017


@dataclass(frozen=True)
class Collection:
    """Stills, or a video, with vectors."""

    folder: Path
    """Of the working folder."""
    vectors: PictureVectors
    is_video: bool
    time_ms: Float64s
    """(n,) of each of the pictures that have a vector."""
    group: Int64s
    """(n,) pictures of one group are one hit: near duplicates, or those of a scene."""

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what stages made of an item. Raises PipelineError BAD_ARTIFACT."""
        vectors = read_vectors(folder / "vectors.npz")
        frames = Frames.load(folder / "frames.h5")
        is_video = not read_names(folder / "frames.h5")
        scenes = np.searchsorted(frames.cuts, vectors.frame, side="right")
        group = scenes if is_video else _same(folder, vectors.names, frames.row[vectors.frame])
        return cls(folder, vectors, is_video, frames.times.milliseconds(vectors.frame), group)

    @property
    def name(self) -> str:
        """Of its folder."""
        return self.folder.name

    @property
    def features(self) -> Path:
        """The features that its vectors are made of."""
        return self.folder / self.vectors.features

    @property
    def names(self) -> Sequence[str]:
        """Of its pictures, or their times in a video."""
        return self.vectors.names

    def beside(self, number: int) -> list[str]:
        """The other pictures of a picture's group."""
        members = np.flatnonzero(self.group == self.group[number])
        return [self.names[other] for other in members.tolist() if other != number]

    def cosines(self, queries: Float32s) -> Float32s:
        """(q, n) the similarity of ``queries`` (q, c) to each picture."""
        return products(self.vectors.vectors, queries)

    def percentile(self, cosine: float) -> float:
        """How many of a hundred pairs of different groups are less similar to each other."""
        below = np.searchsorted(self._usual, np.float32(cosine), side="left")
        return 100 * int(below) / max(1, len(self._usual))

    @cached_property
    def _usual(self) -> Float32s:
        """The cosines of many pairs of different groups, in order."""
        draws = np.random.default_rng(_SEED)
        count = len(self.names)
        one, other = (draws.permutation(count)[:_SAMPLE] for _ in range(2))
        rows = self.vectors.vectors
        found = rows[one].astype(np.float32) @ rows[other].astype(np.float32).T
        return np.sort(found[self.group[one][:, None] != self.group[other]])

    @cached_property
    def carriers(self) -> dict[str, Int64s]:
        """Of each tag the pictures that have it, by their places among the vectors.

        Raises PipelineError LABELS_MISSING for a collection without tags.
        """
        file = self.folder / "tags.jsonl"
        if not file.exists():
            raise PipelineError(
                ExitCode.LABELS_MISSING,
                f"{self.name} has no tags to search by",
                "Run `make illustrations-tags` for it first, or search by pictures alone",
            )
        frames = self.vectors.frame
        places = dict(zip(frames.tolist(), range(len(frames)), strict=True))
        found: dict[str, list[int]] = {}
        for picture in read_picture_tags(file):
            for tag in picture.tags:
                if picture.frame in places:
                    found.setdefault(tag.name, []).append(places[picture.frame])
        return {name: np.array(some, np.int64) for name, some in found.items()}

    def having(self, tags: Sequence[TagTerm]) -> Bools:
        """(n,) which pictures have all tags that are wanted, and none that are not."""
        allowed = np.ones(len(self.names), bool)
        for tag in tags:
            has = np.zeros(len(self.names), bool)
            has[self.carriers.get(tag.name, [])] = True
            allowed &= has == tag.wanted
        return allowed


def _same(folder: Path, names: Sequence[str], rows: Int64s) -> Int64s:
    """(n,) equal for stills that are nearly equal, as far as that was looked into."""
    file = folder / "duplicates.jsonl"
    if not file.exists():
        return rows
    group = {duplicate.picture: -duplicate.group for duplicate in read_duplicates(file)}
    return np.array([group.get(n, row) for n, row in zip(names, rows.tolist(), strict=True)])


def require_one_network(collections: Sequence[Collection]) -> None:
    """Raise PipelineError BAD_ARTIFACT where vectors of collections cannot be compared."""
    kinds: dict[tuple[str, ...], str] = {}
    for collection in collections:
        with FeatureStore(collection.features) as store:
            kind = store.backbone, store.weights, *collection.vectors.taps
        kinds.setdefault(kind, collection.name)
    if len(kinds) > 1:
        seen = "; ".join(f"{name}: {', '.join(kind)}" for kind, name in kinds.items())
        raise PipelineError(
            ExitCode.BAD_ARTIFACT,
            f"these were seen by different networks and cannot be searched together: {seen}",
            "Name one of them, or make `illustrations-vectors` of all with the same settings",
        )
