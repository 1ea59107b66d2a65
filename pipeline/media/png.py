"""PNG files."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from pipeline.media.pixels import Picture
from pipeline.runtime.atomic_files import published

_COMPRESSION = 3
"""zlib's level. Pictures take about 4 % more than at the usual 6, in less than half the time."""


def write_png(target: Path, picture: Picture) -> None:
    """Publish ``picture``; equal pictures give equal files. Raises OSError."""
    with published(target) as temporary:
        Image.fromarray(picture).save(temporary, "PNG", compress_level=_COMPRESSION)
