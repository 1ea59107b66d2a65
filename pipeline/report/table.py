"""``workdir/index.html``: the table over all items, which leads to their reports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import msgspec

from pipeline.report.language import Phrases
from pipeline.report.page import WEB, shell_html, template_of
from pipeline.report.summary import Column, ReportFile
from pipeline.runtime.atomic_files import write_text


@dataclass(frozen=True)
class Row:
    """One item that has a report: a video, an album."""

    name: str
    """Of its folder."""
    system: str
    cells: Mapping[str, Column]
    """By the names of the columns."""
    page: str
    """Of the folder of its page, below its own."""
    has_poster: bool
    """Whether ``poster.jpg`` lies beside its page."""
    made: str
    """When its page was made, in UTC."""

    @property
    def address(self) -> str:
        """Of the folder of its page, relative to the table; a mere path, whatever its name."""
        return f"./{quote(self.name)}/{self.page}"


@dataclass(frozen=True)
class Table:
    """The items that have a report of one system."""

    system: str
    rows: Sequence[Row]

    @property
    def headings(self) -> list[Column]:
        """A cell of each column, one with words where any row has words there."""
        headings: dict[str, Column] = {}
        for name, cell in (item for row in self.rows for item in row.cells.items()):
            if name not in headings or isinstance(cell.value, str):
                headings[name] = cell
        return list(headings.values())


def write_table(workdir: Path, names: Iterable[str]) -> None:
    """Publish the table over the items of these ``names``; none where none has a report."""
    rows = {name: _rows(workdir / name) for name in names}
    target = workdir / "index.html"
    tables = _tables([row for some in rows.values() for row in some])
    if not tables:
        target.unlink(missing_ok=True)
        return
    phrases = Phrases.load([WEB])
    for table in tables:
        phrases |= {f"{table.system}.{cell.name}": cell.heading for cell in table.headings}
    without = [name for name, some in rows.items() if not some]
    template = template_of("table.html.j2", phrases)
    write_text(target, shell_html(template, phrases, tables=tables, without=without))


def _tables(rows: Sequence[Row]) -> list[Table]:
    systems = sorted({row.system for row in rows})
    return [Table(system, [row for row in rows if row.system == system]) for system in systems]


def _rows(folder: Path) -> list[Row]:
    """A row for each report of an item.

    The figures of the page ``report/`` are in ``report.json``, those of another one ``NAME/`` in
    ``NAME.report.json``.
    """
    files = sorted(folder.glob("*report.json"))
    found = ((file, file.name.removesuffix(".json").removesuffix(".report")) for file in files)
    return [row for file, page in found if (row := _row(folder, file, page))]


def _row(folder: Path, figures: Path, page: str) -> Row | None:
    """None for a report without a page, and for one whose figures cannot be read."""
    report = folder / page
    try:
        made = datetime.fromtimestamp((report / "index.html").stat().st_mtime, UTC)
        file = ReportFile.load(figures)
    except (FileNotFoundError, msgspec.DecodeError):
        return None
    return Row(
        name=folder.name,
        system=file.system,
        cells={cell.name: cell for cell in file.columns},
        page=page,
        has_poster=(report / "poster.jpg").is_file(),
        made=f"{made:%Y-%m-%d %H:%M}",
    )
