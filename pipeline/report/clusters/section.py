"""The page of clusters: their contact sheets, and all pictures, to be kept or dropped.

What is decided there is downloaded as ``labels.jsonl``, for a page from disk can write nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from pipeline.report import picture_grid
from pipeline.report.picture_grid import NumberColumn, PictureGrid, Tile
from pipeline.report.section import Section
from pipeline.report.tile_sheets import Thumbnail, write_sheets

WEB: Final = Path(__file__).parent / "web"

FACTS: Final = (NumberColumn("cluster", 0), NumberColumn("distance"), NumberColumn("own"))
"""Of each tile: the number of its cluster, how far it is from the centre, and how sure a head is
of its own domain."""
DROPPED: Final = "dropped"
FLAGS: Final = (DROPPED, "outlier", "doubled", "elsewhere")
"""Of tiles: what is not learned from, lies far outside, equals another one, or looks like another
domain's."""


class Decided(msgspec.Struct, frozen=True):
    """What the scripts know of all n pictures, also of those that have no tile."""

    names: list[str]
    cluster: list[int]
    """(n) the number of each one's cluster."""
    dropped: list[int]
    """Places in ``names`` of what is not learned from so far."""
    tiles: list[int]
    """The place in ``names`` of each tile."""


def cluster_sections(
    folder: Path,
    made: Any,
    decided: Decided,
    tiles: Sequence[Tile],
    thumbnails: Iterable[Thumbnail],
) -> list[Section]:
    """Write the small pictures of ``tiles`` into ``folder`` and return the sections of its page.

    ``made`` are the figures of ``clusters.json``. The contact sheet of cluster 7 is ``07.png``.
    """
    grid = PictureGrid(
        write_sheets(folder, thumbnails), list(tiles), facts=list(FACTS), flags=list(FLAGS)
    )
    scripts = (*picture_grid.SCRIPTS, "clusters.js")
    styles = (*picture_grid.STYLES, "clusters.css")
    values = {"made": made}
    shown = {"grid": grid, "made": made}
    return [
        Section("clusters", WEB, "clusters.html.j2", values, scripts, styles, decided),
        Section("pictures", WEB, "pictures.html.j2", shown, data=grid),
        Section("measured", WEB, "measured.html.j2", values),
    ]
