"""Put comments on a broadcast on the clock of its recording.

Jikkyo logs count time from the start of their thread and run on through commercials. So a comment
is placed by the moment at which it was posted, the start of the broadcast, and the cuts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from pipeline.danmaku.comments.record import Comment
from pipeline.reading.values import clock_time
from pipeline.runtime.errors import ExitCode, PipelineError

LATE_FIRST_COMMENT_MS = 3_600_000
"""Every video has comments in its first hour; times beyond it are those of a log."""


@dataclass(frozen=True)
class Broadcast:
    """When an episode was on air, and which parts of it are missing in the video."""

    start_ms: int
    """Unix time in milliseconds."""
    end_ms: int | None
    cuts: Sequence[tuple[int, int]]
    """Begin and end of each cut in ms after the start, in order and without overlaps."""

    @classmethod
    def parse(cls, on_air: str, cuts: Sequence[str], place: str = "") -> Broadcast:
        """Parse ``2012-04-28T03:00+09:00``, optionally with ``/`` and an end, and ``10:00-11:30``.

        Cuts count from the start of the broadcast, including earlier cuts. Raises PipelineError
        INVALID_SETTING, naming the ``place`` in the settings.
        """
        try:
            return cls._parse(on_air, cuts)
        except ValueError as error:
            raise _unusable(str(error), place) from None

    @classmethod
    def _parse(cls, on_air: str, cuts: Sequence[str]) -> Broadcast:
        if not on_air:
            raise ValueError("cuts count from the start of a broadcast, but none is given")
        start, _, end = on_air.partition("/")
        ranges = sorted(map(_cut, cuts))
        for (_, before), (begin, _) in pairwise(ranges):
            if begin < before:
                raise ValueError("two cuts overlap")
        return cls(_unix_ms(start), _unix_ms(end) if end else None, ranges)

    def video_time(self, comment: Comment) -> int | str:
        """The comment's time in the video in milliseconds, or the reason why it has none."""
        if comment.posted_at is None:
            return "without a date to align by"
        moment = comment.posted_at * 1000 + comment.posted_us // 1000
        if moment < self.start_ms:
            return "posted before the broadcast"
        if self.end_ms is not None and moment >= self.end_ms:
            return "posted after the broadcast"
        time = moment - self.start_ms
        cut_out = 0
        for begin, end in self.cuts:
            if begin <= time < end:
                return "posted in a commercial break"
            cut_out += end - begin if time >= end else 0
        return time - cut_out


def _cut(text: str) -> tuple[int, int]:
    first, _, last = text.partition("-")
    begin, end = clock_time(first), clock_time(last)
    if begin is None or end is None:
        raise ValueError(f"the cut {text!r} is not of the form 10:00-11:30")
    if begin >= end:
        raise ValueError(f"the cut {text!r} ends before it begins")
    return begin, end


def _unix_ms(text: str) -> int:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"the broadcast time {text!r} is not ISO 8601") from None
    if moment.tzinfo is None:
        raise ValueError(f"the broadcast time {text!r} has no time zone")
    return round(moment.timestamp() * 1000)


def _unusable(problem: str, place: str) -> PipelineError:
    form = "BROADCAST={}, or with its end after a /, and CUTS=10:00-11:30,20:00-21:30"
    if place:
        problem = f"{place}: {problem}"
        form = "`broadcast: {}`, or with its end after a /, and `cuts: [10:00-11:30]`"
    return PipelineError(
        ExitCode.INVALID_SETTING, problem, f"Write {form.format('2012-04-28T03:00+09:00')}"
    )
