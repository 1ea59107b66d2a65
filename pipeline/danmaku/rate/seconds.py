"""Features of each second of a video, all known before anybody comments on it.

Shapes: n seconds, m moments of a second, c channels. All times in milliseconds.

Each feature is the mean over ``_MOMENTS_MS`` of the second, because bursts of comments are shorter
than a second. What was on screen is looked up a reaction delay earlier, when it was seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from pipeline.pictures.frames_file import Frames
from pipeline.runtime.arrays import Float16s, Float32s, Float64s, Int64s
from pipeline.runtime.clock import MILLISECONDS

_MOMENTS_MS = (125, 375, 625, 875)
_SINCE_CUT_MS = (500, 1000, 2000, 4000)
_UNTIL_CUT_MS = 500  # some viewers react faster than the median delay
_EARLIER_MS = (1000, 2000)
_EDGE_MS = (3000, 10_000)
_BATCH = 1024  # pairs of pictures compared at once

SCENE = (
    *(f"exp(-since cut / {fade} ms)" for fade in _SINCE_CUT_MS),
    f"exp(-until cut / {_UNTIL_CUT_MS} ms)",
    *(f"sqrt(change in {earlier} ms of the scene)" for earlier in _EARLIER_MS),
)
"""Features of the course of a scene."""
EPISODE = (
    *(f"exp(-since start / {fade} ms)" for fade in _EDGE_MS),
    *(f"exp(-until end / {fade} ms)" for fade in _EDGE_MS),
    "share of the episode",
)
"""Features of the position in the episode."""


class Seconds(NamedTuple):
    """Features of seconds of one video or several; all but the pictures lie in 0–1."""

    picture: Float32s
    """(n, c) the mean position of what was on screen."""
    scene: Float64s
    """(n, 7), as listed in ``SCENE``."""
    episode: Float64s
    """(n, 5), as listed in ``EPISODE``."""

    @classmethod
    def from_frames(cls, frames: Frames, means: Float16s, delay_ms: int) -> Seconds:
        """The seconds of a video, as many as ``Aligned.per_second`` counts.

        ``means`` (pictures, c) are the mean positions of its features.
        """
        duration = max(1, int(frames.times.duration * MILLISECONDS))
        begins = MILLISECONDS * np.arange(frames.times.second_count)
        written = begins[:, None] + np.array(_MOMENTS_MS)
        seen = written - delay_ms
        rows = _rows_at(frames, seen)
        episode = [
            *(np.exp(-written / fade) for fade in _EDGE_MS),
            *(np.exp(-np.maximum(duration - written, 0) / fade) for fade in _EDGE_MS),
            np.minimum(written / duration, 1),
        ]
        return cls(
            np.mean([means[row] for row in rows.T], axis=0, dtype=np.float32),
            np.stack([feature.mean(1) for feature in _scene(frames, means, seen, rows)], 1),
            np.stack([feature.mean(1) for feature in episode], 1),
        )

    @classmethod
    def concatenate(cls, videos: Sequence[Seconds]) -> Seconds:
        """The seconds of several videos, one after the other."""
        return cls(
            np.concatenate([seconds.picture for seconds in videos]),
            np.concatenate([seconds.scene for seconds in videos]),
            np.concatenate([seconds.episode for seconds in videos]),
        )

    def take(self, chosen: Int64s) -> Seconds:
        """The seconds at ``chosen`` (k,)."""
        return Seconds(self.picture[chosen], self.scene[chosen], self.episode[chosen])


def _scene(frames: Frames, means: Float16s, seen: Int64s, rows: Int64s) -> list[Float64s]:
    """The features ``SCENE``, each (n, m), at the moments ``seen`` (n, m)."""
    base = frames.times.time_base
    starts = frames.times.pts[frames.cuts] * (base.numerator * MILLISECONDS)
    cuts = -(-starts // base.denominator)  # rounded up to a millisecond of the new scene
    scene = np.searchsorted(cuts, seen, side="right")
    begin = np.array([0, *cuts])[scene]
    end = np.array([*cuts, np.inf])[scene]
    since = np.where(seen < 0, np.inf, seen - begin)
    # Across a cut everything changes, so only changes within a scene count: somebody enters. The
    # root separates a little movement from none as well as much from little.
    earlier = [np.maximum(seen - back, np.minimum(begin, seen)) for back in _EARLIER_MS]
    return [
        *(np.exp(-since / fade) for fade in _SINCE_CUT_MS),
        np.exp((seen - end) / _UNTIL_CUT_MS),
        *(np.sqrt(_change(means, rows, _rows_at(frames, before))) for before in earlier),
    ]


def _rows_at(frames: Frames, times_ms: Int64s) -> Int64s:
    """The pictures on screen at these times, in the same shape."""
    return frames.row[frames.times.frames_at(times_ms.ravel())].reshape(times_ms.shape)


def _change(means: Float16s, now: Int64s, before: Int64s) -> Float64s:
    """(n, m) how far two pictures are from each other, relative to how far both are from 0."""
    pairs, which = np.unique(np.stack([now.ravel(), before.ravel()]), axis=1, return_inverse=True)
    change = np.zeros(pairs.shape[1])
    for first in range(0, len(change), _BATCH):
        a, b = means[pairs[:, first : first + _BATCH]].astype(np.float32)
        size = np.linalg.norm(a, axis=1) + np.linalg.norm(b, axis=1)
        distance = np.linalg.norm(a - b, axis=1)
        change[first : first + _BATCH] = distance / np.where(size > 0, size, 1)
    return change[which].reshape(now.shape)
