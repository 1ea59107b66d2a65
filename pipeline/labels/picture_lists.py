"""Which pictures a file names, be it labels, a table or a plain list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.labels.columns import is_picture_name, names_a_picture, picture_of
from pipeline.labels.json_reader import place_of_objects
from pipeline.labels.label_report import LabelReport
from pipeline.labels.readers import csv_table, named_json
from pipeline.labels.reading import all_readers
from pipeline.reading.content import Content
from pipeline.reading.json_stream import items
from pipeline.reading.recognition import best_reader
from pipeline.reading.table import Header, Rows, header_of
from pipeline.runtime.errors import ExitCode, PipelineError

_PLAIN = (csv_table.READER, named_json.READER)
"""Readers of files whose records name a picture whether or not they say something about it."""


class PictureList(NamedTuple):
    """What a file calls pictures."""

    names: list[str]
    """In order, each once: paths, addresses, or names without an ending."""
    is_labels: bool
    """Whether the file says something about them, so that it can be read as labels."""


def read_picture_list(path: Path) -> PictureList:
    """Find the pictures that ``path`` names, in any format of labels or a path a line.

    Raises PipelineError UNKNOWN_FORMAT if it names none.
    """
    content = Content.open(path)
    reader = best_reader(content, all_readers()) if content.encoding else None
    report = LabelReport(path.name, "")
    if reader is None or reader in _PLAIN:
        names = _of_records(content, report)
    else:
        names = (label.picture for label in reader.read(content, report))
    listed = list(dict.fromkeys(name for name in names if name))
    if not listed:
        raise PipelineError(
            ExitCode.UNKNOWN_FORMAT,
            f"{path} names no picture",
            "Give a folder, a list with a path a line, or a table with a column “file”",
        )
    return PictureList(listed, is_labels=reader is not None)


def _of_records(content: Content, report: LabelReport) -> Iterator[str]:
    """The names in JSON, in a table with a header, or in the lines of a text."""
    if content.encoding is None:
        return
    if content.outline.is_json():
        for item in items(content, place_of_objects(content), report):
            yield picture_of(item if isinstance(item, dict) else {"file": item})
        return
    header = header_of(content)
    if names_a_picture(header.names):
        for row in _rows(content, header, report):
            yield picture_of(row)
    else:
        yield from (name for line in content.lines() if is_picture_name(name := line.strip()))


def _rows(content: Content, header: Header, report: LabelReport) -> Iterator[Mapping[str, Any]]:
    def is_row(row: Mapping[str, str]) -> bool:
        return is_picture_name(picture_of(row))

    yield from Rows(content, header, report, text=len(header.names) - 1, is_row=is_row)
