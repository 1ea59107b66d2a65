"""A rater with a known taste in faces, who gives 1 to 5 stars and is not always of one mind.

What is liked of a face is what is drawn: who it is, what eyes and mouth do, how near it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import log
from types import MappingProxyType as Table

import numpy as np

from pipeline.runtime.arrays import Float64s, Int64s
from pipeline.show.album_truth import Person

STARS = 5
_EYES = Table({"sleeping": "shut", "standing": "open", "walking": "open"})
"""What the eyes of most drawings of an action are; of the others, happy."""
_MOUTH = Table({"sleeping": "shut", "standing": "smile", "walking": "smile"})
"""The same of the mouth; of the others it is open."""


@dataclass(frozen=True)
class Taste:
    """How much is liked about a face, on one scale."""

    who: Mapping[str, float] = field(default_factory=dict)
    eyes: Mapping[str, float] = field(default_factory=dict)
    mouth: Mapping[str, float] = field(default_factory=dict)
    dancing: float = 0.0
    """For a head that leans."""
    near: float = 0.0
    """For each time that a face is twice as large."""

    def liking(self, person: Person) -> float:
        """How much a face is liked. ``person`` has a face."""
        assert person.face is not None
        left, top, right, bottom = person.face.box
        return (
            self.who.get(person.name, 0.0)
            + self.eyes.get(_EYES.get(person.action, "happy"), 0.0)
            + self.mouth.get(_MOUTH.get(person.action, "open"), 0.0)
            + self.dancing * (person.action == "dancing")
            + self.near * log(max(right - left, bottom - top), 2)
        )


TASTES: Mapping[str, Taste] = Table(
    {
        "favourites": Taste(
            who={"ミオ": 2.0, "ポチ": 1.2, "タマ": 0.4, "クロ": -0.4, "ハナ": -1.2, "ピコ": -2.0},
            eyes={"happy": 0.6, "shut": -0.4},
        ),
        "cheerful": Taste(
            who={"タマ": 0.5, "ピコ": -0.5},
            eyes={"happy": 1.0, "open": 0.3, "shut": -1.5},
            mouth={"open": 0.6, "smile": 0.2},
            dancing=0.8,
            near=0.2,
        ),
        "dreamy": Taste(
            who={"クロ": 1.0, "ハナ": 0.8, "ミオ": 0.3, "ポチ": -0.8},
            eyes={"shut": 1.2, "open": 0.2, "happy": -0.6},
            near=0.5,
        ),
    }
)
"""Tastes by their names."""


def stars(likings: Sequence[float], noise: float, rng: np.random.Generator) -> Int64s:
    """(n,) 1 to 5 stars for faces that are liked so much, each star for a fifth of the faces.

    ``noise`` is the spread of a mood in units of that of the likings. Calling it again with
    the same faces is rating them another day.
    """
    felt = _standardized(np.asarray(likings, np.float64))
    felt = felt + noise * rng.normal(size=len(felt))
    rank = felt.argsort(kind="stable").argsort(kind="stable")
    return np.asarray(rank * STARS // len(felt) + 1)


def _standardized(values: Float64s) -> Float64s:
    return np.asarray((values - values.mean()) / values.std())
