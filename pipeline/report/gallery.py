"""Galleries: a few pictures side by side, a file each, which web/gallery.html.j2 shows.

picture_grid.py is for thousands.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from pipeline.media.pixels import Picture

_QUALITY = 85  # of JPEG


@dataclass(frozen=True)
class PictureFile:
    """A JPEG file beside a page."""

    path: str
    """From the page."""
    width: int
    """In pixels."""
    height: int


@dataclass(frozen=True)
class GalleryPicture:
    """One picture of a gallery; a subclass adds what its captions need."""

    file: PictureFile
    alt: str
    """What the picture shows, in words, for those who do not see it."""
    link: str
    """Where a click leads; empty for nowhere."""


def write_picture(folder: Path, name: str, picture: Picture) -> PictureFile:
    """Write a picture to ``folder / name``, in the folder of a page."""
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    Image.fromarray(picture).save(path, quality=_QUALITY)
    height, width = picture.shape[:2]
    return PictureFile(name, width, height)
