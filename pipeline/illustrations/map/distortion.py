"""What a map distorts: how much of the neighbourhoods in the full space it keeps.

n  points
k  nearest points that count as near
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from pipeline.evaluation.intervals import Interval, mean_interval, ratio_interval
from pipeline.illustrations.map.map_file import Agreement
from pipeline.runtime.arrays import Bools, Float64s, Int64s

NEAR = 10
"""Neighbours that count as near."""
_MOST_TAGS = 200
"""Tags by which points are compared: the most frequent."""


def kept(full: Int64s, on_map: Int64s, units: Int64s) -> Interval:
    """The share of nearest points ``full`` (n, k) that are among those ``on_map`` (n, k).

    ``units`` (n,) are what is resampled: points of one picture or scene go together.
    """
    shared = (full[:, :, None] == on_map[:, None, :]).any(2)
    return mean_interval(shared.mean(1), units)


def agreements(
    full: Int64s,
    on_map: Int64s,
    units: Int64s,
    classes: Mapping[str, Sequence[str | None]],
    tags: Sequence[Sequence[str]],
) -> list[Agreement]:
    """How well the nearest points tell classes and tags, by each of the two neighbourhoods."""
    found = [
        _of_classes(name, values, full, on_map, units) for name, values in sorted(classes.items())
    ]
    if any(tags):
        found.append(_of_tags(tags, full, on_map, units))
    return found


def _of_classes(
    name: str, values: Sequence[str | None], full: Int64s, on_map: Int64s, units: Int64s
) -> Agreement:
    counts = Counter(value for value in values if value is not None)
    numbers = {value: number for number, (value, _) in enumerate(counts.most_common())}
    truth = np.array([-1 if value is None else numbers[value] for value in values])
    known = truth >= 0

    def accuracy(neighbours: Int64s) -> Interval:
        votes = np.zeros((len(truth), len(numbers)), np.int64)
        for near in neighbours.T:
            voting = np.flatnonzero(known[near])
            votes[voting, truth[near[voting]]] += 1
        return mean_interval((votes.argmax(1) == truth)[known], units[known])

    labelled = int(known.sum())
    blind = max(counts.values()) / labelled
    return Agreement(name, "accuracy", accuracy(full), accuracy(on_map), blind, labelled)


def _of_tags(
    tags: Sequence[Sequence[str]], full: Int64s, on_map: Int64s, units: Int64s
) -> Agreement:
    counts = Counter(tag for held in tags for tag in held)
    places = {tag: place for place, (tag, _) in enumerate(counts.most_common(_MOST_TAGS))}
    truth = np.zeros((len(tags), len(places)), np.bool_)
    for point, held in enumerate(tags):
        truth[point, [places[tag] for tag in held if tag in places]] = True

    def f1(neighbours: Int64s) -> Interval:
        votes = np.zeros(truth.shape, np.int64)
        for near in neighbours.T:
            votes += truth[near]
        return _micro_f1(truth, 2 * votes >= neighbours.shape[1], units)

    frequent = np.broadcast_to(2 * truth.mean(0) >= 1, truth.shape)
    return Agreement(
        "tags",
        "f1",
        f1(full),
        f1(on_map),
        _micro_f1(truth, frequent, units).mean,
        int(truth.any(1).sum()),
    )


def _micro_f1(truth: Bools, predicted: Bools, units: Int64s) -> Interval:
    """2 TP / (2 TP + FP + FN) over all points and tags."""
    right = 2 * (truth & predicted).sum(1)
    return ratio_interval(right, truth.sum(1) + predicted.sum(1), units)


def moved(one: Float64s, other: Float64s) -> float:
    """How far points ``one`` (n, 2) lie from where ``other`` has them; see ``Distortion.moved``."""
    from scipy.spatial import procrustes

    _, _, disparity = procrustes(one, other)  # the sum of squares, both scaled to a sum of 1
    return float(np.sqrt(disparity))
