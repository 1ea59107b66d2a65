"""Subtitles, ASS, SSA or SRT: each line is a comment at its beginning."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.comments.decoding import text_chunks
from pipeline.comments.reader import Reader
from pipeline.comments.record import Comment
from pipeline.comments.report import ReadReport
from pipeline.errors import ExitCode, PipelineError

if TYPE_CHECKING:
    import pysubs2

LONGEST = 64 << 20
"""Characters of a file: subtitles are read whole."""

_ASS = re.compile(rb"^\s*(?:\[Script Info\]|\[V4\+? Styles\]|\[Events\])", re.MULTILINE)
_CUE = re.compile(rb"\d\d:\d\d[.,]\d\d\d[ \t]+-->[ \t]+(?:\d\d+:)?\d\d:\d\d[.,]\d\d\d")
_EVENT = re.compile(r"^\s*Dialogue\s*:|^[^\n]*-->", re.MULTILINE)
_TAGS = re.compile(r"\{[^}]*\}")
_COLOR = re.compile(r"\\1?c&H([\da-fA-F]{1,8})&?")
_PLACE = re.compile(r"\\an([1-9])|\\a(\d+)|\\(pos|move)\(")
_DRAWING = re.compile(r"\\p[1-9]")
_NAMED_TIME = re.compile(r"(-?\d{1,12}) ms", re.ASCII)
"""A line's name where Yajiuma wrote it: the comment's time, before or behind its entrance."""
_WHITE = 0xFFFFFF


def recognizes(head: bytes) -> bool:
    """Whether there is a section of ASS, or a cue of SRT."""
    start = head.lstrip()
    if start.startswith((b"<", b"{", b"WEBVTT")):
        return False
    return bool(_ASS.match(start) or _CUE.search(head[:4096]))


def read(path: Path, report: ReadReport) -> Iterator[Comment]:
    """Yield every line with words: no drawings, no ASS ``Comment`` lines.

    Raises PipelineError NOT_COMMENTS for a file beyond LONGEST or that pysubs2 cannot read.
    """
    import pysubs2

    content = _content(path)
    try:
        events = pysubs2.SSAFile.from_string(content)
    except Exception as error:  # pysubs2 lets errors of many kinds through
        raise _unreadable(path, f"{type(error).__name__}: {error}") from None
    for event in events:
        report.read += 1
        words = _TAGS.sub("", event.text).replace("\\N", "\n").replace("\\n", "\n")
        words = words.replace("\\h", " ")
        if event.is_comment:
            report.drop("comment lines")
        elif _DRAWING.search(event.text):
            report.drop("drawings")
        elif not words.strip():
            report.drop("without text")
        else:
            named = _NAMED_TIME.fullmatch(event.name)
            yield Comment(
                time_ms=int(named[1]) if named else event.start,
                text=words,
                commands=_commands(event),
                file=report.file,
                number=report.read,
            )
    for _ in range(len(_EVENT.findall(content)) - report.read):
        report.read += 1
        report.drop("lines that cannot be read")


def _content(path: Path) -> str:
    content = ""
    for chunk in text_chunks(path):
        content += chunk
        if len(content) > LONGEST:
            raise _unreadable(path, f"it has more than {LONGEST >> 20} MiB")
    content = content.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")
    # pysubs2 takes a number at the end of a cue of SRT for that of the next one.
    return content + "\n\n0\n"


def _commands(event: pysubs2.SSAEvent) -> list[str]:
    """Niconico's commands for the tags of danmaku: fixed at an edge, colours, sizes by style."""
    words = [event.style] if event.style in ("big", "small") else []
    place = _PLACE.search(event.text)
    if place and place[1]:
        words += {"8": ["ue"], "7": ["ue"], "9": ["ue"], "2": ["shita"]}.get(place[1], [])
    if color := _COLOR.search(event.text):
        bgr = int(color[1], 16) & _WHITE
        rgb = (bgr & 0xFF) << 16 | bgr & 0xFF00 | bgr >> 16
        words += [f"#{rgb:06x}"] if rgb != _WHITE else []
    return words


def _unreadable(path: Path, why: str) -> PipelineError:
    return PipelineError(
        ExitCode.NOT_COMMENTS,
        f"{path} cannot be read as subtitles: {why}",
        "Convert it to SRT with a subtitle editor",
    )


READER = Reader("subtitles", recognizes, read)
