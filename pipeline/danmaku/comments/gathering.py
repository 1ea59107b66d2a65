"""The comments of one video: its files merged, put on the video's clock, and filtered."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from pipeline.danmaku.comments.broadcast import Broadcast
from pipeline.danmaku.comments.filters import Rules
from pipeline.danmaku.comments.merging import Merger, Place
from pipeline.danmaku.comments.reading import read_comments
from pipeline.danmaku.comments.record import Comment
from pipeline.danmaku.comments.report import Tally, summary
from pipeline.danmaku.comments.salvage import Salvage
from pipeline.runtime.errors import ExitCode, PipelineError


@dataclass(frozen=True)
class Limits:
    """What can be judged only when all comments are known; None leaves all in."""

    posted_within_days: float | None = None
    """After the first comment was posted."""
    most_per_second: int | None = None
    """Of the video; the ones kept are spread evenly over those there are."""
    repeats_apart_s: float | None = None
    """What one author writes again within so many seconds of the video is folded into one."""


@dataclass(frozen=True)
class _Survey:
    """What a first pass over all comments found, by their running numbers."""

    surplus: Mapping[int, str]
    """Comments beyond the limits, and why."""
    copies: Mapping[int, list[str]]
    """``FILE:NUMBER`` of the same comment in other files."""


class Gathering:
    """Iterating yields the comments that remain, in the order of the files.

    Memory stays far below that of the comments: some 100 bytes each. Files are read twice
    where there are several, or limits.
    """

    def __init__(
        self, files: Sequence[Path], broadcast: Broadcast | None, rules: Rules, limits: Limits
    ) -> None:
        """Raises PipelineError as read_comments does; iterating raises NO_USABLE_COMMENTS."""
        self._files = [read_comments(path, broadcast is not None) for path in files]
        self._broadcast = broadcast
        self._rules = rules
        self._limits = limits
        self._dropped = Tally()
        self._kept = 0
        self.earliest_ms: int | None = None
        """Time of the first comment that an iteration found."""

    def __iter__(self) -> Iterator[Comment]:
        limited = self._limits.posted_within_days or self._limits.most_per_second
        survey = self._survey() if limited or len(self._files) > 1 else None
        self._dropped, self._kept, self.earliest_ms = Tally(), 0, None
        for place, comment in self._candidates(self._dropped, {}):
            if survey is not None:
                if reason := survey.surplus.get(place.number):
                    self._dropped.add(reason, place.number)
                    continue
                if copies := survey.copies.get(place.number):
                    comment = msgspec.structs.replace(comment, also=copies)
            self._kept += 1
            if self.earliest_ms is None or comment.time_ms < self.earliest_ms:
                self.earliest_ms = comment.time_ms
            yield comment
        if not self._kept:
            raise PipelineError(
                ExitCode.NO_USABLE_COMMENTS,
                f"no usable comment remains of {', '.join(str(f.path) for f in self._files)}: "
                + "; ".join(summary(self.salvage)),
                "Give a file with comments that have a text and a time, or loosen the filters"
                " under `comments:` in the settings",
            )

    @property
    def salvage(self) -> Salvage:
        """What became of every comment; complete after an iteration."""
        files = [file.report.salvage() for file in self._files]
        return Salvage(files, self._dropped.faults(), self._kept)

    def _candidates(
        self, dropped: Tally, copies: dict[int, list[str]]
    ) -> Iterator[tuple[Place, Comment]]:
        """Every comment that merging, broadcast and rules leave, on the video's clock."""
        merger = Merger(len(self._files))
        echoes = _Echoes(self._limits.repeats_apart_s)
        number = 0
        for index, file in enumerate(self._files):
            for comment in file.comments():
                number += 1
                place = Place(index, number)
                original = merger.original(comment, place)
                if original is not None:
                    dropped.add("read before", place.number)
                    if original.file != index:
                        copies.setdefault(original.number, []).append(
                            f"{comment.file}:{comment.number}"
                        )
                    continue
                if self._broadcast is not None:
                    time = self._broadcast.place(comment)
                    if isinstance(time, str):
                        dropped.add(time, place.number)
                        continue
                    comment = msgspec.structs.replace(comment, time_ms=time)
                reason = self._rules.verdict(comment) or echoes.verdict(comment)
                if reason:
                    dropped.add(reason, place.number)
                else:
                    yield place, comment

    def _survey(self) -> _Survey:
        from pipeline.danmaku.comments.limits import beyond_limits  # most runs need no numpy

        numbers, times, dates = array("q"), array("q"), array("q")
        copies: dict[int, list[str]] = {}
        for place, comment in self._candidates(Tally(), copies):
            numbers.append(place.number)
            times.append(comment.time_ms)
            dates.append(-1 if comment.posted_at is None else comment.posted_at)
        limits = self._limits
        reasons = beyond_limits(times, dates, limits.posted_within_days, limits.most_per_second)
        return _Survey({numbers[row]: reason for row, reason in reasons.items()}, copies)


class _Echoes:
    """Finds what an author writes again soon after, in the video's time."""

    def __init__(self, apart_s: float | None) -> None:
        self._apart_ms = None if apart_s is None else apart_s * 1000
        self._last: dict[int, int] = {}

    def verdict(self, comment: Comment) -> str | None:
        if self._apart_ms is None or comment.user is None:
            return None
        said = hash((comment.user, comment.text))
        last = self._last.get(said)
        if last is not None and abs(comment.time_ms - last) < self._apart_ms:
            return "repeats of an author's"
        self._last[said] = comment.time_ms
        return None
