"""Which comments are held out of training, to measure a model on."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np

from pipeline.danmaku.alignment.aligned_file import Aligned
from pipeline.danmaku.alignment.settings import HeldOutSettings
from pipeline.runtime.arrays import Bools, Int64s
from pipeline.runtime.clock import MILLISECONDS
from pipeline.runtime.errors import ExitCode, PipelineError


def held_out_comments(
    seen_ms: Int64s, frame: Int64s, duration_ms: int, settings: HeldOutSettings, seed: int
) -> Bools:
    """(n,) which comments are held out, by the moment and the frame (n,) that they are about.

    None where whole videos are held out: that is decided by ``hold_out_videos``, once all
    training videos are known.
    """
    match settings.by:
        case "frames":
            return _chosen(frame, settings.share, seed)
        case "seconds":
            return _chosen(seen_ms // MILLISECONDS, settings.share, seed)
        case "blocks":
            block_ms = round(settings.block_seconds * MILLISECONDS)
            return _chosen(seen_ms // block_ms, settings.share, seed)
        case "halves":
            return np.asarray(2 * seen_ms >= duration_ms)
        case "videos":
            return np.zeros(len(frame), bool)


def hold_out_videos(videos: Mapping[str, Aligned]) -> list[Aligned]:
    """The videos by name, with some held out as a whole if they were aligned that way.

    Raises PipelineError USAGE if that leaves none to learn from.
    """
    share = max(video.held_out_videos_share for video in videos.values())
    if not share:
        return list(videos.values())
    if len(videos) < 2:
        raise PipelineError(
            ExitCode.USAGE,
            "`align: held_out: by: videos` holds out whole videos, and there is only one to learn"
            " from",
            "List several under `videos: train:`, or choose another unit",
        )
    names = np.arange(len(videos))
    seed = next(iter(videos.values())).seed
    return [
        dataclasses.replace(video, dev=np.full(len(video.line), bool(held_out)))
        for video, held_out in zip(videos.values(), _chosen(names, share, seed), strict=True)
    ]


def _chosen(units: Int64s, share: float, seed: int) -> Bools:
    """Mark (n,) a ``share`` of the distinct units: at least one, and never all of several."""
    distinct = np.unique(units)
    count = min(max(1, round(share * len(distinct))), max(1, len(distinct) - 1))
    chosen = np.random.default_rng([seed, len(distinct)]).permutation(distinct)[:count]
    return np.isin(units, chosen)
