"""Whether attention points at the character that a word names, where the truth is known."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from pipeline.captioning.attention_maps import Maps
from pipeline.danmaku.comments.comments_file import GeneratedComment
from pipeline.danmaku.evaluation.evaluation_file import Hits, Pointing
from pipeline.evaluation.intervals import mean_interval, ratio_interval
from pipeline.evaluation.peaks import peak_positions
from pipeline.show.truth import Truth


def measure_pointing(
    comments: Sequence[GeneratedComment],
    attention: Sequence[Maps],
    saliency: Sequence[Maps],
    truth: Truth,
) -> Pointing | None:
    """Compare the peaks of maps with the characters' boxes; None if nobody on screen is named.

    The maps of each comment are (words + 1, p).
    """
    starts = np.array([scene.start_frame for scene in truth.scenes])
    picture = truth.spec.width * truth.spec.height
    areas, scenes = [], []
    for comment in comments:
        boxes = truth.boxes(comment.frame)
        for x0, y0, x1, y1 in (boxes[word] for word in comment.words if word in boxes):
            areas.append((x1 - x0) * (y1 - y0) / picture)
            scenes.append(int(np.searchsorted(starts, comment.frame, side="right")))
    if not areas:
        return None
    return Pointing(
        names=len(areas),
        area=float(np.mean(areas)),
        attention=_hits(comments, attention, truth, areas, scenes),
        saliency=_hits(comments, saliency, truth, areas, scenes),
    )


def _hits(
    comments: Sequence[GeneratedComment],
    maps: Sequence[Maps],
    truth: Truth,
    areas: list[float],
    scenes: list[int],
) -> Hits:
    named, anybody = [], []
    for comment, weights in zip(comments, maps, strict=True):
        boxes = truth.boxes(comment.frame)
        size = (truth.spec.width, truth.spec.height)
        peaks = peak_positions(weights, math.isqrt(weights.shape[1])) * size
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
