"""What the page says last: the map and the vectors beside it, equal pictures, and the run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby, islice
from pathlib import Path

import numpy as np
from PIL import Image

from pipeline.illustrations.duplicates.duplicates_file import Duplicate
from pipeline.illustrations.map.map_file import PictureMap
from pipeline.illustrations.sections.summary import WEB, Doubles
from pipeline.report.gallery import GalleryPicture, write_picture
from pipeline.report.history import StageRun
from pipeline.report.section import Section

_SIDE = 900  # pixels of the small map
_MOST_GROUPS = 200


def map_section(folder: Path, poster: Path, made: PictureMap) -> Section:
    """Write a small copy of the ``poster`` into ``folder``, which leads to the map itself."""
    with Image.open(poster) as image:
        image.thumbnail((_SIDE, _SIDE), Image.Resampling.LANCZOS, reducing_gap=2)
        small = np.asarray(image.convert("RGB"))
    file = write_picture(folder, "small/map.jpg", small)
    picture = GalleryPicture(file, "", "../map/index.html")
    return Section("beside", WEB, "beside.html.j2", {"picture": picture, "made": made})


def doubles_section(
    duplicates: Sequence[Duplicate], place: Mapping[str, int], doubles: Doubles
) -> Section:
    """A row for each group of ``duplicates``; ``place`` is that of each picture on the page."""
    groups = groupby(duplicates, lambda one: one.group)
    first = [list(some) for _, some in islice(groups, _MOST_GROUPS)]
    values = {"groups": first, "place": place, "doubles": doubles}
    return Section("doubles", WEB, "doubles.html.j2", values)


def making_section(stage_runs: Sequence[StageRun], software: Mapping[str, str]) -> Section:
    """How it all came about; ``software`` are versions by name."""
    return Section(
        "making", WEB, "making.html.j2", {"stage_runs": stage_runs, "software": software}
    )
