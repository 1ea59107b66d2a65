"""Which comments of several files, or of one, are the same."""

from __future__ import annotations

from typing import NamedTuple

from pipeline.danmaku.comments.record import Comment

_CENTISECOND = 10  # milliseconds; XML knows no finer time


class Place(NamedTuple):
    """Where a comment was read."""

    file: int
    """Its file's place among all."""
    number: int
    """The comment's place among those of all files, from 1."""


class _Seen(NamedTuple):
    place: Place
    has_identity: bool


class Merger:
    """Remembers comments by hashes.

    The same thread, fork and number are the same comment. Where one of two lacks them, the
    same time, text and author are, in different files; within one file only for a known
    author and no numbers, since a file without authors may well hold two alike.
    """

    def __init__(self, files: int) -> None:
        self._several = files > 1
        self._by_identity: dict[int, Place] = {}
        self._by_content: dict[int, _Seen] = {}

    def original(self, comment: Comment, place: Place) -> Place | None:
        """Where the comment stood that this one repeats; None for a new one."""
        has_identity = None not in (comment.no, comment.thread, comment.fork)
        if has_identity:
            identity = hash((comment.thread, comment.fork, comment.no))
            before = self._by_identity.setdefault(identity, place)
            if before is not place:
                return before
        authored = comment.no is None and comment.user is not None
        if not (self._several or authored):
            return None
        content = hash((comment.time_ms // _CENTISECOND, comment.text, comment.user))
        seen = self._by_content.setdefault(content, _Seen(place, has_identity))
        if seen.place.file != place.file:
            return None if has_identity and seen.has_identity else seen.place
        return seen.place if authored and seen.place is not place else None
