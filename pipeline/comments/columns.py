"""Comments as rows with named columns, the common ground of CSV and JSON Lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from pipeline.comments import bilibili, display, values
from pipeline.comments.record import Comment, hashed_user
from pipeline.comments.report import ReadReport

SAMPLE = 1000
"""Rows by which it is told how a file writes places and colours."""

_DECIMAL_COMMA = re.compile(r"\s*[-+]?\d+,\d+\s*", re.ASCII)


def _point(value: object) -> object:
    """The same with a decimal point where there is a decimal comma."""
    is_decimal = isinstance(value, str) and _DECIMAL_COMMA.fullmatch(value)
    return value.replace(",", ".") if is_decimal and isinstance(value, str) else value


def _seconds(value: object) -> int | None:
    """Milliseconds from ``83.5`` or ``83,5``, ``1:23.5`` or ``0:01:23,500``."""
    clock = values.clock_time(value) if isinstance(value, str) else None
    return values.milliseconds(_point(value)) if clock is None else clock


def _milliseconds(value: object) -> int | None:
    return values.integer(_point(value))


def _centiseconds(value: object) -> int | None:
    vpos = values.integer(_point(value))
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
    **dict.fromkeys(("time_ms", "vposms"), ("time_ms", _milliseconds)),
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

_PLACES = ("mode", "position", "type", "style", "place")
_COLORS = ("color", "colour")
_SIZES = ("size", "fontsize", "font_size")
_LOOKS = {*_PLACES, *_COLORS, *_SIZES}
_OURS = {"words", "parts", "file", "number", "also", "frame", "viewers"}
"""What Yajiuma writes beside comments and finds anew in reading."""


def _names_of(field: str) -> str:
    return ", ".join(name for name, (filled, _) in _COLUMNS.items() if filled == field)


WANTED = f"a time ({_names_of('time_ms')}) and a text ({_names_of('text')})"
"""The columns that every row needs, for people."""


def fits(names: Iterable[object]) -> bool:
    """Whether columns of these names tell a time and a text."""
    filled = {_COLUMNS[name][0] for name in map(_key, names) if name in _COLUMNS}
    return {"time_ms", "text"} <= filled


def is_time(row: Mapping[str, object]) -> bool:
    """Whether a row has a time."""
    return any(
        column[1](value) is not None
        for name, value in row.items()
        if (column := _COLUMNS.get(_key(name))) and column[0] == "time_ms"
    )


class Columns:
    """Makes comments of the rows of one file."""

    def __init__(self, sample: Sequence[Mapping[str, object]]) -> None:
        """``sample`` are its first rows."""
        by_name: dict[str, list[object]] = {}
        for row in sample:
            for name, value in row.items():
                by_name.setdefault(_key(name), []).append(value)
        places = {values.integer(v) for name in _PLACES for v in by_name.get(name, [])}
        # Bilibili's modes begin at 1; players count from 0, and know nothing beyond 2.
        of_player = places & {0, 2} and places <= {0, 1, 2, None}
        self._modes = display.PLAYER_MODES if of_player else bilibili.PLACES
        colors = [str(v).strip() for name in _COLORS for v in by_name.get(name, [])]
        self._hexadecimal = all(len(color) == 6 for color in colors if color)

    def comment_of(self, row: Mapping[str, object], report: ReadReport) -> Comment | None:
        """The comment of a row, already counted in ``report.read``; None if it was dropped."""
        fields: dict[str, Any] = {"time_ms": None, "text": None}
        looks: dict[str, object] = {}
        for name, value in row.items():
            key = _key(name)
            if column := _COLUMNS.get(key):
                if fields.get(column[0]) is None and value is not None:
                    fields[column[0]] = column[1](value)
            elif key in _LOOKS:
                looks[key] = value
            elif key not in _OURS:
                report.leave_unused([str(name)])
        if looks:
            fields["commands"] = [*fields.get("commands", []), *self._commands(looks)]
        return report.comment(**fields)

    def _commands(self, looks: Mapping[str, object]) -> list[str]:
        words: list[str] = []
        for name, value in looks.items():
            if name in _PLACES:
                words += display.place(value, self._modes)
            elif name in _COLORS:
                words += display.color(value, self._hexadecimal)
            else:
                words += display.size(value)
        return words


def _key(name: object) -> str:
    return name.strip().lower() if isinstance(name, str) else ""
