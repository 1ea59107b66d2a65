"""The pictures that a detector learns from: with people's boxes, and surely with a model's."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from pipeline.faces.detection.overlaps import NO_BOXES
from pipeline.faces.detection.people import PeoplesBoxes
from pipeline.labels.record import Label
from pipeline.media.picture_folder import PictureFolder
from pipeline.media.pixels import Picture, resized
from pipeline.pictures.frames_file import Frames, read_names
from pipeline.pictures.held_out import held_out
from pipeline.pictures.settings import HeldOutSettings
from pipeline.runtime.arrays import Float32s
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.runtime.prefetch import ordered_map
from pipeline.runtime.progress import track

_QUALITY = 95
"""Of the JPEG as which a picture waits in memory."""


@dataclass(frozen=True)
class Example:
    """A picture with its faces."""

    name: str
    jpeg: bytes
    boxes: Float32s
    """(n, 4) in pixels of the JPEG."""
    by_person: bool
    held_out: bool
    """A model's boxes are never measured by."""

    @property
    def picture(self) -> Picture:
        """Decoded."""
        return np.asarray(Image.open(io.BytesIO(self.jpeg)).convert("RGB"))


class Chosen(NamedTuple):
    """A picture that is to be read."""

    name: str
    boxes: list[Label]
    by_person: bool


def choose(said: PeoplesBoxes, pseudo: float | None) -> list[Chosen]:
    """The pictures to learn from, in the order of their names.

    Of those that no person looked at, pictures count on which a model is sure of what it found: all
    its boxes have at least the probability ``pseudo``; None takes none of them.
    """
    chosen = [Chosen(name, boxes, True) for name, boxes in said.people.items()]
    if pseudo is not None:
        chosen += [
            Chosen(name, boxes, False)
            for name, boxes in said.models.items()
            if boxes and all((label.weight or 0) >= pseudo for label in boxes)
        ]
    return sorted(chosen, key=lambda one: one.name)


def read_examples(
    folder: PictureFolder,
    frames: Path,
    chosen: Sequence[Chosen],
    side: int,
    settings: HeldOutSettings,
    seed: int,
) -> list[Example]:
    """Read the chosen pictures of a collection, no longer than ``side`` pixels.

    Raises PipelineError as reading pictures does.
    """
    names, rows = read_names(frames), Frames.load(frames).row
    place = {name: number for number, name in enumerate(names)}
    known = [one for one in chosen if one.name in place]
    people = [one.name for one in known if one.by_person]
    out: set[str] = set()
    if len(people) > 1:
        mask = held_out(people, rows[[place[name] for name in people]], settings, seed)
        out = {name for name, kept_back in zip(people, mask.tolist(), strict=True) if kept_back}

    def read(one: Chosen) -> Example:
        picture = folder.picture(one.name)
        height, width = picture.shape[:2]
        scale = min(1.0, side / max(width, height))
        size = max(1, round(width * scale)), max(1, round(height * scale))
        target = io.BytesIO()
        small = picture if scale == 1 else resized(picture, size)
        Image.fromarray(small).save(target, "JPEG", quality=_QUALITY, subsampling=0)
        boxes = np.array([label.box for label in one.boxes], np.float32).reshape(-1, 4)
        boxes = boxes * np.array([size[0] / width, size[1] / height] * 2, np.float32)
        found = boxes if len(boxes) else NO_BOXES
        return Example(one.name, target.getvalue(), found, one.by_person, one.name in out)

    return list(track(ordered_map(read, known, 2), len(known), "reading", "pictures"))


def require_faces(examples: Sequence[Example], wanted: str) -> None:
    """Raise PipelineError NOTHING_USABLE unless there is a face to learn from."""
    learned = [one for one in examples if not one.held_out]
    if not any(len(one.boxes) for one in learned):
        looked_at = f" of {len(examples):,} that people looked at" if examples else ""
        raise PipelineError(
            ExitCode.NOTHING_USABLE,
            f"nobody drew a box of the class {wanted} on any picture{looked_at}",
            "Name the file with boxes in LABELS=, with `:` between it and any other file, or set"
            " `faces: train: label:` to what faces are called there. Without any, begin with what"
            " a cascade finds: `SET=faces.detect.detectors=[lbpcascade_animeface.xml]`",
        )
