"""The page of a search: what was asked for, what was found, and how similar that is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from PIL import Image

from pipeline.illustrations.search.answering import QueryPicture
from pipeline.illustrations.search.hits import Hit
from pipeline.illustrations.search.query import Query
from pipeline.illustrations.search.searching import Gap, widest_gap
from pipeline.report.gallery import GalleryPicture, write_picture
from pipeline.report.language import Message, Phrases
from pipeline.report.page import page_html
from pipeline.report.picture_grid import (
    SCRIPTS,
    STYLES,
    NumberColumn,
    PictureGrid,
    Tile,
    address_of,
)
from pipeline.report.plots import COLOR, OTHER_COLOR, Words, write_plot
from pipeline.report.section import Page, Section
from pipeline.report.tile_sheets import write_sheets

WEB: Final = Path(__file__).parent / "web"


@dataclass(frozen=True)
class _Asked(GalleryPicture):
    """A picture of the query."""

    sign: str
    """What stands before it."""


def write_search_page(
    folder: Path,
    query: Query,
    text: str,
    pictures: Sequence[QueryPicture],
    hits: Sequence[Hit],
    thumbnail_of: Callable[[Hit], bytes],
    original_of: Callable[[Hit], Path | None],
    page: Path,
) -> None:
    """Write ``index.html`` and all that it shows into ``folder``, which will be called ``page``.

    ``text`` is the query as it was written; ``thumbnail_of`` gives the JPEG of a hit, and
    ``original_of`` the file of its picture, if it has one.
    """

    def source_of(hit: Hit) -> str:
        original = original_of(hit)
        return address_of(original, page) if original else ""

    sections = [
        _asked_section(folder, query, pictures, hits),
        _hits_section(folder, hits, thumbnail_of, source_of),
    ]
    collections = {hit.collection for hit in hits}
    subtitle = Message(
        "hits.subtitle", {"hits": f"{len(hits):,}", "collections": ", ".join(sorted(collections))}
    )
    html = page_html(Page(text, subtitle, sections))
    (folder / "index.html").write_text(html, encoding="utf-8")


def _asked_section(
    folder: Path, query: Query, pictures: Sequence[QueryPicture], hits: Sequence[Hit]
) -> Section:
    gap = None if query.end else widest_gap(hits)
    if gap:
        write_plot(folder, "similarity", Phrases.load([WEB]), partial(_draw, hits, gap))
    asked = []
    for number, picture in enumerate(pictures):
        pixels = np.asarray(Image.open(BytesIO(picture.thumbnail)).convert("RGB"))
        file = write_picture(folder, f"asked/{number}.jpg", pixels)
        sign = "−" if picture.term.sign < 0 else "+" if number else ""
        sign = ">" if number == len(query.terms) else sign
        asked.append(_Asked(file, str(picture.term), "", sign))
    values = {"asked": asked, "tags": query.tags, "gap": gap, "is_line": bool(query.end)}
    return Section("asked", WEB, "asked.html.j2", values)


def _hits_section(
    folder: Path,
    hits: Sequence[Hit],
    thumbnail_of: Callable[[Hit], bytes],
    source_of: Callable[[Hit], str],
) -> Section:
    sheets = write_sheets(folder, map(thumbnail_of, hits))
    several = len({hit.collection for hit in hits}) > 1
    tiles = [
        Tile(
            f"{hit.collection}: {hit.picture}" if several else hit.picture,
            source_of(hit),
            [hit.similarity, hit.percentile, float(len(hit.with_it))],
            flags=["doubled"] if hit.with_it else [],
            tags=hit.with_it,
        )
        for hit in hits
    ]
    grid = PictureGrid(
        sheets,
        tiles,
        facts=[
            NumberColumn("similarity", 3),
            NumberColumn("percentile", 2),
            NumberColumn("more", 0),
        ],
        flags=["doubled"],
    )
    return Section("hits", WEB, "hits.html.j2", {"grid": grid}, SCRIPTS, STYLES, data=grid)


def _draw(hits: Sequence[Hit], gap: Gap, axes: Axes, words: Words) -> None:
    """Similarity by rank, and the widest gap."""
    found = [(hit.rank, hit.similarity) for hit in hits if hit.similarity is not None]
    axes.plot(*zip(*found, strict=True), "o-", color=COLOR, markersize=3)
    axes.axvline(gap.rank + 0.5, color=OTHER_COLOR, linestyle="--")
    axes.set_xlabel(words("asked.rank"))
    axes.set_ylabel(words("hits.similarity"))
