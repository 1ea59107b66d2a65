"""The one form that comments of every origin take."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache

import msgspec


class Comment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One comment as its file has it."""

    time_ms: int
    """Milliseconds from the start of the video; may be negative or past its end."""
    text: str
    commands: list[str] = []
    """Display commands of Niconico's such as ``ue`` or ``red``."""
    no: int | None = None
    """Its number, unique within its thread and fork."""
    thread: str | None = None
    fork: str | None = None
    """``main`` (viewers), ``owner`` or ``easy`` (one tap)."""
    user: str | None = None
    """Digest of the user's id, never the id itself."""
    posted_at: int | None = None
    """Unix seconds."""
    posted_us: int = 0
    """Microseconds to add to ``posted_at``."""
    premium: bool = False
    score: int = 0
    """Shared-NG score, zero or below."""
    nicoru: int = 0
    """How many viewers liked it."""
    file: str = ""
    """The file it was read from, without folders."""
    number: int = 0
    """Its place among the comments of that file, from 1."""
    also: list[str] = []
    """``FILE:NUMBER`` of the same comment elsewhere."""


_DIGEST = re.compile("[0-9a-f]{12}")


def hashed_user(user: object) -> str | None:
    """Digest of a user id, the same in every file of that user's.

    What already is one stays: Yajiuma's own files hold digests, and no site has ids of their
    form.
    """
    return None if user in (None, "") else _digest(str(user))


@lru_cache(1 << 16)
def _digest(user: str) -> str:
    if _DIGEST.fullmatch(user):
        return user
    salted = f"yajiuma {user}"
    return hashlib.sha256(salted.encode("utf-8", "surrogatepass")).hexdigest()[:12]
