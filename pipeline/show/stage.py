"""The pictures of an episode: backgrounds with cels on them, and where the characters are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageStat

from pipeline.show.acting import act
from pipeline.show.cards import ending_card, opening_card
from pipeline.show.cels import Cel, cel
from pipeline.show.chance import Purpose, generator
from pipeline.show.figures import FIGURES
from pipeline.show.pen import OVERSAMPLING, Pen
from pipeline.show.places import background
from pipeline.show.script import ENDING, OPENING, Role, Scene, Script
from pipeline.show.spec import FRAMES_PER_DRAWING, EpisodeSpec
from pipeline.show.truth import Box, FaceTruth


@dataclass(frozen=True)
class Drawing:
    """A picture of the animation, which is held for some frames."""

    picture: Image.Image
    """RGB."""
    frames: range
    """The frames it is held for."""
    placed: dict[Role, Placed]
    """Where every character is on it."""


@dataclass(frozen=True)
class Placed:
    """Where a character is on a picture."""

    box: Box
    """In pixels; right and lower edges are exclusive."""
    face: FaceTruth | None
    """None where all of it is beyond the picture."""


@dataclass(frozen=True)
class Camera:
    """What of the stage a picture shows."""

    stage: tuple[int, int]
    """Width and height of the whole stage, in pixels of the picture."""
    corner: tuple[int, int]
    """The place on the stage of the picture's upper left corner, in the same pixels."""
    figures: int
    """The height of a picture that shows characters at this size and the whole stage."""


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


def draw_roles(
    picture: Image.Image, roles: Iterable[Role], frame: int, camera: Camera | None = None
) -> dict[Role, Placed]:
    """Draw characters on ``picture`` as they are on ``frame``; return where they are.

    Without a ``camera``, the picture shows the whole stage. Who is beyond it is left out.
    """
    camera = camera or Camera(picture.size, (0, 0), picture.height)
    # A character that stands lower is nearer and covers the others.
    nearest_last = sorted(roles, key=lambda role: role.ground)
    drawn: dict[Role, tuple[Box, _Oval]] = {}
    for role in nearest_last:
        sheet, corner = _place(picture, role, frame, camera)
        for _, oval in drawn.values():
            oval.cover(sheet.image, corner)
        body = _within(sheet.body, corner, picture.size)
        drawn[role] = body, _Oval(sheet.face, corner, picture.size)
    return {
        role: Placed(box, oval.truth())
        for role, (box, oval) in drawn.items()
        if box[0] < box[2] and box[1] < box[3]
    }


def _held_frames(scene: Scene) -> Iterator[range]:
    for start in range(scene.start_frame, scene.end_frame, FRAMES_PER_DRAWING):
        yield range(start, min(start + FRAMES_PER_DRAWING, scene.end_frame))


def _place(
    picture: Image.Image, role: Role, frame: int, camera: Camera
) -> tuple[Cel, tuple[int, int]]:
    """Draw a character on ``picture``; return its cel and where on the picture this begins."""
    pose, placement = act(role, frame)
    drawn = cel(role.name, pose, camera.figures)
    width, height = camera.stage
    x, ground = round(placement.x * width), round(role.ground * height)
    lifted = round(role.ground * height - placement.lift * camera.figures)
    x, ground, lifted = x - camera.corner[0], ground - camera.corner[1], lifted - camera.corner[1]
    shadow = _shadow(role.name, camera.figures)
    picture.paste(shadow, (x - shadow.width // 2, ground - shadow.height // 2), shadow)
    corner = (x - drawn.feet[0], lifted - drawn.feet[1])
    picture.paste(drawn.image, corner, drawn.image)
    return drawn, corner


class _Oval:
    """The oval of a face on a picture, which others may cover."""

    def __init__(self, face: Image.Image, corner: tuple[int, int], size: tuple[int, int]) -> None:
        self._box = _within(_solid(face), corner, size)
        self._whole = _amount(face)
        self._seen = Image.new("L", size)
        self._seen.paste(face, corner)

    def cover(self, image: Image.Image, corner: tuple[int, int]) -> None:
        """Hide what lies below ``image``, RGBA, whose upper left corner is at ``corner``."""
        self._seen.paste(0, corner, image.getchannel("A"))

    def truth(self) -> FaceTruth | None:
        left, top, right, bottom = self._box
        if left >= right or top >= bottom:
            return None
        return FaceTruth(self._box, round(_amount(self._seen) / self._whole, 3))


def _solid(mask: Image.Image) -> Box:
    """The box around what is more than half there."""
    box = mask.point(lambda value: 255 * (value > 127)).getbbox()
    assert box is not None
    return box


def _amount(mask: Image.Image) -> float:
    return float(ImageStat.Stat(mask).sum[0])


def _within(box: Box, corner: tuple[int, int], size: tuple[int, int]) -> Box:
    """``box`` moved to ``corner`` and cut off at the edges of a picture of ``size``."""
    (left, top), (width, height) = corner, size
    x0, y0, x1, y1 = box
    return max(left + x0, 0), max(top + y0, 0), min(left + x1, width), min(top + y1, height)


@lru_cache(maxsize=4 * len(FIGURES))
def _shadow(name: str, picture_height: int) -> Image.Image:
    """The soft ellipse on the ground below a character: RGBA."""
    unit = FIGURES[name].height * picture_height
    size = (max(round(0.6 * unit), 2), max(round(0.1 * unit), 2))
    sheet = Image.new("RGBA", (size[0] * OVERSAMPLING, size[1] * OVERSAMPLING))
    pen = Pen(sheet, (0, sheet.height), (sheet.width, sheet.height))
    pen.disc(0.5, 0.5, 0.5, fill=(30, 20, 40, 70))
    return sheet.reduce(OVERSAMPLING)
