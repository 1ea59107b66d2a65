"""Whether attention points at the character that a word names, where it is known who is where."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from pipeline.captioning.attention_maps import Maps
from pipeline.danmaku.comments.comments_file import GeneratedComment
from pipeline.danmaku.evaluation.evaluation_file import Hits, Pointing
from pipeline.evaluation.intervals import mean_interval, ratio_interval
from pipeline.evaluation.peaks import peak_positions
from pipeline.runtime.arrays import Int64s
from pipeline.show.truth import Truth

Box = tuple[float, float, float, float]
"""Left, top, right and bottom in pixels."""


@dataclass(frozen=True)
class Whereabouts:
    """Who is where in a video."""

    width: int
    height: int
    """Of the pictures that boxes are measured in."""
    cuts: Int64s
    """The frames that begin a scene, but the first."""
    boxes: Callable[[int], Mapping[str, Box]]
    """From a frame to the boxes on it, by name."""

    @classmethod
    def of_truth(cls, truth: Truth) -> Self:
        """Whole characters of the show."""
        cuts = np.array([scene.start_frame for scene in truth.scenes[1:]], np.int64)
        return cls(truth.spec.width, truth.spec.height, cuts, truth.boxes)


def measure_pointing(
    comments: Sequence[GeneratedComment],
    attention: Sequence[Maps],
    saliency: Sequence[Maps],
    who: Whereabouts,
) -> Pointing | None:
    """Compare the peaks of maps with boxes; None if nobody on screen is named.

    The maps of each comment are (words + 1, p).
    """
    picture = who.width * who.height
    areas, scenes = [], []
    for comment in comments:
        boxes = who.boxes(comment.frame)
        for x0, y0, x1, y1 in (boxes[word] for word in comment.words if word in boxes):
            areas.append((x1 - x0) * (y1 - y0) / picture)
            scenes.append(int(np.searchsorted(who.cuts, comment.frame, side="right")))
    if not areas:
        return None
    return Pointing(
        names=len(areas),
        area=float(np.mean(areas)),
        attention=_hits(comments, attention, who, areas, scenes),
        saliency=_hits(comments, saliency, who, areas, scenes),
    )


def _hits(
    comments: Sequence[GeneratedComment],
    maps: Sequence[Maps],
    who: Whereabouts,
    areas: list[float],
    scenes: list[int],
) -> Hits:
    named, anybody = [], []
    for comment, weights in zip(comments, maps, strict=True):
        boxes = who.boxes(comment.frame)
        peaks = peak_positions(weights, math.isqrt(weights.shape[1])) * (who.width, who.height)
        for word, (x, y) in zip(comment.words, peaks.tolist(), strict=False):
            if word in boxes:
                inside = {n: a <= x < c and b <= y < d for n, (a, b, c, d) in boxes.items()}
                named.append(inside[word])
                anybody.append(any(inside.values()))
    return Hits(
        named=mean_interval(named, scenes),
        anybody=float(np.mean(anybody)),
        gain=ratio_interval(named, areas, scenes),
    )
