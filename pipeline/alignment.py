"""Comments to frames, and the split into training and held-out comments."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from pipeline.artifacts.aligned import Aligned
from pipeline.artifacts.comments import WordedComment
from pipeline.artifacts.frames import Frames
from pipeline.errors import ExitCode, PipelineError
from pipeline.timebase import MILLISECONDS, Int64s


def align(
    comments: Sequence[WordedComment],
    frames: Frames,
    *,
    drop_past_end: bool,
    by_second: bool,
    dev_share: float,
    seed: int,
) -> Aligned:
    """Put every comment that has words on the frame which is on screen at its time.

    Earlier times go to the first frame. Raises PipelineError NO_USABLE_COMMENTS if
    nothing is left.
    """
    times = np.array([comment.time_ms for comment in comments], np.int64)
    past_end = frames.times.past_end(times)
    usable = np.array([bool(comment.words) for comment in comments], bool)
    if drop_past_end:
        usable &= ~past_end
    line = np.flatnonzero(usable)
    if not len(line):
        raise PipelineError(
            ExitCode.NO_USABLE_COMMENTS,
            f"none of {len(comments)} comments has words and a time within the video",
            "Check that the comment file belongs to this video, or set `align: past_end: last`",
        )
    kept = [comments[index] for index in line.tolist()]
    frame = frames.times.frames_at(times[line])
    units = times[line].clip(0) // MILLISECONDS if by_second else frame
    return Aligned(
        line=line,
        time_ms=times[line],
        frame=frame,
        picture=frames.row[frame],
        dev=_held_out(units, dev_share, seed),
        words=[comment.words for comment in kept],
        commands=[comment.commands for comment in kept],
        frames=len(frames.row),
        duration_ms=int(frames.times.duration * MILLISECONDS),
        past_end=int(past_end.sum()),
        before_start=int((times < 0).sum()),
    )


def _held_out(units: Int64s, share: float, seed: int) -> npt.NDArray[np.bool_]:
    """Mark ``share`` of the distinct units, at least one and never all of several."""
    distinct = np.unique(units)
    count = min(max(1, round(share * len(distinct))), max(1, len(distinct) - 1))
    chosen = np.random.default_rng([seed, len(distinct)]).permutation(distinct)[:count]
    return np.isin(units, chosen)
