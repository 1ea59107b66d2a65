"""CSV and TSV with a header, as programs and Excel write them."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from itertools import chain, islice

from pipeline.danmaku.comments.columns import (
    REQUIRED,
    SAMPLE_ROWS,
    Columns,
    has_required,
    has_time,
    text_column,
)
from pipeline.danmaku.comments.content import Content
from pipeline.danmaku.comments.read_report import ReadReport
from pipeline.danmaku.comments.reader import Reader
from pipeline.danmaku.comments.record import Comment

_DELIMITERS = ",;\t|"
_SEPARATOR_LINE = re.compile(r"\s*\"?sep=(.)\"?[ \t]*(?:\r\n?|\n)", re.IGNORECASE)
"""Excel's first line, which names the delimiter."""
_MAX_TRIES = 64
"""Lines with quotes that are tried as the end of a field."""
_MAX_FIELD = 1 << 17
"""Characters of a field, the limit of csv itself; beyond it a quote was never closed."""


def confidence(content: Content) -> float:
    """Medium if the first line names the columns of a time and a text."""
    if not content.head or content.head.lstrip()[:1] in b"<[{":
        return 0.0
    return 0.5 if has_required(_first_line(content)[1]) else 0.0


def read(content: Content, report: ReadReport) -> Iterator[Comment]:
    """Yield every row with a text and a time; quoted fields may hold line breaks."""
    delimiter, names = _first_line(content)
    rows = iter(_Rows(content, delimiter, names, report))
    first = list(islice(rows, SAMPLE_ROWS))
    columns = Columns(first)
    for row in chain(first, rows):
        report.read += 1
        comment = columns.comment_of(row, report)
        if comment is not None:
            yield comment


class _Rows:
    """Rows that are not empty, as mappings from column names.

    A quote that opens a field and is never closed is text, and so is one that would only be
    closed after lines that look like rows themselves: neither swallows other rows.
    """

    def __init__(
        self, content: Content, delimiter: str, names: Sequence[str], report: ReadReport
    ) -> None:
        self._delimiter = delimiter
        self._names = names
        self._report = report
        self._lines = _lines(content)
        self._pending: list[str] = []
        """Lines that were read ahead and given back, the next one last."""
        self._yielded = 0
        self._text = text_column(names)

    def __iter__(self) -> Iterator[dict[str, str]]:
        is_header = True
        while (line := self._next()) is not None:
            if _SEPARATOR_LINE.fullmatch(line) and is_header:
                continue
            row = self._row(line) if '"' in line else line.rstrip("\r\n").split(self._delimiter)
            if any(row):
                if not is_header:
                    row = self._fitted(row)
                    self._yielded += 1
                    yield dict(zip(self._names, row, strict=False))
                is_header = False

    def _next(self) -> str | None:
        return self._pending.pop() if self._pending else next(self._lines, None)

    def _row(self, line: str) -> list[str]:
        lines, length, tries = [line], len(line), 0
        row, unclosed = self._parsed(lines)
        while unclosed and length <= _MAX_FIELD and tries < _MAX_TRIES:
            more = self._next()
            if more is None:
                break
            lines.append(more)
            length += len(more)
            if '"' in more:
                tries += 1
                row, unclosed = self._parsed(lines)
        if row and not self._are_rows(lines[1:]):
            return row
        self._pending += reversed(lines[1:])
        self._repair("with quotes that are text")
        return line.rstrip("\r\n").split(self._delimiter)

    def _parsed(self, lines: list[str]) -> tuple[list[str] | None, bool]:
        """The row that the lines form, or None, and whether a quote is still open."""
        try:
            return next(csv.reader(lines, delimiter=self._delimiter, strict=True)), False
        except (csv.Error, StopIteration) as error:
            return None, "unexpected end" in str(error)

    def _are_rows(self, lines: Sequence[str]) -> bool:
        """Whether at least half of the non-empty lines look like rows themselves."""
        filled = list(filter(str.strip, lines))
        rows = sum(map(self._is_row, filled))
        return rows > 0 and 2 * rows >= len(filled)

    def _is_row(self, line: str) -> bool:
        row = dict(zip(self._names, line.split(self._delimiter), strict=False))
        return len(row) == len(self._names) and has_time(row)

    def _fitted(self, row: list[str]) -> list[str]:
        """The row with as many fields as there are columns; surplus ones are parts of the text."""
        surplus = len(row) - len(self._names)
        while surplus > 0 and not row[-1]:
            row.pop()
            surplus -= 1
        if surplus <= 0:
            return row
        self._repair("with more fields than columns, which are parts of the text")
        end = self._text + surplus + 1
        return [*row[: self._text], self._delimiter.join(row[self._text : end]), *row[end:]]

    def _repair(self, reason: str) -> None:
        """Report a repair; rows are read ahead of the report."""
        self._report.repair(reason, ahead=self._yielded + 1 - self._report.read)


def _first_line(content: Content) -> tuple[str, list[str]]:
    """The delimiter, and the names of the columns."""
    head = content.head.decode("utf-8", "replace")
    separator = _SEPARATOR_LINE.match(head)
    line = head[separator.end() if separator else 0 :].lstrip("\r\n ").splitlines()[:1]
    delimiter = separator[1] if separator else max(_DELIMITERS, key="".join(line).count)
    try:
        return delimiter, next(csv.reader(line, delimiter=delimiter), [])
    except csv.Error:
        return delimiter, []


def _lines(content: Content) -> Iterator[str]:
    """Lines with their ends; very long ones come in pieces."""
    end = "\n" if b"\n" in content.head else "\r"  # as old Macs wrote it
    rest = ""
    for chunk in content.text():
        *lines, rest = (rest + chunk).split(end)
        yield from (f"{line}\n" for line in lines)
        if len(rest) > _MAX_FIELD:
            yield rest
            rest = ""
    if rest:
        yield rest


READER = Reader("CSV", f"a first line that names {REQUIRED}", confidence, read)
