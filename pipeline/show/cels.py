"""Cels: characters on transparent sheets, each pose drawn once and reused."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from PIL import Image, ImageFilter, ImageOps

from pipeline.show.acting import Pose
from pipeline.show.figures import FIGURES, Figure
from pipeline.show.figures.faces import INK
from pipeline.show.pen import OVERSAMPLING, Pen
from pipeline.show.truth import Box

_SIDE, _ABOVE, _BELOW = 0.78, 1.3, 0.12
"""How far a sheet extends from the feet, in heights of the figure."""
_OUTLINE = 0.004
"""Width of the line around a character, in heights of the picture."""


@dataclass(frozen=True)
class Cel:
    """One character in one pose."""

    image: Image.Image
    """RGBA."""
    feet: tuple[int, int]
    """Pixels from the image's upper left corner to the ground between the feet."""
    body: Box
    """x0, y0, x1, y1 of the character itself within the image, without its ``extra``."""
    face: Image.Image
    """L, of the image's size: where the face's oval is."""


@lru_cache(maxsize=1024)
def cel(name: str, pose: Pose, picture_height: int) -> Cel:
    """The character ``name`` in ``pose``, for pictures of ``picture_height`` pixels."""
    figure = FIGURES[name]
    unit = figure.height * picture_height * OVERSAMPLING
    feet = (round(_SIDE * unit), round(_ABOVE * unit))
    sheet = Image.new("RGBA", (2 * feet[0], feet[1] + round(_BELOW * unit)))
    stretch = (unit / pose.squash**0.5, unit * pose.squash)
    figure.draw(Pen(sheet, feet, stretch), pose)
    face = Image.new("L", sheet.size)
    Pen(face, feet, stretch).disc(*figure.face, fill="white")
    sheet, face = _turned(sheet, feet, pose), _turned(face, feet, pose)
    sheet = _outlined(sheet, _OUTLINE * picture_height * OVERSAMPLING)
    body = _shown(sheet)
    _draw_extra(Pen(sheet, feet, (unit, unit)), figure, pose)

    crop = _grid_aligned(sheet.getbbox() or body, feet)
    image = sheet.crop(crop).reduce(OVERSAMPLING)
    left, top = crop[:2]
    return Cel(
        image,
        ((feet[0] - left) // OVERSAMPLING, (feet[1] - top) // OVERSAMPLING),
        (
            (body[0] - left) // OVERSAMPLING,
            (body[1] - top) // OVERSAMPLING,
            -((left - body[2]) // OVERSAMPLING),
            -((top - body[3]) // OVERSAMPLING),
        ),
        face.crop(crop).reduce(OVERSAMPLING),
    )


def _turned(sheet: Image.Image, feet: tuple[int, int], pose: Pose) -> Image.Image:
    """The sheet as the character leans and faces."""
    if pose.lean:
        sheet = sheet.rotate(pose.lean, Image.Resampling.BILINEAR, center=feet)
    return ImageOps.mirror(sheet) if pose.facing < 0 else sheet


def _outlined(sheet: Image.Image, thickness: float) -> Image.Image:
    """The sheet with a dark line around everything on it."""
    spread = sheet.getchannel("A").filter(ImageFilter.GaussianBlur(thickness))
    line = Image.new("RGBA", sheet.size, INK)
    line.putalpha(spread.point(lambda value: min(max((value - 12) * 6, 0), 255)))
    return Image.alpha_composite(line, sheet)


def _shown(sheet: Image.Image) -> Box:
    """The box around everything that is not transparent."""
    box = sheet.getchannel("A").point(lambda value: 255 * (value > 127)).getbbox()
    assert box is not None
    return box


def _grid_aligned(box: Box, feet: tuple[int, int]) -> Box:
    """``box`` widened so that the feet fall on a pixel of the reduced image."""

    def down(value: int, origin: int) -> int:
        return origin - -(-(origin - value) // OVERSAMPLING) * OVERSAMPLING

    def up(value: int, origin: int) -> int:
        return origin + -(-(value - origin) // OVERSAMPLING) * OVERSAMPLING

    return (
        max(down(box[0], feet[0]), feet[0] % OVERSAMPLING),
        max(down(box[1], feet[1]), feet[1] % OVERSAMPLING),
        up(box[2], feet[0]),
        up(box[3], feet[1]),
    )


def _draw_extra(pen: Pen, figure: Figure, pose: Pose) -> None:
    """Draw the things that float beside the face or are held in front of it."""
    (mouth_x, mouth_y), (head_x, head_y) = figure.mouth, figure.head
    side = pose.facing
    if pose.extra == "zzz":
        bubble = 0.07 + 0.05 * (1 - abs(pose.beat - 4) / 4)
        nose_x, nose_y = (mouth_x - 0.03) * side, mouth_y * pose.squash - 0.01
        pen.disc(nose_x + bubble * side, nose_y, bubble, fill=(190, 230, 255))
        pen.disc(nose_x + bubble * side * 0.7, nose_y + bubble * 0.4, bubble * 0.2, fill="white")
        for step in range(3):
            drift = step + pose.beat / 8
            pen.text(
                side * (head_x + 0.04 + 0.07 * drift),
                head_y - 0.12 + 0.11 * drift,
                "Z" if step else "z",
                0.1 + 0.03 * drift,
                fill="white",
                edge=(70, 80, 150),
            )
    elif pose.extra == "notes":
        for number, note in enumerate("♪♫"):
            rise = (pose.beat + 4 * number) % 8 / 8
            pen.text(
                (1 - 2 * number) * side * (head_x + 0.13),
                head_y - 0.1 + 0.22 * rise,
                note,
                0.17,
                fill=((255, 110, 150), (90, 150, 255))[number],
                edge="white",
            )
    elif pose.extra == "riceball":
        x, y = (mouth_x + 0.1) * side, mouth_y * pose.squash - 0.14 - 0.03 * pose.beat
        for grow, color in ((0.022, INK), (0.0, (255, 255, 250))):
            corners = [
                (x - 0.11, y - 0.08),
                (x + 0.11, y - 0.08),
                (x, y + 0.08),
                (x - 0.11, y - 0.08),
            ]
            pen.shape(corners, fill=color)
            for start, stop in pairwise(corners):
                pen.tube([start, stop], 0.07 + grow, fill=color)
        pen.slab(x - 0.05, y - 0.11, x + 0.05, y - 0.02, 0.01, fill=(40, 60, 50))
