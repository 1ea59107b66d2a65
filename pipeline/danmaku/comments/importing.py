"""Import the comments of one video: merge its files, put them on the video's clock, filter them."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from pipeline.danmaku.comments.broadcast import Broadcast
from pipeline.danmaku.comments.filters import Rules
from pipeline.danmaku.comments.import_report_text import summary
from pipeline.danmaku.comments.merging import Merger, Position
from pipeline.danmaku.comments.reading import read_comments
from pipeline.danmaku.comments.record import Comment
from pipeline.danmaku.comments.settings import LimitSettings
from pipeline.reading.import_report_file import ImportReport
from pipeline.reading.read_report import Tally
from pipeline.runtime.errors import ExitCode, PipelineError


@dataclass(frozen=True)
class _Survey:
    """What a first pass over all comments found, by their numbers."""

    surplus: Mapping[int, str]
    """Comments beyond the limits, and the reason."""
    copies: Mapping[int, list[str]]
    """``FILE:NUMBER`` of the same comment in other files."""


class CommentImport:
    """Iterating yields the comments that remain, in the order of the files.

    Memory stays far below that of the comments, at about 100 bytes each. Files are read twice
    if there are several, or limits that need all comments.
    """

    def __init__(
        self,
        files: Sequence[Path],
        broadcast: Broadcast | None = None,
        rules: Rules | None = None,
        limits: LimitSettings | None = None,
    ) -> None:
        """Raises PipelineError as read_comments does; iterating raises NOTHING_USABLE."""
        self._files = [read_comments(path, broadcast is not None) for path in files]
        self._broadcast = broadcast
        self._rules = rules or Rules()
        self._limits = limits or LimitSettings()
        self._dropped = Tally()
        self._kept = 0
        self.earliest_ms: int | None = None
        """Time of the earliest comment so far, None before the first one."""

    def __iter__(self) -> Iterator[Comment]:
        limited = self._limits.posted_within_days or self._limits.max_per_second
        survey = self._survey() if limited or len(self._files) > 1 else _Survey({}, {})
        self._dropped, self._kept, self.earliest_ms = Tally(), 0, None
        for number, comment in self._candidates(self._dropped, {}):
            if reason := survey.surplus.get(number):
                self._dropped.add(reason, number)
                continue
            if copies := survey.copies.get(number):
                comment = msgspec.structs.replace(comment, also=copies)
            self._kept += 1
            if self.earliest_ms is None or comment.time_ms < self.earliest_ms:
                self.earliest_ms = comment.time_ms
            yield comment
        if not self._kept:
            raise self._nothing_left()

    @property
    def report(self) -> ImportReport:
        """What became of every comment; complete after an iteration."""
        files = [file.report.result() for file in self._files]
        return ImportReport(files, self._dropped.issues(), self._kept)

    def _candidates(
        self, dropped: Tally, copies: dict[int, list[str]]
    ) -> Iterator[tuple[int, Comment]]:
        """Number and comment of all that merging, broadcast and rules leave, on the video's clock.

        Those they do not leave are counted in ``dropped``; copies of a comment in other files are
        added to ``copies``, by the number of the first.
        """
        merger = Merger(len(self._files))
        repeats = _Repeats(self._limits.min_repeat_gap_seconds)
        number = 0
        for index, file in enumerate(self._files):
            for comment in file:
                number += 1
                original = merger.original(comment, Position(index, number))
                if original is not None:
                    dropped.add("read before", number)
                    if original.file != index:
                        copy = f"{comment.file}:{comment.number}"
                        copies.setdefault(original.number, []).append(copy)
                    continue
                if self._broadcast is not None:
                    time = self._broadcast.video_time(comment)
                    if isinstance(time, str):
                        dropped.add(time, number)
                        continue
                    comment = msgspec.structs.replace(comment, time_ms=time)
                if reason := self._rules.reason_to_drop(comment) or repeats.reason_to_drop(comment):
                    dropped.add(reason, number)
                else:
                    yield number, comment

    def _survey(self) -> _Survey:
        from pipeline.danmaku.comments.limits import beyond_limits  # most runs need no numpy

        numbers, times, dates = array("q"), array("q"), array("q")
        copies: dict[int, list[str]] = {}
        for number, comment in self._candidates(Tally(), copies):
            numbers.append(number)
            times.append(comment.time_ms)
            dates.append(-1 if comment.posted_at is None else comment.posted_at)
        limits = self._limits
        reasons = beyond_limits(times, dates, limits.posted_within_days, limits.max_per_second)
        return _Survey({numbers[row]: reason for row, reason in reasons.items()}, copies)

    def _nothing_left(self) -> PipelineError:
        return PipelineError(
            ExitCode.NOTHING_USABLE,
            f"no usable comments in {', '.join(str(file.path) for file in self._files)}: "
            + "; ".join(summary(self.report)),
            "Give a file whose comments have a text and a time, or loosen the filters under"
            " `comments:` in the settings",
        )


class _Repeats:
    """Finds what an author repeats soon after, in the video's time."""

    def __init__(self, min_gap_s: float | None) -> None:
        self._min_gap_ms = None if min_gap_s is None else min_gap_s * 1000
        self._last_ms: dict[int, int] = {}

    def reason_to_drop(self, comment: Comment) -> str | None:
        if self._min_gap_ms is None or comment.user is None:
            return None
        key = hash((comment.user, comment.text))
        last_ms = self._last_ms.get(key)
        if last_ms is not None and abs(comment.time_ms - last_ms) < self._min_gap_ms:
            return "repeated by the same author"
        self._last_ms[key] = comment.time_ms
        return None
