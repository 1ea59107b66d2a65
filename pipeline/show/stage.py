"""The pictures of an episode: backgrounds with cels on them, and the cels' boxes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image

from pipeline.show.acting import act
from pipeline.show.cards import ending_card, opening_card
from pipeline.show.cels import Box, cel
from pipeline.show.chance import Purpose, generator
from pipeline.show.figures import FIGURES
from pipeline.show.pen import OVERSAMPLING, Pen
from pipeline.show.places import background
from pipeline.show.script import ENDING, OPENING, Role, Scene, Script
from pipeline.show.spec import FRAMES_PER_DRAWING, EpisodeSpec


@dataclass(frozen=True)
class Drawing:
    """A picture of the animation, which is held for some frames."""

    picture: Image.Image
    """RGB."""
    frames: range
    """The frames it is held for."""
    boxes: dict[Role, Box]
    """The box of every character on it, in pixels; right and lower edges are exclusive."""


def drawings(spec: EpisodeSpec, script: Script) -> Iterator[Drawing]:
    """All drawings of the episode in order."""
    for scene in script.scenes:
        if scene.place in (OPENING, ENDING):
            yield from _card(spec, scene)
        else:
            yield from _scene(spec, scene)


def _card(spec: EpisodeSpec, scene: Scene) -> Iterator[Drawing]:
    size = (spec.width, spec.height)
    held = list(_held_frames(scene))
    for number, frames in enumerate(held):
        if scene.place == OPENING:
            picture = opening_card(size, number, len(held), spec.episode)
        else:
            rng = generator(spec, Purpose.SCENERY, scene.number)
            picture = ending_card(size, number, len(held), rng)
        yield Drawing(picture, frames, {})


def _scene(spec: EpisodeSpec, scene: Scene) -> Iterator[Drawing]:
    rng = generator(spec, Purpose.SCENERY, scene.number)
    empty = background(scene.place, (spec.width, spec.height), rng)
    for frames in _held_frames(scene):
        picture = empty.copy()
        present = [role for role in scene.roles if role.start_frame <= frames.start]
        yield Drawing(picture, frames, draw_roles(picture, present, frames.start))


def draw_roles(picture: Image.Image, roles: Iterable[Role], frame: int) -> dict[Role, Box]:
    """Draw characters on ``picture`` as they are on ``frame``; return their boxes."""
    # A character that stands lower is nearer and covers the others.
    nearest_last = sorted(roles, key=lambda role: role.ground)
    return {role: _place(picture, role, frame) for role in nearest_last}


def _held_frames(scene: Scene) -> Iterator[range]:
    for start in range(scene.start_frame, scene.end_frame, FRAMES_PER_DRAWING):
        yield range(start, min(start + FRAMES_PER_DRAWING, scene.end_frame))


def _place(picture: Image.Image, role: Role, frame: int) -> Box:
    """Draw a character on ``picture`` and return its box."""
    pose, placement = act(role, frame)
    drawn = cel(role.name, pose, picture.height)
    x, ground = round(placement.x * picture.width), round(role.ground * picture.height)
    shadow = _shadow(role.name, picture.height)
    picture.paste(shadow, (x - shadow.width // 2, ground - shadow.height // 2), shadow)

    left = x - drawn.feet[0]
    top = round((role.ground - placement.lift) * picture.height) - drawn.feet[1]
    picture.paste(drawn.image, (left, top), drawn.image)
    x0, y0, x1, y1 = drawn.body
    return (
        max(left + x0, 0),
        max(top + y0, 0),
        min(left + x1, picture.width),
        min(top + y1, picture.height),
    )


@lru_cache(maxsize=4 * len(FIGURES))
def _shadow(name: str, picture_height: int) -> Image.Image:
    """The soft ellipse on the ground below a character: RGBA."""
    unit = FIGURES[name].height * picture_height
    size = (max(round(0.6 * unit), 2), max(round(0.1 * unit), 2))
    sheet = Image.new("RGBA", (size[0] * OVERSAMPLING, size[1] * OVERSAMPLING))
    pen = Pen(sheet, (0, sheet.height), (sheet.width, sheet.height))
    pen.disc(0.5, 0.5, 0.5, fill=(30, 20, 40, 70))
    return sheet.reduce(OVERSAMPLING)
