"""From scores to a ranking of pictures, and ``ranking.csv``."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

from pipeline.faces.scores.scores_file import Scored
from pipeline.faces.scores.settings import Best
from pipeline.pictures.frames_file import Frames
from pipeline.pictures.near_duplicates import block_colours, near_pairs
from pipeline.runtime.grouping import groups

_COLUMNS = (
    *("rank", "picture", "score", "by", "expected", "low", "high"),
    *("left", "top", "right", "bottom", "crop", "faces", "repeats"),
)
_READ = 256  # pictures at once


@dataclass(frozen=True)
class Ranked:
    """One picture, by its best face."""

    best: Scored
    faces: int
    """How many of the picture have a score."""
    repeats: Sequence[str]
    """Other pictures that nearly equal it."""


def ranking(scores: Sequence[Scored], groups_of: Mapping[int, int], best: Best) -> list[Ranked]:
    """The pictures in order, the best first, and of those that nearly equal each other the best.

    ``groups_of`` has the group of each frame.
    """
    sign = 1.0 if best == "highest" else -1.0
    order = sorted(scores, key=lambda one: (-sign * one.score, -sign * one.expected, one.frame))
    of_picture: dict[int, list[Scored]] = defaultdict(list)
    for one in order:
        of_picture[one.frame].append(one)
    of_group: dict[int, list[int]] = defaultdict(list)
    for frame in of_picture:
        of_group[groups_of[frame]].append(frame)
    return [
        Ranked(
            of_picture[first][0],
            len(of_picture[first]),
            [of_picture[frame][0].picture for frame in others],
        )
        for first, *others in of_group.values()
    ]


def read_ranking(path: Path) -> list[str]:
    """The pictures of ``ranking.csv``, the best first."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [row["picture"] for row in csv.DictReader(file)]


def near_groups(frames_file: Path, limit: float) -> dict[int, int]:
    """The group of each frame, by its number: nearly equal pictures are of one.

    ``limit`` is how far the mean colour of any of 14 × 14 blocks may differ, in grey levels.
    """
    rows = Frames.load(frames_file).row
    with h5py.File(frames_file, "r") as file:
        pictures = file["pictures"]
        parts = (pictures[start : start + _READ] for start in range(0, len(pictures), _READ))
        colours = np.stack([block_colours(picture) for part in parts for picture in part])
    linked = groups([*((row, row) for row in range(len(colours))), *near_pairs(colours, limit)])
    group_of = {row: number for number, group in enumerate(linked) for row in group}
    return {frame: group_of[row] for frame, row in enumerate(rows.tolist())}


def write_ranking(path: Path, ranked: Sequence[Ranked]) -> None:
    """Write ``ranking.csv``, with the mark by which Excel knows UTF-8.

    As in other tables, fields are quoted and stand as they are, also names that begin with ``=``.
    """
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        table = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL)
        table.writerow(_COLUMNS)
        for rank, one in enumerate(ranked, 1):
            best = one.best
            table.writerow(
                [
                    *(rank, best.picture, best.score, best.by, best.expected, best.low, best.high),
                    *(best.box or ("",) * 4),
                    *(best.crop, one.faces if best.box else "", "|".join(one.repeats)),
                ]
            )
