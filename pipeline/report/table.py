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
from pipeline.report.verdict import Tone
from pipeline.runtime.atomic_files import write_text

_OPENED = (
    *(".apng", ".ass", ".gif", ".jpg", ".mov", ".mp4"),
    *(".pdf", ".png", ".srt", ".vtt", ".webm", ".webp"),
)
"""Endings of files that people open; the others are for stages and programs."""


@dataclass(frozen=True)
class Link:
    """Something of an item that people open."""

    name: str
    address: str
    """Relative to the table; a mere path, whatever its name."""


@dataclass(frozen=True)
class Row:
    """One item that has a report: a video, an album."""

    name: str
    """Of its folder."""
    system: str
    cells: Mapping[str, Column]
    """By the names of the columns."""
    verdict: Mapping[Tone, int]
    """How many findings of its page have each tone."""
    address: str
    """Of the folder of its page, relative to the table; a mere path, whatever its name."""
    has_poster: bool
    """Whether ``poster.jpg`` lies beside its page."""
    made: str
    """When its page was made, in UTC."""
    links: Sequence[Link]
    """To all else of the item that people open."""


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
    """Publish the table over the items of these ``names``; none where there is nothing to open."""
    items = {name: _rows(workdir, name) for name in names}
    target = workdir / "index.html"
    tables = _tables([row for item in items.values() for rows in item.values() for row in rows])
    without = _without(workdir, items)
    if not tables and not any(without.values()):
        target.unlink(missing_ok=True)
        return
    phrases = Phrases.load([WEB])
    for table in tables:
        phrases |= {f"{table.system}.{cell.name}": cell.heading for cell in table.headings}
    template = template_of("table.html.j2", phrases)
    html = shell_html(
        template,
        phrases,
        styles=[WEB / "verdict.css"],
        scripts=[WEB / "items.js"],
        tables=tables,
        items=len(items),
        reported=sum(any(item.values()) for item in items.values()),
        without=without,
    )
    write_text(target, html)


def _tables(rows: Sequence[Row]) -> list[Table]:
    systems = sorted({row.system for row in rows})
    return [Table(system, [row for row in rows if row.system == system]) for system in systems]


def _without(workdir: Path, items: Mapping[str, Mapping[str, list[Row]]]) -> dict[str, list[Link]]:
    """Items that have no report, and folders without one in which there is something to open."""
    without = {}
    for name, item in items.items():
        for folder in (folder for folder, rows in item.items() if not rows):
            links = _links(workdir, workdir / folder)
            if links or (folder == name and not any(item.values())):
                without[folder] = links
    return without


def _rows(workdir: Path, name: str) -> dict[str, list[Row]]:
    """A row for each report of an item, by the folder below ``workdir`` that it lies in.

    The figures of the page ``report/`` are in ``report.json``, those of another one ``NAME/`` in
    ``NAME.report.json``. Reports by other models lie in ``models/MODEL`` inside.
    """
    rows: dict[str, list[Row]] = {}
    for folder in (workdir / name, *sorted((workdir / name).glob("models/*/"))):
        links = _links(workdir, folder)
        found = rows.setdefault(folder.relative_to(workdir).as_posix(), [])
        for file in sorted(folder.glob("*report.json")):
            page = folder / file.name.removesuffix(".json").removesuffix(".report")
            found += [row] if (row := _row(workdir, name, file, page, links)) else []
    return rows


def _links(workdir: Path, folder: Path) -> list[Link]:
    """Pages first, then films, pictures and subtitles, then folders of cards."""
    pages = sorted(page.parent for page in folder.glob("*/index.html"))
    beside = (path for place in (folder, folder / "exported") for path in place.glob("*.*"))
    files = sorted(path for path in beside if path.suffix in _OPENED)
    cards = sorted(path.parent for path in folder.glob("cards/*/cards.json"))
    return [
        *(_link(workdir, folder, page, "/index.html") for page in pages),
        *(_link(workdir, folder, file) for file in files),
        *(_link(workdir, folder, one, "/") for one in cards),
    ]


def _link(workdir: Path, folder: Path, path: Path, ending: str = "") -> Link:
    inner = path.relative_to(folder).as_posix()
    return Link(inner, f"{_address(workdir, path)}{ending}")


def _address(workdir: Path, path: Path) -> str:
    """Relative to the table; a mere path, whatever its name."""
    return f"./{quote(path.relative_to(workdir).as_posix())}"


def _row(
    workdir: Path, name: str, figures: Path, report: Path, links: Sequence[Link]
) -> Row | None:
    """None for a report without a page, and for one whose figures cannot be read."""
    try:
        made = datetime.fromtimestamp((report / "index.html").stat().st_mtime, UTC)
        file = ReportFile.load(figures)
    except (FileNotFoundError, msgspec.DecodeError):
        return None
    return Row(
        name=name,
        system=file.system,
        cells={cell.name: cell for cell in file.columns},
        verdict=file.verdict,
        address=_address(workdir, report),
        has_poster=(report / "poster.jpg").is_file(),
        made=f"{made:%Y-%m-%d %H:%M}",
        links=[link for link in links if link.name != report.name],
    )
