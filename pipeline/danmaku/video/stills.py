"""Moments of an annotated video: which ones to show, and their pictures."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from fractions import Fraction

import numpy as np

from pipeline.danmaku.drawing.layout import Layout
from pipeline.danmaku.drawing.quality import count_on_screen
from pipeline.danmaku.video.annotated_video import AnnotatedVideo
from pipeline.media.pixels import Picture
from pipeline.media.video_file import VideoFile
from pipeline.runtime.errors import ExitCode, PipelineError

_STEP = Fraction(1, 4)  # seconds between the moments that are considered


def moments_at(seconds: Sequence[Fraction], video: VideoFile) -> list[Fraction]:
    """The moments ``seconds``, in order; raises PipelineError INVALID_SETTING past the end."""
    last = _last_moment(video)
    if late := [second for second in seconds if second > video.duration]:
        raise PipelineError(
            ExitCode.INVALID_SETTING,
            f"`stills: at:` names second {float(late[0]):g}, and {video.path.name} has"
            f" {float(video.duration):.1f}",
            "Name moments within the video",
        )
    return sorted(min(second, last) for second in seconds)


def crowded_moments(layout: Layout, video: VideoFile, max_count: int) -> list[Fraction]:
    """Up to ``max_count`` moments at which many comments are on screen, well apart, in order."""
    steps = int(_last_moment(video) / _STEP) + 1
    times = np.arange(steps, dtype=np.float64) * float(_STEP)
    counts = count_on_screen(layout.placed, times)
    min_gap = float(video.duration) / (2 * max_count)
    chosen: list[int] = []
    while len(chosen) < max_count and counts.max() >= 0:
        best = int(counts.argmax())
        chosen.append(best)
        counts[np.abs(times - times[best]) < min_gap] = -1
    return [step * _STEP for step in sorted(chosen)]


def best_moments(best: Sequence[Fraction], video: VideoFile, max_count: int) -> list[Fraction]:
    """Up to ``max_count`` of the moments ``best``, the best first, well apart; in order of time."""
    min_gap = video.duration / (2 * max_count)
    chosen: list[Fraction] = []
    for moment in best:
        if len(chosen) < max_count and all(abs(moment - other) >= min_gap for other in chosen):
            chosen.append(moment)
    return sorted(chosen)


def annotated_picture(
    annotated: AnnotatedVideo, moment: Fraction, width: int
) -> tuple[Fraction, Picture]:
    """The first picture from second ``moment`` on, with its time in seconds.

    Near the end it may be one of those just before. It is as players display it, ``width``
    pixels across.
    """
    video = annotated.video
    with closing(annotated.pictures(min(moment, _last_moment(video)))) as pictures:
        pts, planes = next(pictures)
        return pts * annotated.unit, video.displayed(planes, annotated.color, width)


def _last_moment(video: VideoFile) -> Fraction:
    """A moment at which there is still a picture to come."""
    return max(Fraction(0), video.duration - 2 / video.held_rate)
