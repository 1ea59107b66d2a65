"""nvComment JSON: a response of today's API with ``data.threads``, as players read it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone

import msgspec

from pipeline.danmaku.comments.record import Comment
from pipeline.danmaku.comments.writer import Output, Writer

_JAPAN = timezone(timedelta(hours=9))
_MAX_DATE = int(datetime(9999, 12, 31, tzinfo=UTC).timestamp())


class _Thread:
    """A thread's comments as JSON, collected until all are known."""

    def __init__(self) -> None:
        self.count = 0
        self.comments = bytearray()

    def append(self, comment: bytes) -> None:
        self.comments += b"," * bool(self.count) + comment
        self.count += 1


def write(comments: Iterable[Comment], output: Output) -> None:
    """Write the comments by thread and fork; they are held in memory as JSON."""
    threads: dict[tuple[str, str], _Thread] = {}
    encoder = msgspec.json.Encoder()
    for comment in comments:
        if comment.posted_at is not None and not 0 < comment.posted_at < _MAX_DATE:
            output.lose("dates beyond the calendar")
        thread = threads.setdefault((comment.thread or "", comment.fork or "main"), _Thread())
        thread.append(encoder.encode(_fields(comment)))
        output.written += 1
    totals = _totals(threads)
    output.file.write(b'{"meta":{"status":200},"data":{"globalComments":')
    output.file.write(encoder.encode(totals) + b',"threads":[')
    for number, ((name, fork), thread) in enumerate(threads.items()):
        head = encoder.encode({"id": name, "fork": fork, "commentCount": thread.count})
        output.file.write(b"," * bool(number) + head[:-1] + b',"comments":[')
        output.file.write(thread.comments)
        output.file.write(b"]}")
    output.file.write(b"]}}\n")


def _fields(comment: Comment) -> dict[str, object]:
    """Every field that the API always gives; number 0 and the year 1970 mean unknown."""
    posted = comment.posted_at or 0
    posted = posted if 0 < posted < _MAX_DATE else 0
    moment = datetime.fromtimestamp(posted, _JAPAN).replace(microsecond=comment.posted_us % 10**6)
    return {
        "id": str(comment.no or 0),
        "no": comment.no or 0,
        "vposMs": comment.time_ms,
        "body": comment.text,
        "commands": comment.commands,
        "userId": comment.user or "",
        "isPremium": comment.premium,
        "score": comment.score,
        "postedAt": moment.isoformat(),
        "nicoruCount": comment.nicoru,
        "nicoruId": None,
        "source": "trunk",
        "isMyPost": False,
    }


def _totals(threads: dict[tuple[str, str], _Thread]) -> list[dict[str, object]]:
    counts: dict[str, int] = {}
    for (name, _), thread in threads.items():
        counts[name] = counts.get(name, 0) + thread.count
    return [{"id": name, "count": count} for name, count in counts.items()]


WRITER = Writer(
    carries=frozenset(
        {
            *("commands", "no", "thread", "fork", "user", "posted_at", "posted_us"),
            *("premium", "score", "nicoru"),
        }
    ),
    scripts="kept",
    write=write,
)
