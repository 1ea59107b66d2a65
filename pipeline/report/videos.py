"""``workdir/index.html``: the table over all videos, which leads to their reports."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import msgspec

from pipeline.report.html import page
from pipeline.report.summary import Summary
from pipeline.runtime.atomic_files import write_text

_SCRIPTS = ("theme.js", "tables.js")


@dataclass(frozen=True)
class Row:
    """One video."""

    name: str
    """Of its folder."""
    summary: Summary | None
    """None where there is no report."""
    made: str
    """When the report was, in UTC."""

    @property
    def address(self) -> str:
        """Of its folder, from the table; never of anything but a path, whatever its name."""
        return f"./{quote(self.name)}"


def write_videos(workdir: Path, names: Iterable[str]) -> None:
    """Publish the table over the videos of these ``names``; none where none has a report."""
    rows = [_row(workdir / name) for name in names]
    target = workdir / "index.html"
    if any(row.summary for row in rows):
        write_text(target, page("videos.html.j2", _SCRIPTS, rows=rows))
    else:
        target.unlink(missing_ok=True)


def _row(folder: Path) -> Row:
    try:
        made = datetime.fromtimestamp((folder / "report/index.html").stat().st_mtime, UTC)
        summary = Summary.load(folder / "report.json")
        return Row(folder.name, summary, f"{made:%Y-%m-%d %H:%M}")
    except (FileNotFoundError, msgspec.DecodeError):
        return Row(folder.name, None, "")
