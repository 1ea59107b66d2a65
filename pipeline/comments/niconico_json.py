"""Niconico's nvComment JSON: a whole response, its bare threads, or yt-dlp's flat list."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.comments.faults import not_comments
from pipeline.comments.record import Comment, ReadReport, hashed_user


def read(path: Path, report: ReadReport) -> list[Comment]:
    """Read ``path``; raises PipelineError NOT_COMMENTS for JSON of another shape."""
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig", errors="replace"))
    except ValueError as error:
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
        content = (content.get("data") or {}).get("threads", content.get("threads"))
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
    text, time = fields.get("body"), fields.get("vposMs")
    if not isinstance(text, str) or not text.strip():
        report.drop("without text")
        return None
    if isinstance(time, bool) or not isinstance(time, int | float):
        report.drop("without a time")
        return None
    commands = fields.get("commands")
    return Comment(
        time_ms=round(time),
        text=_valid_unicode(text),
        commands=[c for c in commands if isinstance(c, str)] if isinstance(commands, list) else [],
        no=fields.get("no") if isinstance(fields.get("no"), int) else None,
        thread=str(thread["id"]) if thread.get("id") is not None else None,
        fork=thread.get("fork"),
        user=hashed_user(fields.get("userId")),
        posted_at=_unix_seconds(fields.get("postedAt")),
        premium=fields.get("isPremium") is True,
        score=_number(fields.get("score")),
        nicoru=_number(fields.get("nicoruCount")),
    )


def _number(value: Any) -> int:
    return value if isinstance(value, int) else 0


def _valid_unicode(text: str) -> str:
    """Replace lone surrogates, which JSON can escape and UTF-8 cannot hold."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _unix_seconds(posted_at: Any) -> int | None:
    try:
        return int(datetime.fromisoformat(posted_at).timestamp())
    except (TypeError, ValueError):
        return None
