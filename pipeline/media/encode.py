"""Pictures to an H.264 file that plays everywhere, sound kept."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol

from pipeline.media.ffmpeg import finish, running

PLAYABLE_IN_MP4 = {"aac", "mp3"}
"""Sound that browsers and telephones play from an mp4; any other is encoded as AAC."""


class PictureSink(Protocol):
    """Takes pictures one after another."""

    def write(self, pixels: Any) -> None:
        """Append one picture: a C-contiguous uint8 buffer of a whole picture."""


@contextmanager
def encoder(
    target: Path,
    *,
    size: tuple[int, int],
    rate: Fraction,
    pixel_format: str = "yuv420p",
    sample_aspect: Fraction = Fraction(1),
    color_matrix: str = "bt709",
    full_range: bool = False,
    sound: Path | None = None,
    copy_sound: bool = False,
    preset: str = "veryfast",
    crf: int = 23,
) -> Iterator[PictureSink]:
    """Write ``target`` (mp4: H.264 yuv420p, index first) from pictures of ``size`` (w, h).

    Both sides of ``size`` are even. ``pixel_format`` is that of the pictures handed in:
    yuv420p planes (height · 3 / 2, width) or rgb24 (height, width, 3). ``sound`` is any
    file with audio streams; all are kept, copied or encoded as AAC. The file is complete
    only when the block ends without an exception.
    """
    range_name = "pc" if full_range else "tv"
    arguments = [
        *("-f", "rawvideo", "-pix_fmt", pixel_format, "-s", f"{size[0]}x{size[1]}"),
        *("-r", str(rate), "-i", "pipe:0"),
        *(("-i", str(sound), "-map", "0:v", "-map", "1:a?") if sound else ()),
        *(("-c:a", "copy") if copy_sound else ("-c:a", "aac", "-b:a", "192k")),
        *("-vf", _filters(pixel_format, sample_aspect, color_matrix, range_name)),
        *("-c:v", "libx264", "-preset", preset, "-crf", str(crf), "-pix_fmt", "yuv420p"),
        *("-colorspace", color_matrix, "-color_range", range_name),
        *("-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact"),
        *("-movflags", "+faststart", "-f", "mp4", str(target)),
    ]
    with running(arguments, stdin=subprocess.PIPE) as (process, said):
        assert process.stdin is not None
        try:
            yield process.stdin  # type: ignore[misc]
            process.stdin.close()
        except BrokenPipeError:
            pass  # ffmpeg died; finish() tells why
        finish(process, said, f"encoding {target.name}")


def _filters(pixel_format: str, aspect: Fraction, matrix: str, range_name: str) -> str:
    filters = [f"setsar={aspect.numerator}/{aspect.denominator}"]
    if pixel_format == "rgb24":
        filters.insert(0, f"scale=out_color_matrix={matrix}:out_range={range_name}")
    else:
        filters.insert(0, f"setparams=colorspace={matrix}:range={range_name}")
    return ",".join(filters)
