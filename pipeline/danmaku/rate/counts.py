"""What a rate learns from: the seconds of videos, and how many comments each got."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.danmaku.alignment.aligned_file import Aligned
from pipeline.danmaku.rate.seconds import Seconds
from pipeline.runtime.arrays import Float64s, Int64s
from pipeline.runtime.clock import MILLISECONDS

BLOCK_S = 24  # cross-validation leaves out as a whole: neighbours are commented alike


@dataclass(frozen=True)
class Counted:
    """Seconds whose comments were counted, of one video or of several."""

    seconds: Seconds
    count: Float64s
    """(n,) comments."""
    weight: Float64s
    """(n,) how much each second counts, above 0, at most 1."""
    level: Float64s
    """(n,) mean count of its video, which is its own: one is watched more than another."""
    block: Int64s
    """(n,) which block of seconds it belongs to, from 0."""

    @classmethod
    def of(cls, video: Aligned, seconds: Seconds) -> Counted:
        """The seconds of a video that may be learned from, none where nobody comments."""
        count, weight = training_counts(video)
        kept = np.flatnonzero(weight * count.any())
        level = np.average(count[kept], weights=weight[kept]) if len(kept) else 0.0
        return cls(
            seconds.take(kept),
            count[kept].astype(np.float64),
            weight[kept],
            np.full(len(kept), level),
            np.unique(kept // BLOCK_S, return_inverse=True)[1].astype(np.int64),
        )

    @classmethod
    def joined(cls, videos: Sequence[Counted]) -> Counted:
        """Those of several videos."""
        firsts = np.cumsum([0, *(video.block.max(initial=-1) + 1 for video in videos)])
        return cls(
            Seconds.joined([video.seconds for video in videos]),
            np.concatenate([video.count for video in videos]),
            np.concatenate([video.weight for video in videos]),
            np.concatenate([video.level for video in videos]),
            np.concatenate([v.block + first for v, first in zip(videos, firsts, strict=False)]),
        )


def training_counts(video: Aligned) -> tuple[Int64s, Float64s]:
    """(seconds,) comments in each second, and how much it counts, 0–1.

    A second with held-out comments counts for nothing. One without any comment is never held
    out, so it counts for the share of the others that is left. A split finer than seconds
    (``split: frames``) leaves hardly a second complete; then all comments of all are used, as
    it keeps back what is said and cannot keep back how much.
    """
    count = video.per_second()
    if video.dev.all():
        return count, np.zeros(len(count))
    said = count > 0
    held_out = video.time_ms[video.dev] // MILLISECONDS
    complete = said & ~np.isin(np.arange(len(count)), held_out)
    if _splits_seconds(video) or not complete.any():
        return count, np.ones(len(count))
    return count, np.where(said, complete, complete.sum() / said.sum())


def _splits_seconds(video: Aligned) -> bool:
    """Whether most seconds of which comments are held out have training comments too."""
    seen = (video.time_ms - video.delay_ms).clip(0) // MILLISECONDS
    held_out = np.unique(seen[video.dev])
    return bool(2 * np.isin(held_out, seen[~video.dev]).sum() > len(held_out))
