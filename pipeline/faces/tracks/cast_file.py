"""``cast.jsonl`` and ``cast.csv``: who is in a video, for how long, and called what."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

import msgspec

from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.runtime.json_lines import read_lines, write_lines

_COLUMNS = ("number", "name", "seconds", "share", "tracks", "scenes", "crops")
_SEPARATOR = "|"


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """One of the cast: tracks whose faces are alike."""

    number: int
    """From 1: the one that is longest on screen first."""
    name: str
    """As a person gave it; empty before."""
    seconds: float
    """On screen."""
    share: float
    """Of the video."""
    scenes: int
    tracks: list[int]
    """Numbers in ``tracks.jsonl``."""
    crops: list[str]
    """Some, the most typical first: files in ``faces``."""


def read_names_given(path: Path) -> dict[str, str]:
    """Read names by the crops that they are of, from an edited copy of ``cast.csv``.

    Raises PipelineError INVALID_SETTING for any other file.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = [(row["name"].strip(), row["crops"]) for row in csv.DictReader(file)]
    except (OSError, ValueError, KeyError, AttributeError, csv.Error) as error:
        raise PipelineError(
            ExitCode.INVALID_SETTING,
            f"{path} has no names of faces",
            "Give a copy of cast.csv with names in its column `name`, as UTF-8",
        ) from error
    return {crop: name for name, crops in rows if name for crop in crops.split(_SEPARATOR)}


def read_cast(path: Path) -> list[Member]:
    """Read ``cast.jsonl``; raises PipelineError BAD_ARTIFACT."""
    return list(read_lines(path, Member))


def write_cast(lines: Path, table: Path, cast: Iterable[Member]) -> None:
    """Write both files; the table has the mark by which Excel knows UTF-8.

    Its fields are quoted and stand as they are.
    """
    members = list(cast)
    write_lines(lines, members)
    with table.open("w", encoding="utf-8-sig", newline="") as file:
        rows = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL)
        rows.writerow(_COLUMNS)
        for one in members:
            rows.writerow(
                [
                    *(one.number, one.name, one.seconds, one.share, len(one.tracks), one.scenes),
                    _SEPARATOR.join(one.crops),
                ]
            )
