"""The distinct pictures of a source at their full size, in the order of frames.h5."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np

from pipeline.media.pixels import Picture
from pipeline.media.source import PictureSource
from pipeline.pictures.frames_file import Frames, count_pictures
from pipeline.runtime.arrays import Int64s
from pipeline.runtime.prefetch import ordered_map

Result = TypeVar("Result")


def map_originals(
    work: Callable[[Picture], Result],
    source: PictureSource,
    frames_file: Path,
    rows: Int64s | None = None,
) -> Iterator[Result | None]:
    """Yield ``work`` of every distinct picture, and None for one that no frame shows any more.

    Of some pictures alone, where their ``rows`` in frames.h5 are given (n,).
    As many are decoded at once as there are cores. Raises PipelineError as ``picture_at``.
    """
    frames = Frames.load(frames_file)
    first = np.full(count_pictures(frames_file), -1)
    first[: frames.row.max() + 1] = frames.first_frames()
    shown = first if rows is None else first[rows]
    times = (None if frame < 0 else frames.times.middle(frame) for frame in shown.tolist())
    return ordered_map(partial(_worked, work, source), times, os.cpu_count() or 1)


def _worked(
    work: Callable[[Picture], Result], source: PictureSource, seconds: Fraction | None
) -> Result | None:
    return None if seconds is None else work(source.picture_at(seconds))
