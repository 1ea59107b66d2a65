"""Galleries: pictures beside a page, which the macro of web/gallery.html.j2 shows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from pipeline.media.pixels import Picture

_QUALITY = 85  # of JPEG


@dataclass(frozen=True)
class GalleryPicture:
    """One picture of a gallery; what a caption needs beside these is a subclass's."""

    path: str
    """Of a JPEG file, from the page."""
    width: int
    """In pixels."""
    height: int
    alt: str
    """In words, for those who do not see it."""
    link: str
    """Where a click leads; empty for nowhere."""


def write_picture(folder: Path, name: str, picture: Picture) -> tuple[str, int, int]:
    """Write a picture to ``folder / name``; returns the first three fields of its record."""
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    Image.fromarray(picture).save(path, quality=_QUALITY)
    height, width = picture.shape[:2]
    return name, width, height
