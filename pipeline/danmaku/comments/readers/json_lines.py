"""JSON Lines, or a JSON list, of objects with named columns, which Yajiuma itself writes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from typing import Any

from pipeline.danmaku.comments.columns import REQUIRED, SAMPLE_ROWS, Columns, has_required
from pipeline.danmaku.comments.comment_report import CommentReport
from pipeline.danmaku.comments.reader import Reader
from pipeline.danmaku.comments.record import Comment
from pipeline.reading.content import Content
from pipeline.reading.json_stream import items


def confidence(content: Content) -> float:
    """Medium if objects have a time and a text; specific formats have further marks."""
    return 0.5 if has_required(content.outline.keys.get(_place(content), ())) else 0.0


def read(content: Content, report: CommentReport) -> Iterator[Comment]:
    """Yield every comment with a text and a time."""
    rows = items(content, _place(content), report, _is_record)
    first = list(islice(rows, SAMPLE_ROWS))
    columns = Columns([row for row in first if isinstance(row, dict)])
    for row in chain(first, rows):
        report.read += 1
        if not isinstance(row, dict):
            report.drop("not an object")
            continue
        comment = columns.comment_of(row, report)
        if comment is not None:
            yield comment


def _is_record(item: Any) -> bool:
    return isinstance(item, dict) and has_required(item)


def _place(content: Content) -> str:
    return "item" if content.head.lstrip().startswith(b"[") else ""


READER = Reader("JSON Lines", f"objects with {REQUIRED}", confidence, read)
