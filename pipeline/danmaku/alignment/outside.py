"""Comments before the start or past the end of their video, and what they are a sign of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.danmaku.comments.broadcast import LATE_FIRST_COMMENT_MS
from pipeline.media.frame_times import FrameTimes
from pipeline.runtime.arrays import Int64s
from pipeline.runtime.clock import MILLISECONDS, clock_text
from pipeline.runtime.errors import ExitCode, PipelineError

_WORTH_A_WARNING = 0.05
"""Share of a video's comments. Viewers hardly write a hundredth of theirs past the end."""
_STRAY = 0.01
"""Share of comments at either end that is ignored to see where the others lie."""


@dataclass(frozen=True)
class Outside:
    """How many comments of a video lie outside it."""

    comments: int
    """All of them."""
    before_start: int
    past_end: int
    first_ms: int
    """The earliest comment, strays aside."""
    last_ms: int
    """The latest comment, strays aside."""
    duration_ms: int
    """Of the video."""

    @classmethod
    def count(cls, time_ms: Int64s, times: FrameTimes) -> Outside:
        """Count those among comments at ``time_ms`` (n,)."""
        ends = np.quantile(time_ms, [_STRAY, 1 - _STRAY]) if len(time_ms) else (0, 0)
        return cls(
            comments=len(time_ms),
            before_start=int((time_ms < 0).sum()),
            past_end=int(times.past_end(time_ms).sum()),
            first_ms=int(ends[0]),
            last_ms=int(ends[1]),
            duration_ms=int(times.duration * MILLISECONDS),
        )

    @property
    def share(self) -> float:
        """Of all comments, 0 to 1."""
        return (self.before_start + self.past_end) / max(1, self.comments)

    @property
    def worth_a_warning(self) -> bool:
        """Whether there are more than a few."""
        return self.share > _WORTH_A_WARNING

    def __str__(self) -> str:
        """How many there are, and how the comments' times compare with the video."""
        return (
            f"{self.before_start + self.past_end:,} of {self.comments:,} comments"
            f" ({self.share:.0%}) lie outside the video: {self.past_end:,} past its end,"
            f" {self.before_start:,} before its start; nearly all run from"
            f" {clock_text(self.first_ms)} to {clock_text(self.last_ms)}, and the video is"
            f" {clock_text(self.duration_ms)} long"
        )

    def require_at_most(self, share: float) -> None:
        """Raise PipelineError NOTHING_USABLE if a greater share lies outside."""
        if self.share > share:
            raise PipelineError(
                ExitCode.NOTHING_USABLE,
                str(self),
                f"Check that the comment file belongs to this video: {self._cause()}; or raise"
                f" `align: max_outside:`, which is {share:g}, to use it all the same",
            )

    def _cause(self) -> str:
        if self.first_ms > LATE_FIRST_COMMENT_MS:
            return (
                "the times look like those of a broadcast log, so give the time the episode was on"
                " air with BROADCAST="
            )
        if self.before_start > self.past_end:
            return (
                "most comments lie before it begins, as in a broadcast log, so give the time the"
                " episode was on air with BROADCAST=, or correct the time that you gave"
            )
        return "it is probably that of another, longer one"
