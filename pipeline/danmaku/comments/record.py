"""The record that comments from every source become."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache

import msgspec


class Comment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One comment as it stands in its file."""

    time_ms: int
    """Milliseconds from the start of the video; may be negative or past its end."""
    text: str
    commands: list[str] = []
    """Niconico's display commands, such as ``ue`` or ``red``."""
    no: int | None = None
    """Its number, unique within thread and fork."""
    thread: str | None = None
    fork: str | None = None
    """``main`` (viewers), ``owner`` or ``easy`` (one tap)."""
    user: str | None = None
    """Digest of the user id, never the id itself."""
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
    """Its number among the comments of that file, from 1."""
    also: list[str] = []
    """``FILE:NUMBER`` of the same comment elsewhere."""


_DIGEST = re.compile("[0-9a-f]{12}")


def hashed_user(user: object) -> str | None:
    """Digest of a user id, the same in every file.

    A digest stays as it is: Yajiuma's own files hold digests, and no site has ids of that form.
    """
    return None if user in (None, "") else _digest(str(user))


@lru_cache(1 << 16)
def _digest(user: str) -> str:
    if _DIGEST.fullmatch(user):
        return user
    salted = f"yajiuma {user}"
    return hashlib.sha256(salted.encode("utf-8", "surrogatepass")).hexdigest()[:12]
