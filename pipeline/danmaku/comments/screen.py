"""Comments of files as comments on screen."""

from __future__ import annotations

from pathlib import Path

from pipeline.danmaku.comments.comments_file import GeneratedComment
from pipeline.danmaku.comments.owner_scripts import apply_scripts
from pipeline.danmaku.comments.record import Comment
from pipeline.danmaku.comments.settings import Target
from pipeline.danmaku.drawing.comment import ScreenComment
from pipeline.runtime.json_lines import read_lines


def read_on_screen(path: Path, target: Target) -> list[ScreenComment]:
    """What is drawn of a file of viewers' comments or of a model's.

    The uploader's scripts are applied. Raises PipelineError as ``read_lines`` does.
    """
    if target == "comments":
        viewers = enumerate(apply_scripts(list(read_lines(path, Comment))))
        return [screen_comment(comment, number) for number, comment in viewers]
    return [
        ScreenComment(c.time_ms, c.text, tuple(c.commands), "generated", number=number)
        for number, c in enumerate(read_lines(path, GeneratedComment))
    ]


def screen_comment(comment: Comment, number: int = 0) -> ScreenComment:
    """What is drawn of a viewer's or uploader's comment, the ``number``-th of its file."""
    posted_at = comment.posted_at
    return ScreenComment(
        time_ms=comment.time_ms,
        text=comment.text,
        commands=tuple(comment.commands),
        layer="owner" if comment.fork == "owner" else "viewer",
        posted_us=None if posted_at is None else posted_at * 1_000_000 + comment.posted_us,
        number=number,
    )
