"""Read a comment file of any known format, told by its content and not by its name."""

from __future__ import annotations

import codecs
from pathlib import Path

from pipeline.comments import niconico_json, niconico_xml
from pipeline.comments.faults import not_comments
from pipeline.comments.record import Comment, ReadReport
from pipeline.errors import ExitCode, PipelineError


def read_comments(path: Path) -> tuple[list[Comment], ReadReport]:
    """All usable comments of ``path`` in the order of the file, and what was dropped.

    Raises PipelineError: COMMENTS_MISSING, COMMENTS_EMPTY, NOT_COMMENTS,
    NO_USABLE_COMMENTS.
    """
    try:
        with path.open("rb") as file:
            head = file.read(4096).removeprefix(codecs.BOM_UTF8).strip()
    except FileNotFoundError:
        raise PipelineError(
            ExitCode.COMMENTS_MISSING,
            f"there is no comment file at {path}",
            "Check the path after COMMENTS=",
        ) from None
    first = head[:1]
    if not head:
        raise PipelineError(
            ExitCode.COMMENTS_EMPTY,
            f"{path} is empty ({path.stat().st_size} bytes)",
            "Download it again, or leave COMMENTS out for a video that is only to be annotated",
        )
    report = ReadReport()
    if first == b"<":
        comments = niconico_xml.read(path, report)
    elif first in (b"[", b"{"):
        comments = niconico_json.read(path, report)
    else:
        raise not_comments(path, "it is neither XML nor JSON")
    if not comments:
        raise PipelineError(
            ExitCode.NO_USABLE_COMMENTS,
            f"{path} holds no usable comment: {report}",
            "Give a file with at least one comment that has a text and a time",
        )
    return comments, report
