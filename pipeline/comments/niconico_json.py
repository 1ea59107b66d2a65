"""Niconico's nvComment JSON: a whole response, its bare threads, or yt-dlp's flat list."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.comments.faults import not_comments
from pipeline.comments.record import LARGEST, Comment, ReadReport, hashed_user


def read(path: Path, report: ReadReport) -> list[Comment]:
    """Read ``path``; raises PipelineError NOT_COMMENTS for JSON of another shape."""
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig", errors="replace"))
    except (ValueError, RecursionError) as error:
        raise not_comments(path, f"broken JSON ({error})") from None
    threads = list(_threads(content))
    if not threads and content not in ([], {}):
        raise not_comments(path, "neither a list of comments nor threads of them")
    return [
        comment
        for thread in threads
        for fields in thread.get("comments") or []
        if (comment := _comment(fields, thread, report)) is not None
    ]


def _threads(content: Any) -> Iterator[dict[str, Any]]:
    """Every thread of whichever of the three shapes ``content`` has."""
    if isinstance(content, dict):
        data = content.get("data")
        content = (data if isinstance(data, dict) else content).get("threads")
    if not isinstance(content, list):
        return
    items = [item for item in content if isinstance(item, dict)]
    if any("vposMs" in item or "body" in item for item in items):
        yield {"comments": items}
    else:
        yield from (item for item in items if isinstance(item.get("comments"), list))


def _comment(fields: Any, thread: dict[str, Any], report: ReadReport) -> Comment | None:
    report.read += 1
    if not isinstance(fields, dict):
        report.drop("not an object")
        return None
    text, time = _text(fields.get("body")), _number(fields.get("vposMs"))
    if text is None or not text.strip():
        report.drop("without text")
        return None
    if time is None:
        report.drop("without a time")
        return None
    commands = fields.get("commands")
    return Comment(
        time_ms=time,
        text=text,
        commands=[c for c in map(_text, commands) if c] if isinstance(commands, list) else [],
        no=_number(fields.get("no")),
        thread=_text(thread.get("id")),
        fork=_text(thread.get("fork")),
        user=hashed_user(fields.get("userId")),
        posted_at=_unix_seconds(fields.get("postedAt")),
        premium=fields.get("isPremium") is True,
        score=_number(fields.get("score")) or 0,
        nicoru=_number(fields.get("nicoruCount")) or 0,
    )


def _number(value: Any) -> int | None:
    """A number that can be one: not true or false, NaN or beyond all bounds."""
    usable = type(value) in (int, float) and abs(value) <= LARGEST
    return round(value) if usable else None


def _text(value: Any) -> str | None:
    """A string or a number as text, without lone surrogates: JSON escapes them, UTF-8 cannot."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return str(value).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _unix_seconds(posted_at: Any) -> int | None:
    try:
        return int(datetime.fromisoformat(posted_at).timestamp())
    except (TypeError, ValueError, OverflowError, OSError):
        return None
