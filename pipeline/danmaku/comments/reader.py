"""The interface of a reader for one comment format."""

from __future__ import annotations

from pipeline.danmaku.comments.comment_report import CommentReport
from pipeline.danmaku.comments.record import Comment
from pipeline.reading import reader

Reader = reader.Reader[Comment, CommentReport]
"""One format; each module in ``comments.readers`` declares one as ``READER``."""
