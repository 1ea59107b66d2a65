"""Animated GIFs."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Iterator
from contextlib import suppress
from fractions import Fraction
from itertools import chain
from pathlib import Path

import numpy as np
from PIL import Image

from pipeline.media.ffmpeg import running
from pipeline.media.pixels import Picture
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


def write_slides(target: Path, slides: Iterable[tuple[Picture, float]]) -> None:
    """Write pictures (height, width, 3) RGB of any size, each shown for its seconds, as a loop.

    All are centred on a canvas as wide and as high as the largest, in the colour of their own top
    left corner, and have 256 colours of their own. They are held in memory at a byte a pixel.
    Raises ValueError where there are none, OSError.
    """
    images, milliseconds = [], []
    for picture, seconds in slides:
        images.append(_with_palette(picture))
        milliseconds.append(10 * max(2, round(100 * seconds)))  # as players count, at least 20
    if not images:
        raise ValueError("a GIF needs a picture")
    size = (max(image.width for image in images), max(image.height for image in images))
    first, *others = (_centred(image, size) for image in images)
    first.save(target, "GIF", save_all=True, append_images=others, duration=milliseconds, loop=0)


def _with_palette(picture: Picture) -> Image.Image:
    """``picture`` in the 256 colours that suit it, with its errors diffused."""
    image = Image.fromarray(picture)
    return image.quantize(palette=image.quantize(256), dither=Image.Dither.FLOYDSTEINBERG)


def _centred(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    if image.size == size:
        return image
    canvas = Image.new("P", size, image.getpixel((0, 0)))
    canvas.putpalette(image.getpalette() or [])
    canvas.paste(image, ((size[0] - image.width) // 2, (size[1] - image.height) // 2))
    return canvas
