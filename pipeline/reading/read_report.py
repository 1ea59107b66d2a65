"""The account that a reader keeps of every record in a file."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable

from pipeline.reading.import_report_file import FileReport, Issue


class NumberRanges:
    """Ascending numbers, kept as ranges so that a million of them stay small."""

    def __init__(self) -> None:
        self.count = 0
        self._first = array("q")
        self._last = array("q")

    def add(self, number: int) -> None:
        """Append a number; repeating the last one changes nothing."""
        if self._last and number <= self._last[-1] + 1:
            self.count += number > self._last[-1]
            self._last[-1] = max(number, self._last[-1])
        else:
            self._first.append(number)
            self._last.append(number)
            self.count += 1

    def __str__(self) -> str:
        ranges = zip(self._first, self._last, strict=True)
        return ", ".join(f"{a}" if a == b else f"{a}-{b}" for a, b in ranges)


class Tally:
    """Numbers of records by reason."""

    def __init__(self) -> None:
        self._reasons: dict[str, NumberRanges] = {}

    def add(self, reason: str, number: int) -> None:
        """Count record ``number`` under ``reason``; numbers must not decrease."""
        numbers = self._reasons.get(reason)
        if numbers is None:
            numbers = self._reasons[reason] = NumberRanges()
        numbers.add(number)

    @property
    def total(self) -> int:
        """The number of records under all reasons."""
        return sum(numbers.count for numbers in self._reasons.values())

    def issues(self) -> list[Issue]:
        """Every reason with its records, the most frequent first."""
        ranked = sorted(self._reasons.items(), key=lambda item: (-item[1].count, item[0]))
        return [Issue(reason, numbers.count, str(numbers)) for reason, numbers in ranked]


class ReadReport:
    """The account of one file. A reader counts each record in ``read`` before it judges it."""

    noun = "record"
    """What a record is called in messages."""

    def __init__(
        self,
        file: str,
        format: str,  # noqa: A002
        encoding: str = "",
        compression: str = "",
    ) -> None:
        self.file = file
        self.format = format
        self.read = 0
        self.is_whole = True
        """Whether no part of the file is lost: only then it matters what is not there."""
        self._encoding = encoding
        self._compression = compression
        self._dropped = Tally()
        self._repaired = Tally()
        self._skipped: Counter[str] = Counter()
        self._unused_fields: dict[str, None] = {}
        self._notes: list[str] = []

    def drop(self, reason: str) -> None:
        """Record that the record counted last is not usable."""
        self._dropped.add(reason, self.read)

    def repair(self, reason: str, ahead: int = 0) -> None:
        """Record that the record counted last, or the one ``ahead`` after it, was repaired."""
        self._repaired.add(reason, self.read + ahead)

    def skip(self, kind: str, count: int = 1) -> None:
        """Record something that is not such a record, such as ``<gift>``."""
        self._skipped[kind] += count

    def note_unused(self, names: Iterable[str]) -> None:
        """Record columns or members that no field is taken from; repetitions do not matter."""
        self._unused_fields.update(dict.fromkeys(names))

    def note(self, fact: str) -> None:
        """Record a fact about the file as a whole."""
        self._notes.append(fact)

    @property
    def kept(self) -> int:
        """Usable records so far."""
        return self.read - self._dropped.total

    def result(self) -> FileReport:
        """The account as a record."""
        return FileReport(
            file=self.file,
            format=self.format,
            read=self.read,
            kept=self.kept,
            repaired=self._repaired.issues(),
            dropped=self._dropped.issues(),
            encoding=self._encoding,
            compression=self._compression,
            skipped=dict(self._skipped),
            unused_fields=list(self._unused_fields),
            notes=list(self._notes),
        )
