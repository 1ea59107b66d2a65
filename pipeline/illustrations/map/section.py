"""The page of a map: the map itself, what it distorts, and all of its pictures as a grid.

n  points
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import numpy as np

from pipeline.illustrations.map.facts import Facts
from pipeline.illustrations.map.map_file import Cluster, PictureMap
from pipeline.report import picture_grid
from pipeline.report.picture_grid import Line, NumberColumn, PictureGrid, Tile
from pipeline.report.section import Section
from pipeline.report.tile_sheets import OVERVIEW, Sheets, write_sheets
from pipeline.runtime.arrays import Float32s, Int64s

WEB = Path(__file__).parent / "web"

_SCRIPTS = (
    *picture_grid.SCRIPTS,
    "map_space.js",
    "map_painter.js",
    "map_view.js",
    "map_colours.js",
    "map.js",
)
_MOST_LINES = 5  # texts of a picture
_MOST_TAGS = 500  # that colours can be chosen by: those of most pictures
_DIGITS = {"time": 1, "score": 2, "stars": 0}
_BITS = 10  # of each coordinate, for the order of points


class Classes(msgspec.Struct, frozen=True):
    """One of several things that a point can be."""

    name: str
    """``folder``, ``domain`` or ``keep``."""
    values: list[str]
    of: list[int]
    """(n,) places in ``values``, or −1."""


class MapData(msgspec.Struct, frozen=True):
    """What the scripts of the map know beside the grid's data, whose order of points it has."""

    overview: Sheets
    """The pictures in small."""
    x: list[float]
    y: list[float]
    column: list[int]
    row: list[int]
    cluster: list[int]
    """(n,) places in ``clusters``, or −1."""
    clusters: list[Cluster]
    classes: list[Classes]


def map_sections(
    folder: Path,
    made: PictureMap,
    facts: Facts,
    near: tuple[Int64s, Float32s],
    thumbnails: Sequence[bytes],
    source_of: Callable[[str], str],
) -> list[Section]:
    """Write sheets into ``folder`` and return the sections of its page.

    ``near`` are the nearest points of each and their similarities, both (n, k); ``source_of``
    gives a picture's address by its name.
    """
    order = _order_in_space(made)
    in_order = [thumbnails[place] for place in order.tolist()]
    sheets = write_sheets(folder, in_order)
    overview = write_sheets(folder, in_order, OVERVIEW)
    grid = _grid(sheets, made, facts, near, order, source_of)
    data = _data(overview, made, facts, order)
    tags = Counter(tag for held in facts.tags for tag in held).most_common(_MOST_TAGS)
    values = {
        "made": made,
        "classes": [classes.name for classes in data.classes],
        "numbers": [column.name for column in grid.facts],
        "tags": [(tag, count) for tag, count in tags if count > 1],
        "has_clusters": bool(made.clusters),
    }
    styles = (*picture_grid.STYLES, "map.css")
    return [
        Section("map", WEB, "map.html.j2", values, _SCRIPTS, styles, data, is_heading_seen=False),
        Section("distortion", WEB, "distortion.html.j2", {"made": made}),
        Section("pictures", WEB, "pictures.html.j2", {"grid": grid}, data=grid),
    ]


def _order_in_space(made: PictureMap) -> Int64s:
    """(n,) points in an order in which near ones are near: few sheets then have those in view.

    That of Morton (1966): the bits of both coordinates by turns.
    """
    places = np.array([(point.x, point.y) for point in made.points])
    whole = ((places + 1) / 2 * (2**_BITS - 1)).astype(np.int64)
    keys = np.zeros(len(places), np.int64)
    for bit in range(_BITS):
        for axis in (0, 1):
            keys |= (whole[:, axis] >> bit & 1) << (2 * bit + axis)
    return np.argsort(keys, kind="stable")


def _grid(
    sheets: Sheets,
    made: PictureMap,
    facts: Facts,
    near: tuple[Int64s, Float32s],
    order: Int64s,
    source_of: Callable[[str], str],
) -> PictureGrid:
    number_of = np.empty_like(order)
    number_of[order] = np.arange(len(order))
    nearest, similarities = number_of[near[0]].tolist(), near[1].round(3).tolist()
    return PictureGrid(
        sheets,
        [
            Tile(
                made.points[point].name,
                source_of(made.points[point].name),
                [_rounded(values[point]) for values in facts.numbers.values()],
                [Line(text) for text in facts.texts[point][:_MOST_LINES]],
                tags=facts.tags[point],
                near=list(zip(nearest[point], similarities[point], strict=True)),
            )
            for point in order.tolist()
        ],
        facts=[NumberColumn(name, _DIGITS[name]) for name in facts.numbers],
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def _data(overview: Sheets, made: PictureMap, facts: Facts, order: Int64s) -> MapData:
    points = [made.points[place] for place in order.tolist()]
    return MapData(
        overview=overview,
        x=[point.x for point in points],
        y=[point.y for point in points],
        column=[point.column for point in points],
        row=[point.row for point in points],
        cluster=[-1 if point.cluster is None else point.cluster for point in points],
        clusters=made.clusters,
        classes=[_classes(name, values, order) for name, values in facts.classes.items()],
    )


def _classes(name: str, of_points: Sequence[str | None], order: Int64s) -> Classes:
    counts = Counter(value for value in of_points if value is not None)
    values = [value for value, _ in counts.most_common()]
    places = {value: place for place, value in enumerate(values)}
    return Classes(
        name, values, [places.get(of_points[point] or "", -1) for point in order.tolist()]
    )
