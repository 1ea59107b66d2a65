"""``frames.duplicates.txt``: which pictures equal others, or nearly do. Nothing is merged by that.

A group has a name a line, and an empty line behind it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from pipeline.pictures.near_duplicates import near_pairs
from pipeline.runtime.arrays import UInt8s
from pipeline.runtime.atomic_files import write_text
from pipeline.runtime.grouping import groups
from pipeline.runtime.logs import log
from pipeline.runtime.quantities import counted


def report_duplicates(
    listed: Path,
    names: Sequence[str],
    files: Sequence[str],
    rows: Sequence[int],
    colours: UInt8s,
    limit: float,
) -> None:
    """Write the groups to ``listed`` and say how many pictures they have; or remove it.

    Each picture has a name, a file and a row of ``colours``; see ``near_pairs``. Pictures of one
    animated file are no duplicates of each other.
    """
    found = duplicate_groups(files, rows, colours, limit)
    if not found:
        listed.unlink(missing_ok=True)
        return
    write_text(listed, "\n".join("".join(f"{names[n]}\n" for n in group) for group in found))
    log.info(
        "%s equal or nearly equal others, in %s; see %s",
        counted(sum(map(len, found)), "picture"),
        counted(len(found), "group"),
        listed,
    )


def duplicate_groups(
    files: Sequence[str], rows: Sequence[int], colours: UInt8s, limit: float
) -> list[list[int]]:
    """Numbers of pictures that equal or nearly equal each other, by groups; see above."""
    alive, first = np.unique(np.array(rows), return_index=True)
    own_row = dict(zip(alive.tolist(), first.tolist(), strict=True))
    equal = [(n, own_row[row]) for n, row in enumerate(rows) if n != own_row[row]]
    near = [(int(first[a]), int(first[b])) for a, b in near_pairs(colours[alive], limit)]
    return [group for group in groups([*equal, *near]) if len({files[n] for n in group}) > 1]


def earlier_equals(
    names: Sequence[str], rows: Sequence[int], colours: UInt8s, limit: float
) -> list[str]:
    """For each picture the first one of its group; empty for that itself, and without a group."""
    found = [""] * len(names)
    for first, *others in duplicate_groups(names, rows, colours, limit):
        for number in others:
            found[number] = names[first]
    return found
