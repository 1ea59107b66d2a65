"""What the page of corrections shows: those pictures first that are to be corrected first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from pipeline.faces.detection.finding import Named
from pipeline.faces.detection.review import ToReview
from pipeline.faces.detection.suggestions import Suggestion
from pipeline.faces.page.said import (
    SCALE,
    FaceBox,
    FacePicture,
    FacesOnPage,
    boxes_shown,
    peoples,
    ratings_of,
)
from pipeline.labels.record import Label
from pipeline.pictures.frames_file import Frames, read_sizes
from pipeline.report.picture_grid import NumberColumn, Tile, address_of

FACTS: Final = (NumberColumn("corrections"), NumberColumn("faces", 0))
MOST: Final = 5_000
"""Pictures on a page."""
_UNSURE: Final = 0.5
"""From which probability on boxes are shown where none is."""


class Known(NamedTuple):
    """What is known of faces in a collection."""

    faces: Mapping[str, Sequence[Label]]
    """The labels of faces.jsonl by picture."""
    suggestions: Mapping[str, Suggestion]
    said: Sequence[Label]
    """Of people, of boxes and scores: see ``peoples``."""

    @classmethod
    def gather(
        cls, faces: Iterable[Label], suggestions: Mapping[str, Suggestion], said: Iterable[Label]
    ) -> Known:
        """From the labels of faces.jsonl and labels.jsonl."""
        of_picture: dict[str, list[Label]] = {}
        for label in faces:
            of_picture.setdefault(label.picture, []).append(label)
        return cls(of_picture, suggestions, peoples(said))

    def looked(self, picture: str) -> bool:
        """Whether a person said where faces are on a picture."""
        return any(label.by == "person" for label in self.faces.get(picture, ()))

    def boxes(self, picture: str) -> list[FaceBox]:
        """Of a picture, also improbable ones."""
        return boxes_shown(self.faces.get(picture, ()), self.suggestions.get(picture))

    @property
    def threshold(self) -> float:
        """The least probability of a box in faces.jsonl."""
        found = (
            label.weight
            for labels in self.faces.values()
            for label in labels
            if label.by == "model" and label.box is not None and label.weight is not None
        )
        return min(found, default=_UNSURE)

    @property
    def label(self) -> str:
        """What faces are called."""
        found = (label.value for labels in self.faces.values() for label in labels if label.box)
        return next(found, "face")

    def on_page(self, shown: Sequence[str], frames: Path) -> FacesOnPage:
        """What a page of the pictures ``shown`` knows; ``frames`` is their collection's file."""
        sizes, rated = read_sizes(frames), ratings_of(self.said)
        return FacesOnPage(
            key=Frames.load(frames).fingerprint,
            label=self.label,
            correct=True,
            threshold=self.threshold,
            scale=SCALE,
            best="highest",
            pictures=[
                FacePicture(sizes[name], self.boxes(name), self.looked(name), rated.get(name, []))
                for name in shown
            ],
            kept=self.kept(shown),
        )

    def kept(self, shown: Iterable[str]) -> list[Label]:
        """What people said that a page of the pictures ``shown`` does not save anew.

        That is all of their scores, boxes of other classes, and faces on other pictures.
        """
        elsewhere = self.faces.keys() - set(shown)
        others = [
            label
            for label in self.said
            if label.kind == "score" or (label.box is not None and label.value != self.label)
        ]
        return others + [
            label
            for picture, labels in self.faces.items()
            if picture in elsewhere
            for label in peoples(labels)
        ]


def pictures_shown(
    pictures: Sequence[Named], listed: Sequence[ToReview], known: Known, most: int = MOST
) -> list[Named]:
    """The pictures that are to be corrected first, then others, then those a person looked at.

    Of too many, the others are left out.
    """
    place = {one.picture: one.rank for one in listed}
    first = sorted((one for one in pictures if one.name in place), key=lambda one: place[one.name])
    looked = [one for one in pictures if known.looked(one.name)]
    taken = {one.name for one in (*first, *looked)}
    room = max(0, most - len(taken))
    others = [one for one in pictures if one.name not in taken][:room]
    return [*first, *others, *(one for one in looked if one.name not in place)][:most]


def tiles_shown(
    shown: Sequence[str], listed: Sequence[ToReview], known: Known, pictures: Path, page: Path
) -> list[Tile]:
    """The tiles of a page in the folder ``page``; originals lie in the folder ``pictures``."""
    of_picture = {one.picture: one for one in listed}
    return [
        Tile(
            name,
            address_of(pictures / name, page),
            [
                of_picture[name].corrections if name in of_picture else None,
                sum(label.box is not None for label in known.faces.get(name, ())),
            ],
            flags=["suspect"] if name in of_picture else [],
        )
        for name in shown
    ]
