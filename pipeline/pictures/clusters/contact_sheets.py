"""Contact sheets of clusters: what is nearest to each centre and, apart, what is farthest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

from pipeline.lettering.lettering import Lettering
from pipeline.pictures.clusters.clusters_file import Cluster
from pipeline.runtime.quantities import counted

SIDE = 96
"""Pixels of a picture's longer side."""
_GAP = 4
_MIDDLE = 24  # between the nearest and the farthest
_ACROSS = 10
_ON_OVERVIEW = (8, 4)  # nearest and farthest of each cluster
_LETTERS, _LINE = 16, 28  # height of letters and of a line of text
_WHITE, _GREY, _RED = (255, 255, 255), (40, 40, 44), (255, 120, 110)


def write_sheet(target: Path, cluster: Cluster, thumbnails: Mapping[str, bytes]) -> None:
    """Write the sheet of one cluster: the nearest above, the farthest below."""
    rows = [
        some[at : at + _ACROSS]
        for some in (cluster.nearest, cluster.farthest)
        for at in range(0, len(some), _ACROSS)
    ]
    cell, upper = SIDE + _GAP, -(-len(cluster.nearest) // _ACROSS)
    height = _LINE + len(rows) * cell + _MIDDLE * (len(rows) > upper) + _GAP
    sheet = Image.new("RGB", (_ACROSS * cell + _GAP, height), _GREY)
    _title(sheet, _GAP, cluster)
    for place, row in enumerate(rows):
        top = _LINE + place * cell + _MIDDLE * (place >= upper)
        _paste(sheet, _GAP, top, [thumbnails[name] for name in row])
    sheet.save(target)


def write_overview(
    target: Path, clusters: Sequence[Cluster], thumbnails: Mapping[str, bytes]
) -> None:
    """Write one sheet of all clusters: of each a few nearest and, to the right, farthest."""
    near, far = _ON_OVERVIEW
    cell = SIDE + _GAP
    height = _LINE + cell
    width = (near + far) * cell + _MIDDLE + _GAP
    sheet = Image.new("RGB", (width, len(clusters) * height + _GAP), _GREY)
    for place, cluster in enumerate(clusters):
        top = place * height
        _title(sheet, top + _GAP, cluster)
        _paste(sheet, _GAP, top + _LINE, [thumbnails[name] for name in cluster.nearest[:near]])
        right = _GAP + near * cell + _MIDDLE
        _paste(sheet, right, top + _LINE, [thumbnails[name] for name in cluster.farthest[:far]])
    sheet.save(target)


def _title(sheet: Image.Image, top: int, cluster: Cluster) -> None:
    """The cluster's number, its size, its most frequent domains, and whether it is dropped."""
    domains = ", ".join(f"{name} {count:,}" for name, count in [*cluster.domains.items()][:4])
    text = f"{cluster.number} · {counted(cluster.size, 'picture')}"
    text += f" · {domains}" * bool(domains) + " · dropped" * (not cluster.kept)
    lettering, color = Lettering(), _WHITE if cluster.kept else _RED
    text, size = lettering.fitted(text, sheet.width - 2 * _GAP, _LETTERS, _LETTERS)
    lettering.write(sheet, _GAP, top + _LETTERS, text, size, color)


def _paste(sheet: Image.Image, left: int, top: int, pictures: Sequence[bytes]) -> None:
    for place, file in enumerate(pictures):
        picture = Image.open(BytesIO(file)).convert("RGB")
        inset = (np.array([SIDE, SIDE]) - picture.size) // 2
        sheet.paste(picture, (left + place * (SIDE + _GAP) + int(inset[0]), top + int(inset[1])))
