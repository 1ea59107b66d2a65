"""Animated GIFs."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from itertools import chain
from pathlib import Path

import numpy as np

from pipeline.media.ffmpeg import running
from pipeline.runtime.arrays import UInt8s

GIF_RATE = Fraction(25, 2)
"""Pictures a second: GIF counts hundredths of a second, and this is 8 of them."""

_PALETTE = "split[a][b];[a]palettegen=stats_mode=diff[p];[b][p]paletteuse=diff_mode=rectangle"
"""One palette for all pictures; only the rectangle that has changed is written."""


def write_gif(target: Path, pictures: Iterator[UInt8s]) -> None:
    """Write pictures (height, width, 3) RGB of one size as an endless loop.

    ffmpeg holds all of them in memory to choose the colours. Raises PipelineError: DISK_FULL,
    FFMPEG_FAILED; ValueError where there are no pictures.
    """
    first = next(pictures, None)
    if first is None:
        raise ValueError("a GIF needs a picture")
    height, width = first.shape[:2]
    arguments = [
        *("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}"),
        *("-r", str(GIF_RATE), "-i", "pipe:0", "-filter_complex", _PALETTE),
        *("-fflags", "+bitexact", "-f", "gif", str(target)),
    ]
    with running(arguments, stdin=subprocess.PIPE) as ffmpeg:
        with suppress(BrokenPipeError):  # ffmpeg died; finish() says why
            for picture in chain([first], pictures):
                ffmpeg.stdin.write(np.ascontiguousarray(picture).data)
            ffmpeg.stdin.close()
        ffmpeg.finish(f"writing {target.name}")
