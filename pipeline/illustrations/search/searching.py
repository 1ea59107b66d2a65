"""From a query to hits: pictures like others, pictures with tags, and those between two."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec
import numpy as np

from pipeline.illustrations.search.collection import Collection
from pipeline.illustrations.search.hits import Hit
from pipeline.illustrations.search.query import TagTerm
from pipeline.illustrations.vectors.whitening import unit
from pipeline.runtime.arrays import Bools, Float32s
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.runtime.spelling import did_you_mean

_MAX_TOLD = 20
"""Of a group, pictures that are named beside the one that stands for it."""


class Gap(NamedTuple):
    """Where similarity falls most from one hit to the next."""

    rank: int
    """Of the last hit before it."""
    above: float
    below: float


class _Place(NamedTuple):
    """A picture that stands for its group."""

    collection: Collection
    number: int
    """Of its vector."""
    similarity: float | None


def most_similar(
    collections: Sequence[Collection],
    wanted: Sequence[Float32s],
    allowed: Sequence[Bools],
    count: int,
) -> list[Hit]:
    """The ``count`` pictures most similar to what is wanted, one of each group.

    ``wanted`` (c,) and ``allowed`` (n,) are given for each of the collections.
    """
    places = [
        place
        for collection, vector, mask in zip(collections, wanted, allowed, strict=True)
        for place in _best(collection, collection.cosines(vector[None])[0], mask, count)
    ]
    places.sort(key=lambda place: -(place.similarity or 0))
    return _hits(places[:count])


def with_tags(collections: Sequence[Collection], allowed: Sequence[Bools], count: int) -> list[Hit]:
    """The first ``count`` pictures that are ``allowed``, in their order, one of each group."""
    places = []
    for collection, mask in zip(collections, allowed, strict=True):
        for number in _first_of_groups(collection, np.flatnonzero(mask), count):
            places.append(_Place(collection, number, None))
    return _hits(places[:count])


def between(
    collections: Sequence[Collection],
    starts: Sequence[Float32s],
    ends: Sequence[Float32s],
    allowed: Sequence[Bools],
    steps: int,
) -> list[Hit]:
    """For each of ``steps`` points on the arc from one vector to another the nearest picture.

    None is taken twice, and the ends choose first. ``starts`` and ``ends`` are given for each of
    the collections.
    """
    found = [
        np.where(mask, collection.cosines(_arc(start, end, steps)), -np.inf)
        for collection, start, end, mask in zip(collections, starts, ends, allowed, strict=True)
    ]
    places: dict[int, _Place] = {}
    for step in sorted(range(steps), key=lambda step: step not in (0, steps - 1)):  # ends first
        best = [int(cosines[step].argmax()) for cosines in found]
        values = [cosines[step][number] for cosines, number in zip(found, best, strict=True)]
        which = int(np.argmax(values))
        if values[which] == -np.inf:
            break
        collection, number = collections[which], best[which]
        places[step] = _Place(collection, number, float(values[which]))
        found[which][:, collection.group == collection.group[number]] = -np.inf
    in_order = sorted(places)
    shares = np.linspace(0, 1, steps).round(3)[in_order].tolist()
    hits = _hits([places[step] for step in in_order])
    return [msgspec.structs.replace(h, step=share) for h, share in zip(hits, shares, strict=True)]


def widest_gap(hits: Sequence[Hit]) -> Gap | None:
    """Where similarity falls most among three or more hits."""
    values = [hit.similarity for hit in hits if hit.similarity is not None]
    if len(values) < 3:
        return None
    rank = int(np.argmax(-np.diff(values)))
    return Gap(rank + 1, values[rank], values[rank + 1])


def allowed_by(collections: Sequence[Collection], tags: Sequence[TagTerm]) -> list[Bools]:
    """(n,) for each collection the pictures that ``tags`` allow.

    Raises PipelineError: LABELS_MISSING for a collection without tags, USAGE for a tag that no
    picture has.
    """
    if tags:
        known = {name for collection in collections for name in collection.carriers}
        for tag in tags:
            if tag.name not in known:
                raise PipelineError(
                    ExitCode.USAGE,
                    f"QUERY=: no picture has the tag {tag.name}",
                    did_you_mean(tag.name, known, "tags.jsonl lists those of each picture"),
                )
    return [collection.having(tags) for collection in collections]


def _best(
    collection: Collection, cosines: Float32s, allowed: Bools, count: int
) -> Iterator[_Place]:
    order = np.argsort(-cosines, kind="stable")
    for number in _first_of_groups(collection, order[allowed[order]], count):
        yield _Place(collection, number, float(cosines[number]))


def _first_of_groups(collection: Collection, ordered: Iterable[int], count: int) -> Iterator[int]:
    """Of pictures in order the first of each group, for ``count`` groups."""
    seen = set[int]()
    for number in map(int, ordered):
        group = int(collection.group[number])
        if group not in seen:
            if len(seen) == count:
                return
            seen.add(group)
            yield number


def _hits(places: Sequence[_Place]) -> list[Hit]:
    return [_hit(rank, place) for rank, place in enumerate(places, 1)]


def _hit(rank: int, place: _Place) -> Hit:
    collection, number, similarity = place
    percentile = None
    if similarity is not None:
        similarity = round(similarity, 5)
        percentile = round(collection.percentile(similarity), 4)
    return Hit(
        rank=rank,
        collection=collection.name,
        picture=collection.names[number],
        frame=int(collection.vectors.frame[number]),
        time_ms=round(float(collection.time_ms[number])),
        similarity=similarity,
        percentile=percentile,
        with_it=[] if collection.is_video else collection.beside(number)[:_MAX_TOLD],
    )


def _arc(start: Float32s, end: Float32s, steps: int) -> Float32s:
    """(steps, c) vectors of length 1 at equal angles from ``start`` to ``end`` (c,)."""
    angle = float(np.arccos(np.clip(start @ end, -1, 1)))
    shares = np.linspace(0, 1, steps, dtype=np.float32)[:, None]
    if np.sin(angle) < 1e-4:  # the same direction, or the opposite one, to which no arc is shortest
        return unit((1 - shares) * start + shares * end)
    return unit(np.sin((1 - shares) * angle) * start + np.sin(shares * angle) * end)
