"""What somebody says of an album's faces in a first hour: boxes on some pictures, and stars."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np

from pipeline.runtime.json_lines import write_lines
from pipeline.show.album_truth import AlbumTruth, Person
from pipeline.show.rater import TASTES, stars
from pipeline.show.truth import Box

_TASTE = TASTES["cheerful"]
_MOOD = 0.3
_BOXED_FROM, _RATED_FROM = 0.25, 0.5
"""The share of a face that is seen, from which it gets a box, and stars."""
_RATED_SIDE = 32
"""Pixels of a face's shorter side from which it gets stars."""
_AGAIN = 4
"""Of so many rated faces one is rated again on another day."""


class Said(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A line of ``labels.jsonl``: a face that is boxed, or rated."""

    picture: str
    kind: str
    """``box`` or ``score``."""
    value: str = ""
    """``face``, of a box."""
    box: Box | None = None
    """None where there is nothing to box on the picture."""
    weight: int | None = None
    """Stars."""


def write_first_round(path: Path, truth: AlbumTruth, *, boxed: int, rated: int) -> None:
    """Publish what ``first_round`` says, as the page of corrections saves it."""
    write_lines(path, first_round(truth, boxed=boxed, rated=rated))


def first_round(truth: AlbumTruth, *, boxed: int, rated: int) -> list[Said]:
    """Boxes of all faces on ``boxed`` pictures, and stars of those on ``rated`` pictures.

    Both are spread evenly over the album.
    """
    said = []
    for image in _spread(truth, boxed):
        boxes = [box for box, _ in _faces(truth, image, _BOXED_FROM)]
        said += [Said(picture=image, kind="box", value="face", box=box) for box in boxes]
        said += [Said(picture=image, kind="box")] * (not boxes)
    faces = [
        (image, box, _TASTE.liking(person))
        for image in _spread(truth, rated)
        for box, person in _faces(truth, image, _RATED_FROM)
        if min(box[2] - box[0], box[3] - box[1]) >= _RATED_SIDE
    ]
    for day, step in enumerate((1, _AGAIN)):
        rng = np.random.default_rng((truth.spec.seed, day))
        given = stars([liking for *_, liking in faces], _MOOD, rng).tolist()
        rows = list(zip(faces, given, strict=True))[::step]
        said += [
            Said(picture=image, kind="score", box=box, weight=count)
            for (image, box, _), count in rows
        ]
    return said


def _spread(truth: AlbumTruth, count: int) -> list[str]:
    """The names of so many pictures."""
    places = np.linspace(0, len(truth.stills) - 1, count).round().astype(int)
    return [truth.stills[place].image for place in places]


def _faces(truth: AlbumTruth, image: str, least: float) -> list[tuple[Box, Person]]:
    """The faces on a picture of which at least such a share is seen."""
    return [
        (person.face.box, person)
        for person in truth.still(image).people
        if person.face is not None and person.face.visible >= least
    ]
