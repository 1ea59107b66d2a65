"""Moments of a video that are shown: which, and their pictures."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from fractions import Fraction

import numpy as np

from pipeline.danmaku.drawing.colors import space_of
from pipeline.danmaku.drawing.layout import Layout
from pipeline.danmaku.drawing.showing import shown
from pipeline.danmaku.video.annotated_pictures import Scene
from pipeline.media.pixels import Picture, Yuv420
from pipeline.media.probe import VideoInfo
from pipeline.runtime.errors import ExitCode, PipelineError

_STEP = Fraction(1, 4)  # seconds between the moments that are considered


def chosen(seconds: Sequence[Fraction], video: VideoInfo) -> list[Fraction]:
    """The moments asked for, in order; raises PipelineError INVALID_SETTING past the end."""
    last = _last(video)
    if late := [second for second in seconds if second > video.duration]:
        raise PipelineError(
            ExitCode.INVALID_SETTING,
            f"`stills: at:` names second {float(late[0]):g}, and {video.path.name} has"
            f" {float(video.duration):.1f}",
            "Name moments within the video",
        )
    return sorted(min(second, last) for second in seconds)


def crowded(layout: Layout, video: VideoInfo, most: int) -> list[Fraction]:
    """Up to ``most`` moments at which many comments are on screen, well apart, in order."""
    steps = int(_last(video) / _STEP) + 1
    times = np.arange(steps) * float(_STEP)
    starts = np.sort([placed.motion.start for placed in layout.placed])
    ends = np.sort([placed.motion.end for placed in layout.placed])
    counts = np.searchsorted(starts, times, "right") - np.searchsorted(ends, times, "right")
    apart = float(video.duration) / (2 * most)
    found: list[int] = []
    while len(found) < most and counts.max() >= 0:
        best = int(counts.argmax())
        found.append(best)
        counts[np.abs(times - times[best]) < apart] = -1
    return [step * _STEP for step in sorted(found)]


def picture_at(scene: Scene, moment: Fraction, width: int) -> tuple[Fraction, Picture]:
    """The time of the first picture from second ``moment`` on, and the picture ``as_shown``.

    Near the end it may be one of those just before.
    """
    with closing(scene.pictures(min(moment, _last(scene.video)))) as coming:
        pts, planes = next(coming)
        return pts * scene.unit, as_shown(scene, planes, width)


def as_shown(scene: Scene, planes: Yuv420, width: int) -> Picture:
    """Planes of ``scene`` as RGB (height, width, 3), in the shape in which players show them."""
    video = scene.video
    height = round(width * video.height / (video.width * video.sample_aspect))
    return shown(planes, space_of(scene.color), (width, height))


def _last(video: VideoInfo) -> Fraction:
    """A moment at which there is still a picture to come."""
    return max(Fraction(0), video.duration - 2 / video.held_rate)
