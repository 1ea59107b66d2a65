"""Comments to frames, and the split into training and held-out comments."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from pipeline.danmaku.alignment.aligned_file import Aligned
from pipeline.danmaku.comments.comments_file import WordedComment
from pipeline.pictures.frames_file import Frames
from pipeline.runtime.arrays import Bools, Int64s
from pipeline.runtime.clock import MILLISECONDS
from pipeline.runtime.errors import ExitCode, PipelineError


@dataclass(frozen=True)
class Split:
    """What is held out of training, as wholes."""

    by: Literal["frames", "seconds", "blocks", "halves", "videos"]
    """Random frames, seconds or blocks of many; the second half; or, of several videos, some."""
    share: float
    """Of frames, seconds, blocks or videos."""
    block_s: float
    """Seconds of a block."""
    seed: int


def align(
    comments: Sequence[WordedComment],
    frames: Frames,
    split: Split,
    *,
    drop_before_start: bool,
    drop_past_end: bool,
    delay_ms: int,
) -> Aligned:
    """Put every comment that has words on the frame ``delay_ms`` before its time.

    Of comments outside of the video, those that are not dropped go to its first or its last
    frame. Raises PipelineError NO_USABLE_COMMENTS if nothing is left.
    """
    times = np.array([comment.time_ms for comment in comments], np.int64)
    past_end = frames.times.past_end(times)
    usable = np.array([bool(comment.words) for comment in comments], bool)
    if drop_before_start:
        usable &= times >= 0
    if drop_past_end:
        usable &= ~past_end
    line = np.flatnonzero(usable)
    if not len(line):
        raise PipelineError(
            ExitCode.NO_USABLE_COMMENTS,
            f"none of {len(comments)} comments has words and a time within the video",
            "Check that the comment file belongs to this video, or set `align: past_end: last` and"
            " `before_start: first`",
        )
    kept = [comments[index] for index in line.tolist()]
    seen = times[line] - delay_ms
    frame = frames.times.frames_at(seen)
    duration_ms = int(frames.times.duration * MILLISECONDS)
    return Aligned(
        line=line,
        time_ms=times[line],
        frame=frame,
        picture=frames.row[frame],
        dev=_held_out(seen.clip(0), frame, duration_ms, split),
        words=[comment.words for comment in kept],
        commands=[comment.commands for comment in kept],
        frames=len(frames.row),
        duration_ms=duration_ms,
        past_end=int(past_end.sum()),
        before_start=int((times < 0).sum()),
        delay_ms=delay_ms,
        whole_videos_share=split.share if split.by == "videos" else 0.0,
        seed=split.seed,
    )


def hold_out_videos(videos: Mapping[str, Aligned]) -> list[Aligned]:
    """The videos by name, some held out whole if they were aligned for that.

    Raises PipelineError USAGE for fewer than two videos.
    """
    share = max(video.whole_videos_share for video in videos.values())
    if not share:
        return list(videos.values())
    if len(videos) < 2:
        raise PipelineError(
            ExitCode.USAGE,
            "`align: split: videos` holds whole videos out, and there is only one to learn from",
            "List several under `videos: train:`, or choose another split",
        )
    names = np.arange(len(videos))
    seed = next(iter(videos.values())).seed
    return [
        dataclasses.replace(video, dev=np.full(len(video.line), bool(held_out)))
        for video, held_out in zip(videos.values(), _choose(names, share, seed), strict=True)
    ]


def _held_out(seen_ms: Int64s, frame: Int64s, duration_ms: int, split: Split) -> Bools:
    """(n,) which comments are held out, by what they are about."""
    match split.by:
        case "frames":
            return _choose(frame, split.share, split.seed)
        case "seconds":
            return _choose(seen_ms // MILLISECONDS, split.share, split.seed)
        case "blocks":
            block_ms = round(split.block_s * MILLISECONDS)
            return _choose(seen_ms // block_ms, split.share, split.seed)
        case "halves":
            return np.asarray(2 * seen_ms >= duration_ms)
        case "videos":
            return np.zeros(len(frame), bool)


def _choose(units: Int64s, share: float, seed: int) -> Bools:
    """Mark ``share`` of the distinct units, at least one and never all of several."""
    distinct = np.unique(units)
    count = min(max(1, round(share * len(distinct))), max(1, len(distinct) - 1))
    chosen = np.random.default_rng([seed, len(distinct)]).permutation(distinct)[:count]
    return np.isin(units, chosen)
