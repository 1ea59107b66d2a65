"""Comments as rows with named columns, the common ground of CSV and JSON Lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pipeline.comments import values
from pipeline.comments.record import Comment, hashed_user
from pipeline.comments.report import ReadReport

_CLOCK = re.compile(r"\s*(-)?(?:(\d{1,6}):)?(\d{1,6}):(\d{1,2}(?:[.,]\d*)?)\s*", re.ASCII)


def _seconds(value: object) -> int | None:
    """Milliseconds from ``83.5`` or ``1:23.5``, ``0:01:23,500``."""
    clock = _CLOCK.fullmatch(value) if isinstance(value, str) else None
    if clock is None:
        return values.milliseconds(value)
    sign, hours, minutes, seconds = clock.groups()
    whole = int(hours or 0) * 3600 + int(minutes) * 60
    time = round((whole + float(seconds.replace(",", "."))) * 1000)
    return -time if sign else time


def _centiseconds(value: object) -> int | None:
    vpos = values.integer(value)
    return None if vpos is None else vpos * 10


def _commands(value: object) -> list[str]:
    return values.words(value if isinstance(value, list) else [value])


def _flag(value: object) -> bool:
    return value is True or str(value).lower() in ("1", "true", "yes")


def _filled(value: object) -> str | None:
    return values.text(value) or None


def _count(value: object) -> int:
    return values.integer(value) or 0


_COLUMNS: Mapping[str, tuple[str, Callable[[object], Any]]] = {
    "time_ms": ("time_ms", values.integer),
    "vposms": ("time_ms", values.integer),
    "vpos": ("time_ms", _centiseconds),
    **dict.fromkeys(("time", "seconds", "start"), ("time_ms", _seconds)),
    **dict.fromkeys(("text", "body", "content", "comment", "message"), ("text", values.text)),
    **dict.fromkeys(("commands", "mail"), ("commands", _commands)),
    "no": ("no", values.integer),
    "thread": ("thread", _filled),
    "fork": ("fork", _filled),
    "user": ("user", _filled),
    **dict.fromkeys(("user_id", "userid"), ("user", lambda v: hashed_user(values.text(v)))),
    **dict.fromkeys(("posted_at", "date"), ("posted_at", values.integer)),
    "postedat": ("posted_at", lambda value: values.unix_time(value)[0]),
    **dict.fromkeys(("posted_us", "date_usec"), ("posted_us", _count)),
    **dict.fromkeys(("premium", "ispremium"), ("premium", _flag)),
    "score": ("score", _count),
    **dict.fromkeys(("nicoru", "nicorucount"), ("nicoru", _count)),
}
"""Names of columns, in lower case, the field each fills and how. ``user`` is a digest as
Yajiuma writes it, ``user_id`` an id that is yet to be hashed."""

NAMES = ", ".join(_COLUMNS)


def fits(names: Iterable[str]) -> bool:
    """Whether columns of these names tell a time and a text."""
    filled = {_COLUMNS[name][0] for name in map(_key, names) if name in _COLUMNS}
    return {"time_ms", "text"} <= filled


def comment_of(row: Mapping[str, object], report: ReadReport) -> Comment | None:
    """The comment of a row, already counted in ``report.read``; None if it was dropped."""
    fields: dict[str, Any] = {}
    for name, value in row.items():
        column = _COLUMNS.get(_key(name))
        if column is not None and value is not None:
            fields[column[0]] = column[1](value)
    text = fields.get("text")
    if text is None or not text.strip():
        report.drop("without text")
    elif fields.get("time_ms") is None:
        report.drop("without a time")
    else:
        return Comment(**fields, file=report.file, number=report.read)
    return None


def _key(name: object) -> str:
    return name.strip().lower() if isinstance(name, str) else ""
