"""``hits.jsonl`` and ``hits.csv``: what a search found, the most similar first."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import msgspec

from pipeline.runtime.json_lines import write_lines


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """A picture that was found."""

    rank: int
    """From 1."""
    collection: str
    """The name of its folder below the working folder."""
    picture: str
    """A still's name, or the time in a video."""
    frame: int
    """The still's number, or the first frame that shows the picture."""
    time_ms: int
    similarity: float | None = None
    """A cosine, from −1 to 1; None where only tags were asked for."""
    percentile: float | None = None
    """How many of a hundred pairs of different pictures, or scenes, of the collection are less
    similar to each other."""
    with_it: list[str] = []
    """Of stills, others that are the same picture: encoded again, cut off, mirrored."""
    step: float | None = None
    """Of a line between two pictures, how far along it, from 0 to 1."""


def write_hits(folder: Path, hits: Sequence[Hit]) -> None:
    """Write both files."""
    write_lines(folder / "hits.jsonl", hits)
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(Hit.__struct_fields__)
    for hit in hits:
        cells = {**msgspec.structs.asdict(hit), "with_it": "|".join(hit.with_it)}
        table.writerow(["" if cell is None else cell for cell in cells.values()])
    # With the mark by which Excel knows UTF-8.
    (folder / "hits.csv").write_text(text.getvalue(), encoding="utf-8-sig")
