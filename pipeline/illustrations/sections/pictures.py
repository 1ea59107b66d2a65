"""The gallery: every picture with its tags, the most similar pictures, and those that equal it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from pipeline.illustrations.duplicates.duplicates_file import Duplicate
from pipeline.illustrations.map.points import Points
from pipeline.illustrations.picture_tags import PictureTags, Tag
from pipeline.illustrations.sections.summary import WEB
from pipeline.illustrations.tag_probabilities import TagProbabilities
from pipeline.report.picture_grid import SCRIPTS, STYLES, Line, NumberColumn, PictureGrid, Tile
from pipeline.report.section import Section
from pipeline.report.tile_sheets import Thumbnail, write_sheets
from pipeline.runtime.arrays import Float16s, Float32s, Int64s

_BELOW = 5
"""Tags of a picture that nearly hold, with their probabilities."""
_LEAST = 0.05
"""Probability of these."""

Near = tuple[Int64s, Float32s]
"""(n, k) both: places of the most similar pictures on the page, and their cosines."""


Choices = dict[str, list[tuple[str, int]]]
"""By group, tags and of how many pictures each holds."""


def pictures_section(
    folder: Path,
    points: Points,
    tags: Mapping[int, PictureTags],
    groups: Choices,
    model: TagProbabilities,
    near: Near,
    doubles: Sequence[Duplicate],
    thumbnails: Sequence[Thumbnail],
    source_of: Callable[[str], str],
) -> Section:
    """Write sheets of tiles below ``folder``; ``points`` are the pictures that are shown.

    ``tags`` are those of each frame, ``groups`` all that can be chosen; ``source_of`` gives the
    address of a picture from the page by its name, or an empty text.
    """
    equal = _equal(doubles)
    tiles = [
        _tile(name, source_of(name), tags[frame], lines, equal.get(name, []), nearest)
        for name, frame, lines, nearest in zip(
            points.names,
            points.frames.tolist(),
            _lines(points, tags, model),
            _pairs(near),
            strict=True,
        )
    ]
    grid = PictureGrid(
        write_sheets(folder, thumbnails),
        tiles,
        facts=[NumberColumn("probability"), NumberColumn("tags", 0), NumberColumn("copies", 0)],
        scores=[NumberColumn("probability")],
        flags=["person", "model", "below", "untagged", "doubled"],
    )
    values = {"grid": grid, "groups": groups, "of": points.of}
    scripts = (*SCRIPTS, "tag_choice.js")
    return Section("pictures", WEB, "pictures.html.j2", values, scripts, STYLES, data=grid)


def _tile(
    name: str,
    source: str,
    tagged: PictureTags,
    lines: list[Line],
    equal: list[str],
    near: list[tuple[int, float]],
) -> Tile:
    best = lines[0].scores[0] if lines else None
    return Tile(
        name,
        source,
        [best, float(len(tagged.tags)), float(len(equal))],
        lines,
        flags=["untagged"] * (not tagged.tags) + ["doubled"] * bool(equal),
        tags=equal,
        near=near,
    )


def _lines(
    points: Points, tags: Mapping[int, PictureTags], model: TagProbabilities
) -> Iterator[list[Line]]:
    """The tags of each picture; those that hold come first."""
    probabilities = np.asarray(model.probabilities[points.rows])
    for frame, probable in zip(points.frames.tolist(), probabilities, strict=True):
        held = tags[frame].tags
        yield [*map(_held, held), *_below(held, probable, model)]


def _held(tag: Tag) -> Line:
    return Line(tag.name, [_rounded(tag.probability)], [tag.by])


def _below(held: Sequence[Tag], probable: Float16s, model: TagProbabilities) -> Iterator[Line]:
    """The likeliest of those that do not hold."""
    names, left = {tag.name for tag in held}, _BELOW
    for place in np.argsort(-probable, kind="stable")[: len(names) + _BELOW].tolist():
        if left and probable[place] >= _LEAST and model.names[place] not in names:
            left -= 1
            probability = _rounded(float(probable[place]))
            yield Line(model.names[place], [probability], ["below"], aside=True)


def _rounded(probability: float | None) -> float | None:
    return None if probability is None else round(probability, 3)


def _equal(doubles: Sequence[Duplicate]) -> dict[str, list[str]]:
    """The names of the pictures that equal each."""
    groups: dict[int, list[str]] = {}
    for one in doubles:
        groups.setdefault(one.group, []).append(one.picture)
    return {
        name: [other for other in names if other != name]
        for names in groups.values()
        for name in names
    }


def _pairs(near: Near) -> Iterator[list[tuple[int, float]]]:
    for places, cosines in zip(near[0].tolist(), near[1].tolist(), strict=True):
        yield [(place, round(cosine, 3)) for place, cosine in zip(places, cosines, strict=True)]


def choices(tags: Sequence[PictureTags]) -> Choices:
    """The tags that hold of any picture, the commonest of each group first."""
    held = [tag for one in tags for tag in one.tags]
    group = {tag.name: tag.group for tag in held}
    found: Choices = {}
    for name, count in Counter(tag.name for tag in held).most_common():
        found.setdefault(group[name], []).append((name, count))
    return found
