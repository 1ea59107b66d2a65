"""Pictures in motion as a GIF."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from itertools import chain
from pathlib import Path

import numpy as np

from pipeline.media.ffmpeg import finish, running
from pipeline.runtime.arrays import UInt8s

GIF_RATE = Fraction(25, 2)
"""Pictures a second: GIF counts hundredths of a second, and this is 8 of them."""

_PALETTE = "split[a][b];[a]palettegen=stats_mode=diff[p];[b][p]paletteuse=diff_mode=rectangle"
"""One palette for all; only what has changed is written."""


def write_gif(target: Path, pictures: Iterator[UInt8s]) -> None:
    """Write pictures (height, width, 3) RGB of one size, in a loop without end.

    ffmpeg holds all of them for the choice of colours. Raises PipelineError: DISK_FULL,
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
    with running(arguments, stdin=subprocess.PIPE) as (process, said):
        assert process.stdin is not None
        with suppress(BrokenPipeError):  # ffmpeg died; finish() tells why
            for picture in chain([first], pictures):
                process.stdin.write(np.ascontiguousarray(picture).data)
            process.stdin.close()
        finish(process, said, f"writing {target.name}")
