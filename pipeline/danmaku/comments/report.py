"""What became of every comment of a file while it was read."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable
from typing import Any

from pipeline.danmaku.comments.record import Comment
from pipeline.danmaku.comments.salvage import Fault, FileSalvage, Salvage


class Numbers:
    """Ascending numbers, kept as ranges so that a million of them stay small."""

    def __init__(self) -> None:
        self.count = 0
        self._first = array("q")
        self._last = array("q")

    def add(self, number: int) -> None:
        """Append a number; the last one again is counted once."""
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
        self._reasons: dict[str, Numbers] = {}

    def add(self, reason: str, number: int) -> None:
        """Note that ``reason`` holds for the comment ``number``, at or behind the last one."""
        numbers = self._reasons.get(reason)
        if numbers is None:
            numbers = self._reasons[reason] = Numbers()
        numbers.add(number)

    @property
    def total(self) -> int:
        """How many comments there are under all reasons."""
        return sum(numbers.count for numbers in self._reasons.values())

    def faults(self) -> list[Fault]:
        """Every reason with its comments, the most frequent first."""
        ranked = sorted(self._reasons.items(), key=lambda item: (-item[1].count, item[0]))
        return [Fault(reason, numbers.count, str(numbers)) for reason, numbers in ranked]


class ReadReport:
    """Kept by a reader: it counts a comment in ``read`` before it judges it."""

    def __init__(
        self,
        file: str,
        format: str,  # noqa: A002
        encoding: str = "",
        packing: str = "",
        placed_by_date: bool = False,
    ) -> None:
        self.file = file
        self.format = format
        self.placed_by_date = placed_by_date
        """Whether times will be told from dates, so that comments need none of their own."""
        self.read = 0
        self._encoding = encoding
        self._packing = packing
        self._dropped = Tally()
        self._repaired = Tally()
        self._passed_over: Counter[str] = Counter()
        self._unused: dict[str, None] = {}
        self._notes: list[str] = []

    def comment(self, *, time_ms: int | None, text: str | None, **fields: Any) -> Comment | None:
        """The comment counted last; None, and a note of it, if it lacks a text or a time."""
        time_ms = self.any_time(time_ms, fields.get("posted_at"))
        if text is None or not text.strip():
            self.drop("without text")
        elif time_ms is None:
            self.drop("without a time")
        else:
            return Comment(time_ms=time_ms, text=text, file=self.file, number=self.read, **fields)
        return None

    def any_time(self, time_ms: int | None, posted_at: int | None) -> int | None:
        """The time, or any where the comment will be placed by its date."""
        return 0 if time_ms is None and self.placed_by_date and posted_at else time_ms

    def drop(self, reason: str) -> None:
        """Note that the comment counted last cannot be used."""
        self._dropped.add(reason, self.read)

    def repair(self, reason: str, ahead: int = 0) -> None:
        """Note that the comment counted last, or ``ahead`` behind it, needed mending."""
        self._repaired.add(reason, self.read + ahead)

    def pass_over(self, kind: str, count: int = 1) -> None:
        """Note what is no comment, such as ``<gift>``."""
        self._passed_over[kind] += count

    def leave_unused(self, names: Iterable[str]) -> None:
        """Note columns or members from which no field is filled; any may be told again."""
        self._unused.update(dict.fromkeys(names))

    def note(self, fact: str) -> None:
        """Note what concerns the file as a whole."""
        self._notes.append(fact)

    @property
    def kept(self) -> int:
        """Usable comments so far."""
        return self.read - self._dropped.total

    def salvage(self) -> FileSalvage:
        """The report as a record."""
        return FileSalvage(
            file=self.file,
            format=self.format,
            read=self.read,
            kept=self.kept,
            repaired=self._repaired.faults(),
            dropped=self._dropped.faults(),
            encoding=self._encoding,
            packing=self._packing,
            passed_over=dict(self._passed_over),
            unused=list(self._unused),
            notes=list(self._notes),
        )


def file_summary(file: FileSalvage) -> str:
    """``ep1.xml (Niconico XML): 8 comments read, 6 kept (2 deleted), 1 mended``.

    The encoding and packing follow the format where they are not those of most files.
    """
    mended = sum(fault.count for fault in file.repaired)
    shape = [file.format]
    shape += [f"in {file.encoding}"] if file.encoding not in ("", "UTF-8") else []
    shape += [f"packed with {file.packing}"] if file.packing else []
    besides = [f"{count} {kind}" for kind, count in file.passed_over.items()]
    besides += [f"the columns {', '.join(file.unused)}"] if file.unused else []
    return (
        f"{file.file} ({', '.join(shape)}): {file.read} comments read, {file.kept} kept"
        + _losses(file.dropped)
        + (f", {mended} mended" if mended else "")
        + (f"; not used: {'; '.join(besides)}" if besides else "")
        + "".join(f"; {note}" for note in file.notes)
    )


def summary(salvage: Salvage) -> list[str]:
    """A line for each file, and one for merging and filters if they left comments out."""
    lines = [file_summary(file) for file in salvage.files]
    if salvage.dropped:
        lines.append(f"{salvage.kept} kept of all{_losses(salvage.dropped)}")
    return lines


def full_text(salvage: Salvage) -> str:
    """The whole report: the summary, and below each line its reasons with all comment numbers."""
    faults = [[*file.repaired, *file.dropped] for file in salvage.files] + [salvage.dropped]
    lines = []
    for line, reasons in zip(summary(salvage), faults, strict=False):
        lines += [line, *(f"    {fault.count} {fault.reason}: {fault.where}" for fault in reasons)]
    return "\n".join(lines) + "\n"


def _losses(dropped: list[Fault]) -> str:
    return f" ({', '.join(f'{f.count} {f.reason}' for f in dropped)})" if dropped else ""
