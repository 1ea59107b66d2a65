"""Aligned comments made by hand."""

from collections.abc import Sequence

import numpy as np

from pipeline.danmaku.alignment.aligned_file import Aligned


def aligned(
    time_ms: Sequence[int],
    *,
    words: Sequence[list[str]] | None = None,
    commands: Sequence[list[str]] | None = None,
    frame: Sequence[int] | None = None,
    picture: Sequence[int] | None = None,
    dev: Sequence[bool] | None = None,
    frames: int = 10,
    duration_ms: int = 1000,
    delay_ms: int = 0,
) -> Aligned:
    count = len(time_ms)
    return Aligned(
        line=np.arange(count),
        time_ms=np.array(time_ms, np.int64),
        frame=np.array(frame or [0] * count, np.int64),
        picture=np.array(picture or frame or [0] * count, np.int64),
        dev=np.array(dev or [False] * count, bool),
        words=list(words or [["草"]] * count),
        commands=list(commands or [[]] * count),
        frames=frames,
        duration_ms=duration_ms,
        past_end=0,
        before_start=0,
        delay_ms=delay_ms,
        held_out_videos_share=0.0,
        seed=0,
    )
