"""Small pictures for pages."""

from __future__ import annotations

from io import BytesIO

from PIL import Image

from pipeline.media.pixels import Picture


def thumbnail(picture: Picture, shape: tuple[int, int], max_side: int = 160) -> bytes:
    """A square ``picture`` as a JPEG in the ``shape`` (width, height) that it had before.

    Its longer side has ``max_side`` pixels.
    """
    scale = max_side / max(shape)
    size = (max(1, round(shape[0] * scale)), max(1, round(shape[1] * scale)))
    file = BytesIO()
    Image.fromarray(picture).resize(size, Image.Resampling.BOX).save(file, "JPEG", quality=80)
    return file.getvalue()
