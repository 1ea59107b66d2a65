"""The times at which the last picture of a video is shown once more, while its sound goes on."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from fractions import Fraction

from pipeline.media.probe import VideoInfo


def held_times(
    video: VideoInfo,
    last: Fraction,
    since: Fraction = Fraction(0),
    until: Fraction | None = None,
) -> Iterator[Fraction]:
    """Yield seconds behind ``last``, when the last picture begins, up to the end of the sound.

    Those from ``since`` on and before ``until``, in whole units of the video's times; none where
    no sound goes on.
    """
    end = video.duration if until is None else min(until, video.duration)
    if video.duration == video.pictures_end or end <= video.pictures_end:
        return
    first = max(1, math.ceil((since - last) * video.held_rate))
    earlier = last
    for tick in itertools.count(first):
        # The result counts in whole units, so the exact time is rounded down to one.
        exact = last + tick / video.held_rate
        time = exact // video.time_unit * video.time_unit
        if time >= end:
            return
        if time > earlier and time >= since:
            yield time
        earlier = time
