"""The pictures of an album: scenes of the show, several stills of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType as Table

import numpy as np
from PIL import Image

from pipeline.show.acting import CYCLE
from pipeline.show.album_truth import Person, StillTruth
from pipeline.show.chance import Purpose, season_generator
from pipeline.show.places import background
from pipeline.show.script import (
    ACTIONS,
    CAST,
    COMPANY_CHANCES,
    PLACES,
    STAGE_POSITIONS,
    Role,
    next_place,
)
from pipeline.show.spec import FRAMES_PER_DRAWING, AlbumSpec
from pipeline.show.stage import draw_roles

_STILLS_OF_A_SCENE = range(3, 7)
_BY_DAY = tuple(place for place in PLACES if place != "night street")
"""Places that can be drawn in any light."""
_COMPANY = 4
"""Characters in a scene; each still shows some of them."""
_TELLING_DRAWINGS = Table({"walking": (0, 1, 4, 5), "jumping": (2, 3, 4, 5)})
"""The drawings of a cycle that do not look like standing; all of the other actions."""


@dataclass(frozen=True)
class Still:
    """A picture and what is true about it."""

    picture: Image.Image
    """RGB."""
    truth: StillTruth


def stills(spec: AlbumSpec) -> Iterator[Still]:
    """All stills of the album in order."""
    rng = season_generator(spec.seed, Purpose.ALBUM)
    places: list[str] = []
    left = 0
    for number in range(1, spec.stills + 1):
        if not left:
            scenery = season_generator(spec.seed, Purpose.ALBUM_SCENERY, len(places))
            places.append(next_place(places, rng, _BY_DAY if spec.lights else PLACES))
            empty = background(places[-1], (spec.width, spec.height), scenery)
            company = rng.choice(CAST, _COMPANY, replace=False).tolist()
            left = 1 if spec.lights else int(rng.choice(_STILLS_OF_A_SCENE))
        left -= 1
        picture = empty.copy()
        boxes = draw_roles(picture, _roles(company, rng), frame=0)
        people = tuple(
            Person(role.name, role.action, boxes[role])
            for role in sorted(boxes, key=lambda role: role.x)
        )
        truth = StillTruth(f"{number:04d}.png", len(places) - 1, places[-1], people)
        yield Still(picture, truth)


def _roles(company: list[str], rng: np.random.Generator) -> list[Role]:
    """One to three of the company, each somewhere else and at something of its own."""
    count = int(rng.choice(len(COMPANY_CHANCES), p=COMPANY_CHANCES)) + 1
    names = rng.choice(company, count, replace=False).tolist()
    return [
        _role(name, x + rng.uniform(-0.06, 0.06), rng)
        for name, x in zip(names, STAGE_POSITIONS[count], strict=True)
    ]


def _role(name: str, x: float, rng: np.random.Generator) -> Role:
    """Somebody who has been at something for up to two cycles when frame 0 comes."""
    action = str(rng.choice(ACTIONS))
    drawing = rng.choice(_TELLING_DRAWINGS.get(action, range(CYCLE))) + CYCLE * rng.integers(2)
    return Role(
        name=name,
        action=action,
        start_frame=-FRAMES_PER_DRAWING * int(drawing),
        end_frame=FRAMES_PER_DRAWING,
        x=x,
        ground=rng.uniform(0.86, 0.96),
        facing=int(rng.choice((-1, 1))),
        enters_from=0,
    )
