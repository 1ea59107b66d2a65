"""Tables of people's programs and of Excel: CSV, TSV, and others with one delimiter."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.reading.content import Content
from pipeline.reading.read_report import ReadReport

_DELIMITERS = ",;\t|"
_SEPARATOR_LINE = re.compile(r"\s*\"?sep=(.)\"?[ \t]*(?:\r\n?|\n)", re.IGNORECASE)
"""Excel's first line, which names the delimiter."""
_MAX_TRIES = 64
"""Lines with quotes that are tried as the end of a field."""
_MAX_FIELD = 1 << 17
"""Characters of a field, the limit of csv itself; beyond it a quote was never closed."""


@dataclass(frozen=True)
class Header:
    """How a table is written, and what its columns are called."""

    delimiter: str
    names: Sequence[str]
    is_in_file: bool = True
    """Whether the first line holds the names; otherwise it is a row."""


def header_of(content: Content) -> Header:
    """The header that the first line is, if it is one."""
    head = content.head.decode("utf-8", "replace")
    separator = _SEPARATOR_LINE.match(head)
    line = head[separator.end() if separator else 0 :].lstrip("\r\n ").splitlines()[:1]
    delimiter = separator[1] if separator else max(_DELIMITERS, key="".join(line).count)
    try:
        return Header(delimiter, _distinct(next(csv.reader(line, delimiter=delimiter), [])))
    except csv.Error:
        return Header(delimiter, [])


def _distinct(names: Sequence[str]) -> list[str]:
    """Names of columns, of which repeated ones are numbered: the first keeps its name."""
    times: Counter[str] = Counter()
    found = []
    for name in names:
        key = name.strip().lower()
        times[key] += 1
        found.append(f"{name} ({times[key]})" if key and times[key] > 1 else name)
    return found


class Rows:
    """Rows that are not empty, as mappings from column names.

    A quote that opens a field and is never closed is text, and so is one that would only be
    closed after lines that look like rows themselves: neither swallows other rows.
    """

    def __init__(
        self,
        content: Content,
        header: Header,
        report: ReadReport,
        *,
        text: int,
        is_row: Callable[[Mapping[str, str]], bool],
    ) -> None:
        """``text`` is the column that surplus delimiters belong to.

        A mapping that satisfies ``is_row`` is surely a row, and no piece of a text.
        """
        self._header = header
        self._delimiter, self._names = header.delimiter, header.names
        self._report = report
        self._lines = _lines(content)
        self._pending: list[str] = []
        """Lines that were read ahead and given back, the next one last."""
        self._yielded = 0
        self._text = text
        self._is_sure = is_row

    def __iter__(self) -> Iterator[dict[str, str]]:
        first = True
        while (line := self._next()) is not None:
            if _SEPARATOR_LINE.fullmatch(line) and first:
                continue
            row = self._row(line) if '"' in line else line.rstrip("\r\n").split(self._delimiter)
            if any(row):
                if not (first and self._header.is_in_file):
                    row = self._fitted(row)
                    self._yielded += 1
                    yield dict(zip(self._names, row, strict=False))
                first = False

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
        return len(row) == len(self._names) and self._is_sure(row)

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
        """Report a repair of the next record; rows may be read ahead of the report."""
        self._report.repair(reason, ahead=max(1, self._yielded + 1 - self._report.read))


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
