"""The answer to a query, once its pictures are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from pipeline.illustrations.search.collection import Collection
from pipeline.illustrations.search.hits import Hit
from pipeline.illustrations.search.query import Query, Term
from pipeline.illustrations.search.searching import allowed_by, between, most_similar, with_tags
from pipeline.illustrations.vectors.whitening import unit
from pipeline.runtime.arrays import Bools, Float16s, Float32s

MOST_SIMILAR, BETWEEN = 50, 9
"""How many hits there are unless somebody says."""


class Place(NamedTuple):
    """Where a picture is, among those that are searched."""

    collection: int
    number: int
    """Of its vector."""


@dataclass(frozen=True)
class QueryPicture:
    """A picture that a query names."""

    term: Term
    values: Sequence[Float16s]
    """(1, c) for each tap that is compared."""
    thumbnail: bytes
    """A JPEG."""
    place: Place | None
    """None for a picture of no collection that is searched."""


def answer(
    query: Query,
    pictures: Sequence[QueryPicture],
    collections: Sequence[Collection],
    limit: int | None,
) -> list[Hit]:
    """What a query finds; ``pictures`` are those of its terms, and of the end of its line.

    The pictures of a query are no hits of it, unless they are the ends of a line. Raises
    PipelineError as ``allowed_by``.
    """
    allowed = allowed_by(collections, query.tags)
    begin, end = pictures[: len(query.terms)], pictures[len(query.terms) :]
    if not begin:
        return with_tags(collections, allowed, limit or MOST_SIMILAR)
    starts = [_sum(begin, collection) for collection in collections]
    if end:
        ends = [_sum(end, collection) for collection in collections]
        return between(collections, starts, ends, allowed, limit or BETWEEN)
    _leave_out(begin, collections, allowed)
    return most_similar(collections, starts, allowed, limit or MOST_SIMILAR)


def _sum(pictures: Sequence[QueryPicture], collection: Collection) -> Float32s:
    """(c,) the vector of some pictures together, each with its sign."""
    whitening = collection.vectors.whitening
    parts = [picture.term.sign * whitening(picture.values)[0] for picture in pictures]
    return unit(np.sum(parts, axis=0, dtype=np.float32))


def _leave_out(
    pictures: Sequence[QueryPicture], collections: Sequence[Collection], allowed: Sequence[Bools]
) -> None:
    """Allow none of the ``pictures``, and of a video nothing of their scenes."""
    for place in (picture.place for picture in pictures if picture.place):
        collection, mask = collections[place.collection], allowed[place.collection]
        mask[place.number] = False
        if collection.is_video:
            mask[collection.group == collection.group[place.number]] = False
