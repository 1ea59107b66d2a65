"""The pictures of an album: scenes of the show, several stills of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
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
from pipeline.show.stage import Camera, draw_roles
from pipeline.show.truth import Box

_STILLS_OF_A_SCENE = range(3, 7)
_BY_DAY = tuple(place for place in PLACES if place != "night street")
"""Places that can be drawn in any light."""
_COMPANY = 4
"""Characters in a scene; each still shows some of them."""
_EMPTY_SHARE = 0.15
"""Of the pictures of an album with shots, those that show nobody."""
_SCALES = (0.3, 0.45, 0.7, 1.0, 1.6, 2.4)
"""Of characters in shots, relative to their size on the whole stage; the stage grows from 1 on."""
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
    filming = season_generator(spec.seed, Purpose.ALBUM_SHOTS)
    places: list[str] = []
    left = 0
    for number in range(1, spec.stills + 1):
        if not left:
            places.append(next_place(places, rng, _BY_DAY if spec.lights else PLACES))
            company = rng.choice(CAST, _COMPANY, replace=False).tolist()
            left = 1 if spec.lights else int(rng.choice(_STILLS_OF_A_SCENE))
        left -= 1
        roles = _roles(company, rng)
        camera = _camera(spec, filming)
        if spec.shots and filming.random() < _EMPTY_SHARE:
            roles = []
        picture = _scenery(spec, len(places) - 1, places[-1], camera.stage)
        picture = picture.crop(_view(spec, camera))
        placed = draw_roles(picture, roles, 0, camera)
        people = tuple(
            Person(role.name, role.action, placed[role].box, placed[role].face)
            for role in sorted(placed, key=lambda role: role.x)
        )
        truth = StillTruth(f"{number:04d}.png", len(places) - 1, places[-1], people)
        yield Still(picture, truth)


@lru_cache(maxsize=len(_SCALES))
def _scenery(spec: AlbumSpec, scene: int, place: str, stage: tuple[int, int]) -> Image.Image:
    return background(place, stage, season_generator(spec.seed, Purpose.ALBUM_SCENERY, scene))


def _camera(spec: AlbumSpec, rng: np.random.Generator) -> Camera:
    """The whole stage, or a shot that is nearer or farther."""
    if not spec.shots:
        return Camera((spec.width, spec.height), (0, 0), spec.height)
    scale = float(rng.choice(_SCALES))
    width, height = round(max(scale, 1) * spec.width), round(max(scale, 1) * spec.height)
    # Heads are in the upper part of the stage, below its sky.
    corner = (
        round((width - spec.width) * rng.uniform(0, 1)),
        round((height - spec.height) * rng.uniform(0.4, 1)),
    )
    return Camera((width, height), corner, round(scale * spec.height))


def _view(spec: AlbumSpec, camera: Camera) -> Box:
    """The part of the stage that the picture shows."""
    left, top = camera.corner
    return left, top, left + spec.width, top + spec.height


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
