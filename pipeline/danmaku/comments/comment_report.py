"""The account that a reader keeps of every comment in a file."""

from __future__ import annotations

from typing import Any

from pipeline.danmaku.comments.record import Comment
from pipeline.reading.read_report import ReadReport


class CommentReport(ReadReport):
    """The account of one comment file."""

    noun = "comment"

    def __init__(
        self,
        file: str,
        format: str,  # noqa: A002
        encoding: str = "",
        compression: str = "",
        placed_by_date: bool = False,
    ) -> None:
        super().__init__(file, format, encoding, compression)
        self.placed_by_date = placed_by_date
        """Whether times will be computed from dates, so that comments need none of their own."""

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
