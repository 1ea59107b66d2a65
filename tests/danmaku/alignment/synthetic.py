"""Comments on a synthetic video of twenty seconds."""

from fractions import Fraction
from typing import Any

import msgspec
import numpy as np

from pipeline.danmaku.alignment.align import align
from pipeline.danmaku.alignment.aligned_file import Aligned
from pipeline.danmaku.alignment.settings import HeldOutSettings
from pipeline.danmaku.comments.comments_file import TokenizedComment
from pipeline.media.frame_times import FrameTimes
from pipeline.pictures.frames_file import Frames

FRAMES = Frames(
    times=FrameTimes(np.arange(0, 500, dtype=np.int64), Fraction(1, 25), 500),
    row=np.arange(500, dtype=np.int64) // 2,
    fingerprint="ab",
    cuts=np.empty(0, np.int64),
)
"""Twenty seconds of 25 frames, two of which share a picture."""


def comment(time_ms: int, words: list[str] | None = None) -> TokenizedComment:
    words = ["草"] if words is None else words
    return TokenizedComment(
        time_ms=time_ms, text="草", words=words, parts=["名詞"] * len(words), commands=["ue"]
    )


MANY = [comment(int(t)) for t in np.random.default_rng(0).integers(0, 20_000, 400)]


HELD_OUT = HeldOutSettings("seconds", share=0.25, block_seconds=4)


def aligned(
    comments: list[TokenizedComment],
    drop_past_end: bool = False,
    drop_before_start: bool = False,
    delay_ms: int = 0,
    seed: int = 1,
    **held_out: Any,
) -> Aligned:
    return align(
        comments,
        FRAMES,
        msgspec.structs.replace(HELD_OUT, **held_out),
        drop_past_end=drop_past_end,
        drop_before_start=drop_before_start,
        delay_ms=delay_ms,
        seed=seed,
    )
