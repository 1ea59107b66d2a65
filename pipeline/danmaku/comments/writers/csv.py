"""CSV with a header; every field of a comment is a column.

It begins with a byte order mark, without which spreadsheets do not recognise UTF-8. Texts stand as
they are: import them as text, not as formulas.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from pipeline.danmaku.comments.record import Comment
from pipeline.danmaku.comments.writer import Output, Writer

_FIELDS = ("no", "thread", "fork", "user", "posted_at", "posted_us", "premium", "score", "nicoru")


def write(comments: Iterable[Comment], output: Output) -> None:
    """Write a row for each comment; lines end with CR LF, as in RFC 4180."""
    file = io.TextIOWrapper(output.file, encoding="utf-8-sig", errors="replace", newline="")
    rows = csv.writer(file)
    rows.writerow(["time_ms", "text", "commands", *_FIELDS])
    for comment in comments:
        others = [getattr(comment, field) for field in _FIELDS]
        rows.writerow([comment.time_ms, comment.text, " ".join(comment.commands), *others])
        output.written += 1
    file.flush()
    file.detach()


WRITER = Writer(carries=frozenset({"commands", *_FIELDS}), scripts="kept", write=write)
