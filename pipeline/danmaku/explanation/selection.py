"""Which of a video's comments are looked at more closely."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from itertools import cycle, islice

import numpy as np

from pipeline.danmaku.comments.comments_file import GeneratedComment
from pipeline.runtime.arrays import Int64s
from pipeline.runtime.clock import MILLISECONDS
from pipeline.runtime.errors import ExitCode, PipelineError


def choose(
    comments: Sequence[GeneratedComment],
    words: Sequence[str],
    at: Sequence[float],
    most: int,
    duration: float,
) -> Int64s:
    """Places (n,) of at most ``most`` comments, in order of time.

    Only those with any of ``words``, where there are any; the nearest to the seconds ``at``,
    each of these in turn, or else spread evenly over ``duration`` seconds.
    Raises PipelineError: INVALID_SETTING for more seconds than comments wanted,
    NO_USABLE_COMMENTS where none is left.
    """
    if len(at) > most:
        raise PipelineError(
            ExitCode.INVALID_SETTING,
            f"`attention: at:` names {len(at)} moments, and `most:` allows {most} comments",
            "Name fewer, or raise `most:`",
        )
    wanted = [_folded(word) for word in words]
    places = [place for place, comment in enumerate(comments) if _has_any(comment, wanted)]
    if not places:
        raise _nothing_left(len(comments), words)
    time_ms = np.array([comments[place].time_ms for place in places], np.int64)
    count = min(most, len(places))
    seconds = at or [duration * (step + 0.5) / count for step in range(count)]
    nearest = _nearest(time_ms, [second * MILLISECONDS for second in seconds], count)
    return np.array(places, np.int64)[nearest]


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _has_any(comment: GeneratedComment, wanted: Sequence[str]) -> bool:
    # A word of several is found in the text even where the splitter would cut it.
    texts = [_folded(comment.text), *map(_folded, comment.words)]
    return not wanted or any(word in text for word in wanted for text in texts)


def _nearest(time_ms: Int64s, moments_ms: Sequence[float], count: int) -> Int64s:
    """Places (count,) in order of time; each moment in turn takes the nearest that is free."""
    distance = np.abs(time_ms[None] - np.array(moments_ms, np.float64)[:, None])
    taken = []
    for moment in islice(cycle(range(len(moments_ms))), count):
        place = int(distance[moment].argmin())
        distance[:, place] = np.inf
        taken.append(place)
    return np.array(sorted(taken, key=lambda place: (time_ms[place], place)), np.int64)


def _nothing_left(count: int, words: Sequence[str]) -> PipelineError:
    if not count:
        return PipelineError(
            ExitCode.NO_USABLE_COMMENTS,
            "the model wrote no comments on this video",
            "Raise `generate: rate:`",
        )
    return PipelineError(
        ExitCode.NO_USABLE_COMMENTS,
        f"none of the {count:,} generated comments has {' or '.join(words)}",
        "Ask for other words in `attention: words:`, or for none; generated.jsonl lists them",
    )
