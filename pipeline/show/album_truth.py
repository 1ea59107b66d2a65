"""The truth about an album: who does what on every still, and why each joke was written."""

from __future__ import annotations

from enum import StrEnum
from functools import cached_property
from typing import ClassVar

import msgspec

from pipeline.show.spec import AlbumSpec
from pipeline.show.truth import Box, FaceTruth, TruthFile


class JokeKind(StrEnum):
    """What a joke needs of its picture."""

    CHARACTER = "character"
    """Somebody who does what is unlike them."""
    PAIR = "pair"
    """Somebody who does something at a certain place, with or without their name."""
    ACTION = "action"
    """Somebody who does something, with or without their name."""
    NAME = "name"
    """Somebody, whatever they do."""
    PLACE = "place"
    PHRASE = "phrase"
    """Nothing: a catch-phrase that ignores the picture."""
    WRONG = "wrong"
    """Something that the picture lacks: it names somebody who is not there."""


class Person(msgspec.Struct, frozen=True):
    """One character on one still."""

    name: str
    action: str
    box: Box
    face: FaceTruth | None = None
    """None where all of it is beyond the picture."""


class StillTruth(msgspec.Struct, frozen=True):
    """One picture of the album."""

    image: str
    """The name of its file."""
    scene: int
    """From 0. The stills of a scene share their background and their company."""
    place: str
    people: tuple[Person, ...]
    """From left to right; nobody on some pictures of an album with shots."""


class JokeTruth(msgspec.Struct, frozen=True):
    """One line of ``captions.csv``."""

    no: int
    """From 1, in the order of the lines."""
    image: str
    kind: JokeKind
    about: str | None
    """The character that it names or refers to."""
    funniness: float
    """By the taste of the show, without noise."""
    stars: int
    """What the readers gave, also where ``captions.csv`` does not tell it."""


class AlbumTruth(TruthFile, frozen=True, kw_only=True, dict=True):
    """The truth about one album."""

    SCHEMA: ClassVar[str] = "yajiuma.show.album/2"

    schema: str = SCHEMA
    spec: AlbumSpec
    cast: tuple[str, ...]
    """All characters of the show, in this album or not."""
    stills: tuple[StillTruth, ...]
    jokes: tuple[JokeTruth, ...]

    def still(self, image: str) -> StillTruth:
        """The picture whose file is called ``image``; KeyError where there is none."""
        return self._by_image[image]

    def on_picture(self, image: str) -> frozenset[str]:
        """Names of the characters on a picture."""
        return frozenset(person.name for person in self.still(image).people)

    def acting(self, image: str) -> frozenset[str]:
        """Names of those on a picture who do more than stand."""
        return frozenset(
            person.name for person in self.still(image).people if person.action != "standing"
        )

    def names_said(self, text: str) -> frozenset[str]:
        """Names of the show's characters that occur in ``text``."""
        return frozenset(name for name in self.cast if name in text)

    @cached_property
    def _by_image(self) -> dict[str, StillTruth]:
        return {still.image: still for still in self.stills}
