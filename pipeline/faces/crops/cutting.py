"""Cut faces out of their pictures, at the resolution of the originals."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from PIL import Image

from pipeline.faces.crops.crops_file import Crop
from pipeline.faces.crops.faces_found import Faces
from pipeline.faces.crops.windows import window_around
from pipeline.labels.boxes import Box
from pipeline.labels.crop_names import crop_name
from pipeline.media.pixels import Picture
from pipeline.media.source import PictureSource
from pipeline.runtime.prefetch import ordered_map

_LONGEST_NAME = 255
"""Bytes that Linux and macOS allow for the name of a file."""


@dataclass
class Cutter:
    """Cuts the faces of many pictures out, of which only a few are in memory at once."""

    source: PictureSource
    margin: float
    """Shares of a face's longer side that are added on each side."""
    square: bool
    min_side: int
    """Pixels of a face's shorter side; smaller ones are left out."""
    too_small: int = field(default=0, init=False)
    """Faces that were left out."""
    too_long: int = field(default=0, init=False)
    """Faces whose crop has a name that no file system takes."""

    def cut(self, faces: Iterable[Faces], folder: Path) -> Iterator[Crop]:
        """Write the crops of each picture into ``folder`` and yield them.

        As many pictures are decoded at once as there are cores. Raises PipelineError as
        ``picture_at``; OSError.
        """
        cut = partial(self._cut, folder)
        for of_picture, crops in ordered_map(cut, faces, os.cpu_count() or 1):
            self.too_small += sum(map(self._is_too_small, of_picture.boxes))
            named = [crop for crop in crops if _can_be_named(crop.file)]
            self.too_long += len(crops) - len(named)
            yield from named

    def _cut(self, folder: Path, faces: Faces) -> tuple[Faces, list[Crop]]:
        """The crops of a picture."""
        large = {box: label for box, label in faces.boxes.items() if not self._is_too_small(box)}
        if not large:
            return faces, []
        picture = self.source.picture_at(faces.time)
        height, width = picture.shape[:2]
        crops = [
            Crop(
                file=crop_name(faces.name, number, box),
                picture=faces.picture,
                frame=faces.frame,
                box=box,
                window=window_around(box, (width, height), self.margin, self.square),
                probability=label.weight if label.by == "model" else None,
                by=label.by,
            )
            for number, (box, label) in enumerate(large.items(), 1)
        ]
        for crop in crops:
            if _can_be_named(crop.file):
                _save(folder / crop.file, picture, crop)
        return faces, crops

    def _is_too_small(self, box: Box) -> bool:
        left, top, right, bottom = box
        return min(right - left, bottom - top) < self.min_side


def _can_be_named(file: str) -> bool:
    """Whether file systems take the name, which is longer than that of its picture."""
    return len(os.fsencode(Path(file).name)) <= _LONGEST_NAME


def _save(path: Path, picture: Picture, crop: Crop) -> None:
    left, top, right, bottom = crop.window
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture[top:bottom, left:right]).save(path)
