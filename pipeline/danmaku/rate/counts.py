"""What a rate is learned from: seconds of videos, and how many comments each got."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.danmaku.alignment.aligned_file import Aligned
from pipeline.danmaku.rate.seconds import Seconds
from pipeline.runtime.arrays import Float64s, Int64s
from pipeline.runtime.clock import MILLISECONDS

_BLOCK_S = 24  # left out by cross-validation as a whole, because neighbours get similar counts


@dataclass(frozen=True)
class CountedSeconds:
    """Seconds whose comments were counted, of one video or several."""

    seconds: Seconds
    count: Float64s
    """(n,) comments."""
    weight: Float64s
    """(n,) how much each second counts, above 0 and at most 1."""
    level: Float64s
    """(n,) mean count of the second's video: some videos are watched more than others."""
    block: Int64s
    """(n,) the block of seconds that each belongs to, from 0."""

    @classmethod
    def from_video(cls, video: Aligned, seconds: Seconds) -> CountedSeconds:
        """The seconds that may be learned from: none of a video without comments."""
        count, weight = training_counts(video)
        kept = np.flatnonzero(weight * count.any())
        level = np.average(count[kept], weights=weight[kept]) if len(kept) else 0.0
        return cls(
            seconds.take(kept),
            count[kept].astype(np.float64),
            weight[kept],
            np.full(len(kept), level),
            np.unique(kept // _BLOCK_S, return_inverse=True)[1].astype(np.int64),
        )

    @classmethod
    def concatenate(cls, videos: Sequence[CountedSeconds]) -> CountedSeconds:
        """The seconds of several videos; blocks are numbered through."""
        firsts = np.cumsum([0, *(video.block.max(initial=-1) + 1 for video in videos)])
        return cls(
            Seconds.concatenate([video.seconds for video in videos]),
            np.concatenate([video.count for video in videos]),
            np.concatenate([video.weight for video in videos]),
            np.concatenate([video.level for video in videos]),
            np.concatenate([v.block + first for v, first in zip(videos, firsts, strict=False)]),
        )


def training_counts(video: Aligned) -> tuple[Int64s, Float64s]:
    """(seconds,) the comments in each second, and its weight from 0 to 1.

    A second with held-out comments has weight 0. Seconds without comments are never held out, so
    each is weighted by the share of the others that is left; otherwise silence would be
    overrepresented. If comments were held out by units finer than seconds (``by: frames``),
    hardly a second is complete. All comments then count: such a split can hide what was written,
    but not how much.
    """
    count = video.per_second()
    if video.dev.all():
        return count, np.zeros(len(count))
    commented = count > 0
    held_out = video.time_ms[video.dev] // MILLISECONDS
    complete = commented & ~np.isin(np.arange(len(count)), held_out)
    if _splits_seconds(video) or not complete.any():
        return count, np.ones(len(count))
    return count, np.where(commented, complete, complete.sum() / commented.sum())


def _splits_seconds(video: Aligned) -> bool:
    """Whether most seconds with held-out comments have training comments too."""
    seen = (video.time_ms - video.delay_ms).clip(0) // MILLISECONDS
    held_out = np.unique(seen[video.dev])
    return bool(2 * np.isin(held_out, seen[~video.dev]).sum() > len(held_out))
