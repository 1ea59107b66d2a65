"""``comments.jsonl`` and ``generated.jsonl``: one comment a line, for people to read and edit."""

from __future__ import annotations

import msgspec

from pipeline.danmaku.comments.record import Comment


class TokenizedComment(Comment, frozen=True, kw_only=True, omit_defaults=True):
    """A viewer's comment, split into words."""

    words: list[str]
    """The words of the normalised text."""
    parts: list[str]
    """Part of speech of each word."""


class GeneratedComment(msgspec.Struct, frozen=True, kw_only=True):
    """A comment by the model."""

    time_ms: int
    text: str
    commands: list[str]
    words: list[str]
    frame: int
    """The frame it was written about."""
    viewers: int
    """How many comments viewers would write in its second, as the captioner was given it."""
