"""Recognise comments that occur more than once, in several files or in one."""

from __future__ import annotations

from typing import NamedTuple

from pipeline.danmaku.comments.record import Comment

_CENTISECOND = 10  # milliseconds; XML has no finer time


class Position(NamedTuple):
    """Where a comment was read."""

    file: int
    """Index of its file."""
    number: int
    """The comment's number among those of all files, from 1."""


class _Seen(NamedTuple):
    position: Position
    has_identity: bool


class Merger:
    """Remembers comments by hashes.

    Comments with the same thread, fork and number are the same. Where either lacks one of these,
    comments in different files are the same if their time, text and author are. Within one file
    that holds only for comments with an author and without a number, because a file without
    authors may well hold two equal comments.
    """

    def __init__(self, files: int) -> None:
        self._several = files > 1
        self._by_identity: dict[int, Position] = {}
        self._by_content: dict[int, _Seen] = {}

    def original(self, comment: Comment, position: Position) -> Position | None:
        """The position of the comment that this one repeats; None for a new one."""
        has_identity = None not in (comment.no, comment.thread, comment.fork)
        if has_identity:
            identity = hash((comment.thread, comment.fork, comment.no))
            before = self._by_identity.setdefault(identity, position)
            if before is not position:
                return before
        authored = comment.no is None and comment.user is not None
        if not (self._several or authored):
            return None
        content = hash((comment.time_ms // _CENTISECOND, comment.text, comment.user))
        seen = self._by_content.setdefault(content, _Seen(position, has_identity))
        if seen.position.file != position.file:
            return None if has_identity and seen.has_identity else seen.position
        return seen.position if authored and seen.position is not position else None
