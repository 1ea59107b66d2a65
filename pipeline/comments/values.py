"""Numbers, times and texts as files write them."""

from __future__ import annotations

import re
from datetime import datetime

LARGEST = 10**12
"""Of times and counts, sign aside; 31 years in milliseconds. Beyond it lie only faults."""

LARGEST_ID = 2**63 - 1

_DECIMAL = re.compile(r"\s*[+-]?[0-9]{1,15}(\.[0-9]*)?\s*", re.ASCII)


def integer(value: object, largest: int = LARGEST) -> int | None:
    """A whole number from a number or its digits; None for anything else or beyond ``largest``."""
    if isinstance(value, str):
        return from_digits(value, largest)
    if isinstance(value, float) and abs(value) <= largest:
        return round(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= largest:
        return value
    return None


def from_digits(text: str | None, largest: int = LARGEST) -> int | None:
    """A whole number from its digits; quick, for the attributes of XML."""
    if not text:
        return None
    try:
        number = int(text)
    except ValueError:
        return None
    return number if -largest <= number <= largest else None


def milliseconds(seconds: object) -> int | None:
    """Milliseconds from seconds, a number or its decimal digits."""
    if isinstance(seconds, str):
        seconds = float(seconds) if _DECIMAL.fullmatch(seconds) else None
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    return round(seconds * 1000) if abs(seconds) <= LARGEST / 1000 else None


def text(value: object) -> str | None:
    """A string or a number as text, without lone surrogates: JSON escapes them, UTF-8 cannot."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    value = str(value)
    if value.isascii():
        return value
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def words(commands: list[object]) -> list[str]:
    """Display commands without what is none."""
    return [word for command in commands for word in (text(command) or "").split()]


def unix_time(iso: object) -> tuple[int | None, int]:
    """Unix seconds and microseconds of an ISO 8601 time with a zone; (None, 0) for none."""
    try:
        moment = datetime.fromisoformat(iso)  # type: ignore[arg-type]
        return (int(moment.timestamp() // 1), moment.microsecond)
    except (TypeError, ValueError, OverflowError, OSError):
        return (None, 0)
