"""JSON Lines, or a JSON list, of objects with named columns: what Yajiuma itself writes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pipeline.comments.columns import comment_of, fits
from pipeline.comments.decoding import beginning
from pipeline.comments.json_stream import items, keys
from pipeline.comments.reader import Reader
from pipeline.comments.record import Comment
from pipeline.comments.report import ReadReport


def recognizes(head: bytes) -> bool:
    """Whether objects name a time and a text, and have not the shape of Niconico's formats."""
    found = keys(head)
    in_list = head.lstrip().startswith(b"[")
    of_niconico = {"vposMs"} if in_list else {"threads", "packet"}
    of_niconico |= {"chat", "ping", "leaf"}
    formatted = in_list and {"vpos", "content"} <= found
    return fits(found) and not formatted and not found & of_niconico


def read(path: Path, report: ReadReport) -> Iterator[Comment]:
    """Yield every comment with a text and a time."""
    place = "item" if beginning(path).lstrip().startswith(b"[") else ""
    for item in items(path, place, report):
        report.read += 1
        if not isinstance(item, dict):
            report.drop("not an object")
            continue
        comment = comment_of(item, report)
        if comment is not None:
            yield comment


READER = Reader("JSON Lines", recognizes, read)
