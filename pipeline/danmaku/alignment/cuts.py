"""Cuts: sudden changes of the picture, found by comparing the pictures before and after.

The frames stage marks scene changes while it decodes, for the features of a second. These cuts
are searched for again, in the stored pictures and on the time grid of the delay model.
"""

from __future__ import annotations

import h5py
import numpy as np

from pipeline.pictures.frames_file import Frames
from pipeline.runtime.arrays import Float32s, Float64s, Int64s
from pipeline.runtime.clock import MILLISECONDS

STEP = 0.1
"""Seconds of a cell, the unit in which time is counted."""

_THUMBNAILS_PER_S = 8
_SIDE = 16  # pixels of a thumbnail
_WINDOW = 0.4  # seconds on either side of a cut whose mean pictures are compared
_BATCH = 2048  # cells whose pictures are in memory at once
_CUT_OVER_MEDIAN = 4.0
"""How many times the median change a cut must reach."""


def thumbnails(frames: Frames, file: h5py.File) -> tuple[Float32s, Float64s]:
    """Pictures of ``frames.h5``, at most eight a second, and when each comes on screen.

    Returns (n, 768) RGB from 0 to 1 of 16×16 pixels, and (n,) seconds.
    """
    duration = float(frames.times.duration)
    moments = np.arange(0, duration, 1 / _THUMBNAILS_PER_S) * MILLISECONDS
    shown = np.unique(frames.times.frames_at(moments.astype(np.int64)))
    time = np.array([float(frames.times.seconds(frame)) for frame in shown.tolist()])
    pictures = file["pictures"]
    side = pictures.shape[1] // _SIDE
    small = np.empty((len(shown), _SIDE * _SIDE * 3), np.float32)
    for index, row in enumerate(frames.row[shown].tolist()):
        # One row at a time: each is a chunk of its own in the file, and most are skipped.
        picture = pictures[row, : side * _SIDE, : side * _SIDE].astype(np.float32)
        small[index] = picture.reshape(_SIDE, side, _SIDE, side, 3).mean((1, 3)).ravel() / 255
    return small, time


def find_cuts(
    pictures: Float32s, time: Float64s, duration: float, *, batch: int = _BATCH
) -> Float64s:
    """Times of cuts in seconds, in order.

    ``pictures`` (n, values) may be as small as one likes; each comes on screen at ``time`` (n,)
    seconds. A cut lies halfway between two pictures, which matters where few are kept a second.
    """
    cells = np.searchsorted(time, np.arange(0, duration, STEP), side="right") - 1
    gap = float(np.median(np.diff(time))) if len(time) > 1 else STEP
    window = max(round(_WINDOW / STEP), round(gap / STEP))
    if len(cells) <= 2 * window:
        return np.empty(0)
    novelty = _novelty(pictures, cells, window, batch)
    # A cut is a cell that no other within a window exceeds, and that stands out of the video.
    neighbourhood = np.lib.stride_tricks.sliding_window_view(
        np.pad(novelty, window), 2 * window + 1
    )
    peaks = (novelty == neighbourhood.max(1)) & (novelty > _CUT_OVER_MEDIAN * np.median(novelty))
    return np.asarray(np.maximum(np.flatnonzero(peaks) * STEP - gap / 2, 0.0), np.float64)


def _novelty(pictures: Float32s, cells: Int64s, window: int, batch: int) -> Float64s:
    """(cells,) how far the mean picture of the next ``window`` cells is from that of the last."""
    novelty = np.zeros(len(cells))
    last = len(cells) - 2 * window + 1
    for begin in range(0, last, batch):
        end = min(begin + batch, last)
        part = pictures[cells[begin : end + 2 * window - 1]]
        # Means over sliding windows are differences of running sums.
        sums = np.cumsum(np.vstack([np.zeros_like(part[:1]), part]), 0, np.float64)
        means = (sums[window:] - sums[:-window]) / window
        change = np.square(means[window:] - means[:-window]).mean(1)
        novelty[begin + window : end + window] = np.sqrt(change)
    return novelty
