"""Put comments on the frames that they are about."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.danmaku.alignment.aligned_file import Aligned
from pipeline.danmaku.alignment.held_out import held_out_comments
from pipeline.danmaku.alignment.settings import HeldOutSettings
from pipeline.danmaku.comments.comments_file import TokenizedComment
from pipeline.pictures.frames_file import Frames
from pipeline.runtime.arrays import Bools, Int64s
from pipeline.runtime.clock import MILLISECONDS
from pipeline.runtime.errors import ExitCode, PipelineError


def align(
    comments: Sequence[TokenizedComment],
    frames: Frames,
    held_out: HeldOutSettings,
    *,
    drop_before_start: bool,
    drop_past_end: bool,
    delay_ms: int,
    seed: int,
) -> Aligned:
    """Put every comment that has words on the frame shown ``delay_ms`` before its time.

    Comments outside the video that are not dropped go to its first or last frame. ``seed``
    decides which comments are held out. Raises PipelineError NOTHING_USABLE if none is left.
    """
    times = np.array([comment.time_ms for comment in comments], np.int64)
    before_start, past_end = times < 0, frames.times.past_end(times)
    usable = np.array([bool(comment.words) for comment in comments], bool)
    if drop_before_start:
        usable &= ~before_start
    if drop_past_end:
        usable &= ~past_end
    line = _lines(usable)
    kept = [comments[index] for index in line.tolist()]
    seen_ms = times[line] - delay_ms
    frame = frames.times.frames_at(seen_ms)
    duration_ms = int(frames.times.duration * MILLISECONDS)
    return Aligned(
        line=line,
        time_ms=times[line],
        frame=frame,
        picture=frames.row[frame],
        dev=held_out_comments(seen_ms.clip(0), frame, duration_ms, held_out, seed),
        words=[comment.words for comment in kept],
        commands=[comment.commands for comment in kept],
        frames=len(frames.row),
        duration_ms=duration_ms,
        past_end=int(past_end.sum()),
        before_start=int(before_start.sum()),
        delay_ms=delay_ms,
        held_out_videos_share=held_out.share if held_out.by == "videos" else 0.0,
        seed=seed,
    )


def _lines(usable: Bools) -> Int64s:
    """The lines of the usable comments."""
    line = np.flatnonzero(usable)
    if not len(line):
        raise PipelineError(
            ExitCode.NOTHING_USABLE,
            f"none of {len(usable)} comments has words and a time within the video",
            "Check that the comment file belongs to this video, or set `align: past_end: last` and"
            " `before_start: first`",
        )
    return line
