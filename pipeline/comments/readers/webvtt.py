"""WebVTT: each cue is a comment at its beginning."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

from pipeline.comments.decoding import text_chunks
from pipeline.comments.reader import Reader
from pipeline.comments.record import Comment
from pipeline.comments.report import ReadReport
from pipeline.comments.values import LARGEST

LONGEST = 1 << 20
"""Characters of a block; what goes beyond is left out."""

_STAMP = re.compile(r"\s*(?:(\d{2,9}):)?(\d\d):(\d\d)\.(\d{3})\s*-->", re.ASCII)
_LINE = re.compile(r"\sline:(-?)(\d{1,9})", re.ASCII)
_TAG = re.compile(r"<[^<>]*>")


def recognizes(head: bytes) -> bool:
    """Whether it begins as the standard wants it."""
    return head.lstrip().startswith(b"WEBVTT")


def read(path: Path, report: ReadReport) -> Iterator[Comment]:
    """Yield every cue with a time and a text; notes and styles are none."""
    for arrow, text in _cues(path):
        report.read += 1
        stamp = _STAMP.match(arrow)
        words = html.unescape(_TAG.sub("", text))
        if stamp is None or (time_ms := _milliseconds(stamp)) > LARGEST:
            report.drop("without a time")
        elif not words.strip():
            report.drop("without text")
        else:
            yield Comment(
                time_ms=time_ms,
                text=words,
                commands=_commands(arrow),
                file=report.file,
                number=report.read,
            )


def _cues(path: Path) -> Iterator[tuple[str, str]]:
    """The line with the arrow of each cue, and the lines below up to an empty one."""
    arrow: str | None = None
    text: list[str] = []
    for line in _lines(path):
        if "-->" in line or not line:
            if arrow is not None:
                yield arrow, "\n".join(text)
            arrow, text = line or None, []
        elif arrow is not None and sum(map(len, text)) < LONGEST:
            text.append(line)
    if arrow is not None:
        yield arrow, "\n".join(text)


def _lines(path: Path) -> Iterator[str]:
    """Lines without their ends; pieces of one that is longer than LONGEST."""
    rest = ""
    for chunk in text_chunks(path):
        content = rest + chunk.replace("\0", "\ufffd")
        held = content.endswith("\r")  # its line feed may come with the next chunk
        content = content[: len(content) - held].replace("\r\n", "\n").replace("\r", "\n")
        *lines, rest = content.split("\n")
        yield from lines
        rest = ("" if len(rest) > LONGEST else rest) + "\r" * held
    if rest.rstrip("\r"):
        yield rest.rstrip("\r")


def _milliseconds(stamp: re.Match[str]) -> int:
    hours, minutes, seconds, ms = (int(digits or 0) for digits in stamp.groups())
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + ms


def _commands(arrow: str) -> list[str]:
    """Niconico's for cues set apart from the place where subtitles stand."""
    line = _LINE.search(arrow)
    if line is None:
        return []
    percent = arrow[line.end() : line.end() + 1] == "%"
    upper = int(line[2]) < 50 if percent else not line[1]
    return ["ue" if upper else "shita"]


READER = Reader("WebVTT", recognizes, read)
