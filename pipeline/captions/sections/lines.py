"""The gallery: every picture with its lines, and the training pictures most similar to it."""

from __future__ import annotations

import base64
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from itertools import chain
from pathlib import Path

import numpy as np
from PIL import Image

from pipeline.captions.captions_file import Candidate, CaptionLine
from pipeline.captions.explained_file import ExplainedCaptions
from pipeline.captions.learned_file import Learned
from pipeline.captions.sections.summary import WEB
from pipeline.captions.texts_file import CaptionText
from pipeline.pictures.heat import heat_over
from pipeline.report.picture_grid import (
    SCRIPTS,
    STYLES,
    Line,
    NumberColumn,
    PictureGrid,
    Tile,
)
from pipeline.report.section import Section
from pipeline.report.tile_sheets import write_sheets
from pipeline.runtime.arrays import UInt8s
from pipeline.runtime.clock import clock_text

_MAX_HEATED = 1000
"""Pictures whose attention is shown: those with the best scores. Each adds 4 kB to the page."""
_HEAT_QUALITY = 70  # of JPEG
_MAX_SHOWN = 5  # texts of a training picture


def lines_section(
    folder: Path,
    lines: Sequence[CaptionLine],
    texts: Sequence[CaptionText],
    explained: ExplainedCaptions,
    learned: Learned,
    thumbnail_of: Callable[[int], bytes],
    source_of: Callable[[CaptionLine], str],
) -> Section:
    """Write sheets of tiles below ``folder``.

    ``texts`` are those of people about the same collection; ``thumbnail_of`` gives the JPEG of a
    frame, ``source_of`` the address of a line's picture from the page, or an empty text.
    """
    near = np.unique(explained.near)
    place = {int(number): len(lines) + k for k, number in enumerate(near)}
    thumbnails = chain(
        (thumbnail_of(line.frame) for line in lines),
        (learned.thumbnail(number) for number in near.tolist()),
    )
    sheets = write_sheets(folder, thumbnails)
    said = defaultdict(list)
    for text in texts:
        said[text.frame].append(text)
    heats = _heats(lines, explained, thumbnail_of)
    tiles = [
        Tile(
            line.picture or clock_text(line.time_ms, digits=1),
            source_of(line),
            [line.candidates[0].score if line.candidates else None, *_novelty(line)],
            [*_lines(line), *map(_persons, said[line.frame])],
            near=[
                (place[int(number)], round(float(cosine), 4))
                for number, cosine in zip(
                    explained.near[row], explained.similarity[row], strict=True
                )
            ],
            evidence=heats.get(row, ""),
        )
        for row, line in enumerate(lines)
    ]
    others = [
        Tile(
            learned.names[number],
            lines=[
                Line(text.text, flags=["learned"]) for text in learned.texts[number][:_MAX_SHOWN]
            ],
        )
        for number in near.tolist()
    ]
    grid = PictureGrid(
        sheets,
        tiles,
        others,
        facts=[NumberColumn("score"), NumberColumn("copies", 0)],
        scores=[NumberColumn("score"), NumberColumn("pmi"), NumberColumn("rating")],
        flags=["model", "new", "copied", "person", "learned"],
    )
    return Section(
        "lines",
        WEB,
        "lines.html.j2",
        {"grid": grid, "has_heat": bool(heats), "max_heated": _MAX_HEATED},
        SCRIPTS,
        STYLES,
        data=grid,
    )


def _lines(line: CaptionLine) -> Iterator[Line]:
    """The candidates; and before them the line itself where somebody has edited it."""
    if all(one.text != line.text for one in line.candidates):
        yield Line(line.text, flags=["person"])
    for one in sorted(line.candidates, key=lambda one: one.text != line.text):
        yield Line(one.text, _scores(one), ["model", "copied" if one.copied else "new"])


def _scores(one: Candidate) -> list[float | None]:
    return [round(x, 3) for x in (one.score, one.blind_nats - one.nats, one.rating)]


def _novelty(line: CaptionLine) -> list[float | None]:
    """How many of the candidates are copies."""
    return [float(sum(one.copied for one in line.candidates))]


def _persons(text: CaptionText) -> Line:
    return Line(text.text, flags=["person"])


def _heats(
    lines: Sequence[CaptionLine],
    explained: ExplainedCaptions,
    thumbnail_of: Callable[[int], bytes],
) -> dict[int, str]:
    """By places of lines: pictures under the attention to them, as addresses that hold them."""
    if not explained.heat.shape[1]:
        return {}
    scores = [line.candidates[0].score if line.candidates else -np.inf for line in lines]
    best = np.argsort(-np.array(scores), kind="stable")[:_MAX_HEATED]
    return {
        row: _heated(thumbnail_of(lines[row].frame), explained.heat[row]) for row in best.tolist()
    }


def _heated(jpeg: bytes, heat: UInt8s) -> str:
    picture = np.asarray(Image.open(BytesIO(jpeg)).convert("RGB"))
    file = BytesIO()
    Image.fromarray(heat_over(picture, heat)).save(file, "JPEG", quality=_HEAT_QUALITY)
    return f"data:image/jpeg;base64,{base64.b64encode(file.getvalue()).decode()}"
