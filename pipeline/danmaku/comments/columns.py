"""Comments as rows with named columns, as CSV and JSON Lines have them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from pipeline.danmaku.comments import bilibili, display
from pipeline.danmaku.comments.comment_report import CommentReport
from pipeline.danmaku.comments.record import Comment, hashed_user
from pipeline.reading import values

SAMPLE_ROWS = 1000
"""Rows by which the notation of places and colours is detected."""

_MAX_RATIO = 3
"""Numbers up to this are ratios to the usual size; larger ones are font sizes."""
_THOUSANDS = re.compile(r"\s*[-+]?\d{1,3}(?:,\d{3})+\s*", re.ASCII)
_DECIMAL_COMMA = re.compile(r"\s*[-+]?\d+,\d+\s*", re.ASCII)


def _with_decimal_point(value: object) -> object:
    """``value`` with a decimal point in place of a decimal comma."""
    is_decimal = isinstance(value, str) and _DECIMAL_COMMA.fullmatch(value)
    return value.replace(",", ".") if is_decimal and isinstance(value, str) else value


def _seconds(value: object) -> int | None:
    """Milliseconds from ``83.5``, ``83,5``, ``1:23.5`` or ``0:01:23,500``."""
    clock = values.clock_time(value) if isinstance(value, str) else None
    return values.milliseconds(_with_decimal_point(value)) if clock is None else clock


def _integer(value: object) -> int | None:
    """An integer from ``1234``, ``1,234`` or ``12,5``."""
    if isinstance(value, str) and _THOUSANDS.fullmatch(value):
        value = value.replace(",", "")
    return values.integer(_with_decimal_point(value))


def _centiseconds(value: object) -> int | None:
    vpos = _integer(value)
    return None if vpos is None else vpos * 10


def _commands(value: object) -> list[str]:
    return display.words(value if isinstance(value, list) else [value])


def _flag(value: object) -> bool:
    return value is True or str(value).lower() in ("1", "true", "yes")


def _filled(value: object) -> str | None:
    return values.text(value) or None


def _count(value: object) -> int:
    return values.integer(value) or 0


_COLUMNS: Mapping[str, tuple[str, Callable[[object], Any]]] = {
    **dict.fromkeys(("time_ms", "vposms"), ("time_ms", _integer)),
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
"""The field that each column (in lower case) fills, and the conversion. ``user`` is a digest as
Yajiuma writes it, ``user_id`` an id that has yet to be hashed."""

_PLACES = ("mode", "position", "type", "style", "place")
_COLORS = ("color", "colour")
_SIZES = ("size", "fontsize", "font_size")
_APPEARANCE = {*_PLACES, *_COLORS, *_SIZES}
_OURS = {"words", "parts", "file", "number", "also", "frame", "viewers"}
"""Columns that Yajiuma writes and computes again on reading."""


def _names_of(field: str) -> str:
    return ", ".join(name for name, (filled, _) in _COLUMNS.items() if filled == field)


REQUIRED = f"a time ({_names_of('time_ms')}) and a text ({_names_of('text')})"
"""The columns that every file needs, for messages."""


def has_required(names: Iterable[object]) -> bool:
    """Whether these columns include a text, and a time or a date."""
    filled = {_COLUMNS[name][0] for name in map(_key, names) if name in _COLUMNS}
    return "text" in filled and bool({"time_ms", "posted_at"} & filled)


def text_column(names: Sequence[str]) -> int:
    """The index of the first text column; the last column if there is none."""
    texts = (n for n, name in enumerate(names) if _COLUMNS.get(_key(name), ("",))[0] == "text")
    return next(texts, max(len(names) - 1, 0))


def has_time(row: Mapping[str, object]) -> bool:
    """Whether a row has a readable time."""
    return any(
        column[1](value) is not None
        for name, value in row.items()
        if (column := _COLUMNS.get(_key(name))) and column[0] == "time_ms"
    )


class Columns:
    """Makes comments from the rows of one file."""

    def __init__(self, sample: Sequence[Mapping[str, object]]) -> None:
        """Detect the notation from ``sample``, the first rows."""
        by_name: dict[str, list[object]] = {}
        for row in sample:
            for name, value in row.items():
                by_name.setdefault(_key(name), []).append(value)
        places = {values.integer(v) for name in _PLACES for v in by_name.get(name, [])}
        # Bilibili's modes begin at 1; players count from 0 to 2.
        of_player = places & {0, 2} and places <= {0, 1, 2, None}
        self._modes = display.PLAYER_MODES if of_player else bilibili.PLACES
        colors = [str(v).strip() for name in _COLORS for v in by_name.get(name, []) if v]
        self._hexadecimal = all(len(color) == 6 for color in colors if color)
        sizes = [values.real_number(str(v)) for name in _SIZES for v in by_name.get(name, []) if v]
        self._are_ratios = all(size is not None and size <= _MAX_RATIO for size in sizes)

    def comment_of(self, row: Mapping[str, object], report: CommentReport) -> Comment | None:
        """The comment of a row that is already counted; None if it was dropped."""
        fields: dict[str, Any] = {"time_ms": None, "text": None}
        appearance: dict[str, object] = {}
        for name, value in row.items():
            key = _key(name)
            if column := _COLUMNS.get(key):
                if fields.get(column[0]) in (None, "") and value is not None:
                    fields[column[0]] = column[1](value)
            elif key in _APPEARANCE:
                appearance[key] = value
            elif key not in _OURS:
                report.note_unused([str(name)])
        if appearance:
            fields["commands"] = [*fields.get("commands", []), *self._commands(appearance)]
        return report.comment(**fields)

    def _commands(self, appearance: Mapping[str, object]) -> list[str]:
        words: list[str] = []
        for name, value in appearance.items():
            if name in _PLACES:
                words += display.place(value, self._modes)
            elif name in _COLORS:
                words += display.color(value, self._hexadecimal)
            else:
                words += display.size(value, self._are_ratios)
        return words


def _key(name: object) -> str:
    return name.strip().lower() if isinstance(name, str) else ""
