"""The map as a picture to print or to share: PNG, and SVG that any program can edit.

n  points
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
from PIL import Image

from pipeline.illustrations.map.map_file import PictureMap
from pipeline.lettering.lettering import Lettering
from pipeline.runtime.arrays import Float64s
from pipeline.runtime.atomic_files import published, write_text

Arrangement = Literal["free", "grid"]

_WHITE = (255, 255, 255)
_MARGIN = 0.03  # of the poster's longer side, on each side
_COVERED = 1.0
"""Of the poster, by pictures if none overlapped: similar ones lie close, so that some do."""
_FILLED = 0.92  # of a cell of the grid, along a side
_LARGEST = 224  # pixels of a picture; more would be blurred
_NAME = 0.012  # height of letters as a share of the poster's longer side
_LEAST_NAME = 12  # pixels
_OUTLINE = 0.08  # of the letters' height
_DROP = 0.35  # from the middle of a line to its baseline, of the letters' height
_LINE = 1.2  # least distance of two lines, of the letters' height
_QUALITY = 85  # of JPEG in the SVG file


class Poster(NamedTuple):
    """Where everything is, in pixels."""

    width: int
    height: int
    side: int
    """Of a picture's longer side."""
    centres: Float64s
    """(n, 2)."""
    names: list[tuple[float, float, str]]
    """Middles and names of clusters; the largest first."""
    letters: int
    """Height of names."""


def plan_poster(made: PictureMap, arrangement: Arrangement, pixels: int) -> Poster:
    """Fit a map into ``pixels`` along the longer side."""
    if arrangement == "grid":
        places = np.array([(p.column, p.row) for p in made.points], float)
        middles = [(cluster.column, cluster.row) for cluster in made.clusters]
    else:
        places = np.array([(p.x, p.y) for p in made.points])
        middles = [(cluster.x, cluster.y) for cluster in made.clusters]
    low, extent = places.min(0), np.ptp(places, axis=0)
    margin = round(_MARGIN * pixels)
    if arrangement == "grid":
        scale = (pixels - 2 * margin) / (float(extent.max()) + 1)
        side = scale * _FILLED
        origin = margin + scale / 2
        size = (extent + 1) * scale + 2 * margin
    else:
        area = np.prod(np.maximum(extent / (extent.max() or 1), 0.1))
        side = pixels * float(np.sqrt(_COVERED * area / len(places)))
        side = min(side, _LARGEST, pixels / 4)
        scale = (pixels - 2 * margin - side) / (float(extent.max()) or 1)
        origin = margin + side / 2
        size = extent * scale + 2 * origin
    width, height = np.ceil(size).astype(int).tolist()
    names = [
        (*((np.array(middle) - low) * scale + origin).tolist(), cluster.name)
        for middle, cluster in zip(middles, made.clusters, strict=True)
        if cluster.name
    ]
    centres = (places - low) * scale + origin
    return Poster(width, height, max(1, round(side)), centres, names, round(_NAME * pixels))


def fitted(poster: Poster, thumbnails: Sequence[bytes]) -> list[Image.Image]:
    """The picture of each point at the size that the poster has, from files such as JPEGs."""
    return [_shrunk(thumbnail, poster.side) for thumbnail in thumbnails]


def _shrunk(thumbnail: bytes, side: int) -> Image.Image:
    file = Image.open(BytesIO(thumbnail))
    file.draft("RGB", (side, side))  # a JPEG need not be decoded larger than it is shown
    picture = file.convert("RGB")
    scale = side / max(picture.size)
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    return picture.resize(size, Image.Resampling.LANCZOS)


def write_png(target: Path, poster: Poster, pictures: Sequence[Image.Image]) -> None:
    """Publish the poster with a picture at each point."""
    sheet = Image.new("RGB", (poster.width, poster.height), _WHITE)
    for (x, y), picture in zip(poster.centres.tolist(), pictures, strict=True):
        sheet.paste(picture, (round(x - picture.width / 2), round(y - picture.height / 2)))
    lettering = Lettering()
    for x, y, name in _names_apart(poster, lettering):
        left, baseline = x - lettering.width(name, poster.letters) / 2, y + _DROP * poster.letters
        outline = _OUTLINE * poster.letters
        lettering.write(sheet, left, baseline, name, poster.letters, _WHITE, outline)
    with published(target) as temporary:
        sheet.save(temporary, "PNG")


def write_svg(target: Path, poster: Poster, pictures: Sequence[Image.Image]) -> None:
    """Publish the poster as an SVG file that holds all of its pictures."""
    width, height, letters = poster.width, poster.height, poster.letters
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">',
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
    ]
    for (x, y), picture in zip(poster.centres.tolist(), pictures, strict=True):
        lines.append(
            f'<image x="{x - picture.width / 2:.1f}" y="{y - picture.height / 2:.1f}"'
            f' width="{picture.width}" height="{picture.height}" href="{_address(picture)}"/>'
        )
    style = (
        f'font-family="sans-serif" font-size="{letters}" font-weight="bold" text-anchor="middle"'
        f' fill="#fff" stroke="#000" stroke-width="{2 * _OUTLINE * letters:.1f}"'
        ' stroke-linejoin="round" paint-order="stroke"'
    )
    lines.append(f"<g {style}>")
    for x, y, name in _names_apart(poster, Lettering()):
        lines.append(f'<text x="{x:.1f}" y="{y + _DROP * letters:.1f}">{escape(name)}</text>')
    write_text(target, "\n".join([*lines, "</g>", "</svg>", ""]))


def _names_apart(poster: Poster, lettering: Lettering) -> Iterator[tuple[float, float, str]]:
    """The names of clusters, without those that would lie on a larger one's and outside."""
    taken: list[tuple[float, float, float]] = []
    for x, y, name in poster.names:
        half = lettering.width(name, poster.letters) / 2
        x = min(max(x, half), poster.width - half)
        if any(
            abs(x - other_x) < half + other_half and abs(y - other_y) < _LINE * poster.letters
            for other_x, other_y, other_half in taken
        ):
            continue
        taken.append((x, y, half))
        yield x, y, name


def _address(picture: Image.Image) -> str:
    file = BytesIO()
    picture.save(file, "JPEG", quality=_QUALITY)
    return f"data:image/jpeg;base64,{base64.b64encode(file.getvalue()).decode()}"
