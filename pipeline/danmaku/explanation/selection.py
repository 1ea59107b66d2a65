"""The comments of a video that the attention stage shows."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle, islice

import numpy as np

from pipeline.danmaku.comments.comments_file import GeneratedComment
from pipeline.runtime.arrays import Int64s
from pipeline.runtime.clock import MILLISECONDS
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.text.normalize import folded


def choose(
    comments: Sequence[GeneratedComment],
    words: Sequence[str],
    at: Sequence[float],
    max_count: int,
    duration: float,
) -> Int64s:
    """Indices (n,) of at most ``max_count`` comments, in order of time.

    Where there are ``words``, only comments with any of them count. Each of the seconds ``at``
    in turn takes the nearest comment that is left; without them, comments are spread evenly over
    ``duration`` seconds. Raises PipelineError: INVALID_SETTING for more seconds than
    ``max_count``, NOTHING_USABLE where no comment is left.
    """
    if len(at) > max_count:
        raise PipelineError(
            ExitCode.INVALID_SETTING,
            f"`attention: at:` names {len(at)} moments, and `max_comments:` is {max_count}",
            "Name fewer, or raise `max_comments:`",
        )
    wanted = [folded(word) for word in words]
    indices = [index for index, comment in enumerate(comments) if _has_any(comment, wanted)]
    if not indices:
        raise _nothing_left(len(comments), words)
    time_ms = np.array([comments[index].time_ms for index in indices], np.int64)
    count = min(max_count, len(indices))
    seconds = at or [duration * (step + 0.5) / count for step in range(count)]
    nearest = _nearest(time_ms, [second * MILLISECONDS for second in seconds], count)
    return np.array(indices, np.int64)[nearest]


def _has_any(comment: GeneratedComment, wanted: Sequence[str]) -> bool:
    # A wanted word may be several to the splitter: it is looked for in the whole text as well.
    texts = [folded(comment.text), *map(folded, comment.words)]
    return not wanted or any(word in text for word in wanted for text in texts)


def _nearest(time_ms: Int64s, moments_ms: Sequence[float], count: int) -> Int64s:
    """Indices (count,) in order of time; each moment in turn takes the nearest that is free."""
    distance = np.abs(time_ms[None] - np.array(moments_ms, np.float64)[:, None])
    taken = []
    for moment in islice(cycle(range(len(moments_ms))), count):
        index = int(distance[moment].argmin())
        distance[:, index] = np.inf
        taken.append(index)
    return np.array(sorted(taken, key=lambda index: (time_ms[index], index)), np.int64)


def _nothing_left(count: int, words: Sequence[str]) -> PipelineError:
    if not count:
        return PipelineError(
            ExitCode.NOTHING_USABLE,
            "the model wrote no comments on this video",
            "Raise `generate: rate:`",
        )
    return PipelineError(
        ExitCode.NOTHING_USABLE,
        f"none of the {count:,} generated comments has {' or '.join(words)}",
        "Ask for other words in `attention: words:`, or for none; generated.jsonl lists them",
    )
