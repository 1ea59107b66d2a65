"""CSV and TSV with a line of column names."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from pipeline.comments.columns import comment_of, fits
from pipeline.comments.decoding import beginning, text_chunks
from pipeline.comments.reader import Reader
from pipeline.comments.record import Comment
from pipeline.comments.report import ReadReport

_DELIMITERS = ",;\t|"


def recognizes(head: bytes) -> bool:
    """Whether the first line names the columns of a time and a text."""
    return bool(head) and head.lstrip()[:1] not in b"<[{" and fits(_names(head))


def read(path: Path, report: ReadReport) -> Iterator[Comment]:
    """Yield every row with a text and a time; fields may hold line breaks in quotes."""
    head = beginning(path)
    rows = csv.reader(_lines(path), delimiter=_delimiter(head))
    names: list[str] | None = None
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error:
            report.read += 1
            report.drop("not a row: a quote is never closed, or a field is huge")
            continue
        if names is None:
            names = row if any(row) else None
        elif any(row):
            report.read += 1
            comment = comment_of(dict(zip(names, row, strict=False)), report)
            if comment is not None:
                yield comment


def _names(head: bytes) -> list[str]:
    first = head.lstrip().partition(b"\n")[0].decode("utf-8", "replace")
    try:
        return next(csv.reader([first], delimiter=_delimiter(head)), [])
    except csv.Error:
        return []


def _delimiter(head: bytes) -> str:
    first = head.lstrip().partition(b"\n")[0].decode("utf-8", "replace")
    return max(_DELIMITERS, key=first.count)


def _lines(path: Path) -> Iterator[str]:
    """Lines with their ends; one beyond csv's limit for fields comes in pieces."""
    rest = ""
    for chunk in text_chunks(path):
        *lines, rest = (rest + chunk).split("\n")
        yield from (f"{line}\n" for line in lines)
        if len(rest) > csv.field_size_limit():
            yield rest
            rest = ""
    if rest:
        yield rest


READER = Reader("CSV", recognizes, read)
