"""Fields that Niconico's formats share."""

from __future__ import annotations

from pipeline.reading.values import integer

CENTISECOND = 10  # milliseconds
FORKS = {"0": "main", "1": "owner", "2": "easy"}
"""Values of the field ``fork``; without it a comment is a viewer's."""

_FIRST_THREAD = 1_100_000_000
"""In 2004. From then on a thread's number may be the unix time at which it was opened."""
_MAX_THREAD_AGE = 7 * 86_400  # seconds; threads of broadcasts are opened anew every day


def time_of(vpos: int | None, thread: object, posted_at: int | None) -> int | None:
    """Milliseconds from centiseconds, or else from the date of the comment and its thread.

    Threads of broadcasts are numbered by the second at which they were opened, at which ``vpos``
    is 0.
    """
    if vpos is not None:
        return vpos * CENTISECOND
    opened = integer(thread)
    if posted_at and opened and opened >= _FIRST_THREAD:
        after = posted_at - opened
        if 0 <= after <= _MAX_THREAD_AGE:
            return after * 1000
    return None
