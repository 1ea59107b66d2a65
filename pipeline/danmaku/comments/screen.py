"""Comments of files as comments on screen."""

from __future__ import annotations

from pipeline.danmaku.comments.record import Comment
from pipeline.danmaku.drawing.comment import ScreenComment


def screen_comment(comment: Comment, number: int = 0) -> ScreenComment:
    """What is drawn of a viewer's comment or the uploader's, which is its file's ``number``-th."""
    posted_at = comment.posted_at
    return ScreenComment(
        time_ms=comment.time_ms,
        text=comment.text,
        commands=tuple(comment.commands),
        layer="owner" if comment.fork == "owner" else "viewer",
        posted_us=None if posted_at is None else posted_at * 1_000_000 + comment.posted_us,
        number=number,
    )
