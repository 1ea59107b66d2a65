"""The account that a reader keeps of every comment in a file."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable
from typing import Any

from pipeline.danmaku.comments.import_report_file import FileReport, Issue
from pipeline.danmaku.comments.record import Comment


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
    """Numbers of comments by reason."""

    def __init__(self) -> None:
        self._reasons: dict[str, NumberRanges] = {}

    def add(self, reason: str, number: int) -> None:
        """Count comment ``number`` under ``reason``; numbers must not decrease."""
        numbers = self._reasons.get(reason)
        if numbers is None:
            numbers = self._reasons[reason] = NumberRanges()
        numbers.add(number)

    @property
    def total(self) -> int:
        """The number of comments under all reasons."""
        return sum(numbers.count for numbers in self._reasons.values())

    def issues(self) -> list[Issue]:
        """Every reason with its comments, the most frequent first."""
        ranked = sorted(self._reasons.items(), key=lambda item: (-item[1].count, item[0]))
        return [Issue(reason, numbers.count, str(numbers)) for reason, numbers in ranked]


class ReadReport:
    """The account of one file. A reader counts each comment in ``read`` before it judges it."""

    def __init__(
        self,
        file: str,
        format: str,  # noqa: A002
        encoding: str = "",
        compression: str = "",
        placed_by_date: bool = False,
    ) -> None:
        self.file = file
        self.format = format
        self.placed_by_date = placed_by_date
        """Whether times will be computed from dates, so that comments need none of their own."""
        self.read = 0
        self._encoding = encoding
        self._compression = compression
        self._dropped = Tally()
        self._repaired = Tally()
        self._skipped: Counter[str] = Counter()
        self._unused_fields: dict[str, None] = {}
        self._notes: list[str] = []

    def comment(self, *, time_ms: int | None, text: str | None, **fields: Any) -> Comment | None:
        """The comment counted last; drops it and returns None if it has no text or no time."""
        time_ms = self.usable_time(time_ms, fields.get("posted_at"))
        if text is None or not text.strip():
            self.drop("without text")
        elif time_ms is None:
            self.drop("without a time")
        else:
            return Comment(time_ms=time_ms, text=text, file=self.file, number=self.read, **fields)
        return None

    def usable_time(self, time_ms: int | None, posted_at: int | None) -> int | None:
        """The time, or 0 as a placeholder if the comment will be placed by its date."""
        return 0 if time_ms is None and self.placed_by_date and posted_at else time_ms

    def drop(self, reason: str) -> None:
        """Record that the comment counted last is not usable."""
        self._dropped.add(reason, self.read)

    def repair(self, reason: str, ahead: int = 0) -> None:
        """Record that the comment counted last, or the one ``ahead`` after it, was repaired."""
        self._repaired.add(reason, self.read + ahead)

    def skip(self, kind: str, count: int = 1) -> None:
        """Record something that is not a comment, such as ``<gift>``."""
        self._skipped[kind] += count

    def note_unused(self, names: Iterable[str]) -> None:
        """Record columns or members that no field is taken from; repetitions do not matter."""
        self._unused_fields.update(dict.fromkeys(names))

    def note(self, fact: str) -> None:
        """Record a fact about the file as a whole."""
        self._notes.append(fact)

    @property
    def kept(self) -> int:
        """Usable comments so far."""
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
