"""The one form that comments of every origin take."""

from __future__ import annotations

import hashlib

import msgspec

LARGEST = 10**12
"""Of any number in a file, sign aside; 31 years in milliseconds. Beyond it lie only faults."""


class Comment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One comment as its file has it."""

    time_ms: int
    """Milliseconds from the start of the video; may be negative or past its end."""
    text: str
    commands: list[str] = []
    """Display commands such as ``ue`` or ``red``."""
    no: int | None = None
    """Its number, unique within its thread and fork."""
    thread: str | None = None
    fork: str | None = None
    """``main`` (viewers), ``owner`` or ``easy``."""
    user: str | None = None
    """Digest of the user's id, never the id itself."""
    posted_at: int | None = None
    """Unix seconds."""
    premium: bool = False
    score: int = 0
    """Shared-NG score, zero or below."""
    nicoru: int = 0
    """How many viewers liked it."""


class ReadReport:
    """What became of the comments of one file."""

    def __init__(self) -> None:
        self.read = 0
        self.dropped: dict[str, int] = {}
        """How many by reason."""

    def drop(self, reason: str) -> None:
        """Count one comment that cannot be used."""
        self.dropped[reason] = self.dropped.get(reason, 0) + 1

    def __str__(self) -> str:
        kept = self.read - sum(self.dropped.values())
        losses = ", ".join(f"{count} {reason}" for reason, count in sorted(self.dropped.items()))
        return f"{self.read} comments read, {kept} kept" + (f" ({losses})" if losses else "")


def hashed_user(user: object) -> str | None:
    """Digest of a user id, the same in every file of that user's."""
    if user in (None, ""):
        return None
    return hashlib.sha256(f"yajiuma {user}".encode("utf-8", "surrogatepass")).hexdigest()[:12]
