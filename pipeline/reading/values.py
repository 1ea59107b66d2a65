"""Convert numbers, times and texts as files write them."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from datetime import datetime
from math import isfinite
from typing import Any

from pipeline.runtime.clock import parse_clock

MAX_VALUE = 10**12
"""Largest magnitude of times and counts: 31 years in milliseconds. Larger values are faults."""

MAX_ID = 2**63 - 1

_THOUSANDS = re.compile(r"\s*[-+]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?\s*", re.ASCII)


def integer(value: object, largest: int = MAX_VALUE) -> int | None:
    """An integer from a number or its digits; None for anything else or beyond ``largest``."""
    if isinstance(value, str):
        return from_digits(value, largest)
    if isinstance(value, float) and abs(value) <= largest:
        return round(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= largest:
        return value
    return None


def from_digits(text: str | None, largest: int = MAX_VALUE) -> int | None:
    """An integer from its notation, ``150`` or ``1.5E+2``; fast, for attributes of XML."""
    if not text:
        return None
    try:
        number = int(text)
    except ValueError:
        real = real_number(text)
        if real is None or abs(real) > largest:
            return None
        number = round(real)
    return number if -largest <= number <= largest else None


def real_number(text: str) -> float | None:
    """A finite number in any notation that Python reads; None for anything else."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if isfinite(number) else None


def decimal(value: object, decimal_comma: bool = False) -> float | None:
    """A finite number, or its notation: ``2.5``, ``1,992``, ``12,5``; None for anything else.

    Commas that can separate thousands do, unless the file writes a ``decimal_comma``.
    """
    if isinstance(value, str):
        commas = "" if _THOUSANDS.fullmatch(value) and not decimal_comma else "."
        return real_number(value.replace(",", commas))
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) <= MAX_ID else None


def numbers(items: object) -> list[float | None]:
    """Each item of a list as ``decimal`` reads it; empty for anything else."""
    return [decimal(item) for item in items] if isinstance(items, list) else []


def milliseconds(seconds: object) -> int | None:
    """Milliseconds from seconds, given as a number or its notation."""
    if isinstance(seconds, str):
        seconds = real_number(seconds)
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    return round(seconds * 1000) if abs(seconds) <= MAX_VALUE / 1000 else None


def clock_time(text: str) -> int | None:
    """Milliseconds from ``1:23.5``, ``0:01:23,500`` or ``-0:02``; None for other notations.

    Minutes and hours may be left out from the left, the fraction may have any digits.
    """
    if ":" not in text:
        return None
    try:
        time = round(parse_clock(text) * 1000)
    except ValueError:
        return None
    return time if abs(time) <= MAX_VALUE else None


def text(value: object) -> str | None:
    """A string or integer as text, without lone surrogates, which JSON can escape but UTF-8 not."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    value = str(value)
    if value.isascii():
        return value
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def unix_time(iso: object) -> tuple[int | None, int]:
    """Unix seconds and microseconds of an ISO 8601 time; (None, 0) for anything else."""
    try:
        moment = datetime.fromisoformat(iso)  # type: ignore[arg-type]
        return (int(moment.timestamp() // 1), moment.microsecond)
    except (TypeError, ValueError, OverflowError, OSError):
        return (None, 0)


def python_literal(cell: str) -> object:
    """A list in Python's notation, as its programs write them into cells; else the cell itself.

    It is read and never evaluated.
    """
    if not cell.lstrip().startswith("["):
        return cell
    try:
        return ast.literal_eval(cell.strip())
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return cell


def members(value: object) -> Mapping[str, Any]:
    """The members of an object; empty for anything else."""
    return value if isinstance(value, dict) else {}
