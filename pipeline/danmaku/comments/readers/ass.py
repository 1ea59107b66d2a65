"""ASS and SSA: each line is a comment at the time of its beginning.

Programs that turn comments into subtitles set place and colour by styles and tags: a line that
moves scrolls, and one with a position is fixed there. A file in which nothing moves is plain
subtitles, whose usual place at the bottom then means nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pipeline.danmaku.comments import display
from pipeline.danmaku.comments.ass_tags import (
    color_of,
    leading_tags,
    row_of,
    row_of_alignment,
    without_tags,
)
from pipeline.danmaku.comments.bilibili import REVERSE_WORD
from pipeline.danmaku.comments.comment_report import CommentReport
from pipeline.danmaku.comments.reader import Reader
from pipeline.danmaku.comments.record import Comment
from pipeline.reading.content import Content
from pipeline.runtime.errors import ExitCode, PipelineError

if TYPE_CHECKING:
    import pysubs2

MAX_CHARACTERS = 64 << 20
"""Characters of a file, which is held in memory."""

_SECTION = re.compile(rb"(?:\s*[;!][^\n]*\n)*\s*\[(?:Script Info|V4\+? Styles|Events)\]", re.I)
_SSA = re.compile(r"^\s*\[V4 Styles\]", re.MULTILINE | re.IGNORECASE)
_EVENT = re.compile(r"^\s*Dialogue\s*:", re.MULTILINE)
_LINE = re.compile(r"^\s*(?:Dialogue|Style)\s*:", re.IGNORECASE)
_NUMBER = r"\s*(-?\d+(?:\.\d*)?)\s*"
_POSITION = re.compile(rf"\\pos\({_NUMBER},{_NUMBER}\)")
_MOVE = re.compile(rf"\\move\({_NUMBER},{_NUMBER},{_NUMBER},{_NUMBER}")
_BANNER = re.compile(r"\s*Banner\s*;(?:[^;]*;\s*(\d))?", re.IGNORECASE)
_FONT_SIZE = re.compile(r"\\fs(\d+(?:\.\d*)?)")
_NAMED_TIME = re.compile(r"(-?\d{1,12}) ms", re.ASCII)
"""The name of a line that Yajiuma wrote: the comment's time, which is not that of its entrance."""
_SMALL, _BIG = 0.8, 1.25
"""Relative to the usual font size: small comments have 0.66 to 0.72 of it, big ones 1.44."""
_NAMED_SIZES = ("big", "medium", "small")
"""Styles of Yajiuma's own files, which may use a smaller font for texts of many lines."""


def confidence(content: Content) -> float:
    """Certain if the file begins with a section of ASS."""
    return 1.0 if _SECTION.match(content.head) else 0.0


def read(
    content: Content, report: CommentReport, max_characters: int = MAX_CHARACTERS
) -> Iterator[Comment]:
    """Yield every line with words: no drawings, no ASS ``Comment`` lines.

    Raises PipelineError UNKNOWN_FORMAT for a file of more than ``max_characters`` or that pysubs2
    cannot read.
    """
    text = _whole(content, max_characters)
    file = _parsed(content, text)
    appearance = _Appearance(file)
    for event in file:
        report.read += 1
        words = without_tags(event.text)
        if event.is_comment:
            report.drop("comment lines")
        elif not words.strip() and "\\p" in event.text:
            report.drop("drawings")
        else:
            named = _NAMED_TIME.fullmatch(event.name)
            comment = report.comment(
                time_ms=int(named[1]) if named else event.start,
                text=words,
                commands=appearance.commands(event),
            )
            if comment is not None:
                yield comment
    for _ in range(len(_EVENT.findall(text)) - report.read):
        report.read += 1
        report.drop("lines that cannot be read")


def _parsed(content: Content, text: str) -> pysubs2.SSAFile:
    """Parse the file without the lines that pysubs2 cannot read, since one makes it fail."""
    import pysubs2

    shape = "ssa" if _SSA.search(text) else "ass"
    try:
        return pysubs2.SSAFile.from_string(text, format_=shape)
    except Exception:  # pysubs2 raises errors of many kinds
        lines = text.split("\n")
    other = [line for line in lines if not _LINE.match(line)]
    usable = [line for line in lines if not _LINE.match(line) or _is_readable(line, other, shape)]
    try:
        return pysubs2.SSAFile.from_string("\n".join(usable), format_=shape)
    except Exception as error:
        raise _unreadable(content, f"{type(error).__name__}: {error}") from None


def _is_readable(line: str, other: Sequence[str], shape: str) -> bool:
    """Whether pysubs2 can read one line below the header of its section."""
    import pysubs2

    section = "[Events]" if line.lstrip().lower().startswith("dialogue") else "[V4+ Styles]"
    if shape == "ssa":
        section = section.replace("V4+", "V4")
    formats = [one for one in other if one.lstrip().lower().startswith("format")]
    try:
        pysubs2.SSAFile.from_string("\n".join([section, *formats[-1:], line]), format_=shape)
    except Exception:  # as above
        return False
    return True


def _whole(content: Content, max_characters: int) -> str:
    text = ""
    for chunk in content.text():
        text += chunk
        if len(text) > max_characters:
            raise _unreadable(content, f"it has more than {max_characters:,} characters")
    return text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")


class _Appearance:
    """The place, colour and size of lines by their styles and tags."""

    def __init__(self, file: pysubs2.SSAFile) -> None:
        self._styles = file.styles
        self._default = file.styles.get("Default") or next(iter(file.styles.values()), None)
        height = file.info.get("PlayResY", "")
        is_height = height.isdecimal() and len(height) < 6
        self._middle = (int(height) if is_height else 288) / 2  # 288 is the default
        sizes = Counter(self._font_size(e) for e in file if e.style not in _NAMED_SIZES)
        self._usual_size = sizes.most_common(1)[0][0] if sizes else 0.0
        self._is_danmaku = any(
            _MOVE.search(event.text) or _BANNER.match(event.effect) for event in file
        )

    def commands(self, event: pysubs2.SSAEvent) -> list[str]:
        """Niconico's commands for its place, colour and size."""
        tags = leading_tags(event.text)
        return [*self._place(event, tags), *self._color(event, tags), *self._size(event)]

    def _style(self, event: pysubs2.SSAEvent) -> pysubs2.SSAStyle | None:
        return self._styles.get(event.style, self._default)

    def _place(self, event: pysubs2.SSAEvent, tags: str) -> list[str]:
        if move := _MOVE.search(tags):
            return [REVERSE_WORD] if float(move[3]) > float(move[1]) else []
        if banner := _BANNER.match(event.effect):
            return [REVERSE_WORD] if banner[1] == "1" else []
        if position := _POSITION.search(tags):
            return ["ue" if float(position[2]) < self._middle else "shita"]
        is_set, row = row_of(tags)
        if not is_set:
            style = self._style(event)
            row = row_of_alignment(int(style.alignment) if style else 2)
            if row == "shita" and not self._is_danmaku:
                return []
        return [row] if row else []

    def _color(self, event: pysubs2.SSAEvent, tags: str) -> list[str]:
        color = color_of(tags)
        style = self._style(event)
        if color is not None or style is None:
            return color or []
        rgb = style.primarycolor
        return display.color(rgb.r << 16 | rgb.g << 8 | rgb.b)

    def _size(self, event: pysubs2.SSAEvent) -> list[str]:
        if event.style in _NAMED_SIZES:
            return [event.style] if event.style != "medium" else []
        ratio = self._font_size(event) / self._usual_size if self._usual_size else 1.0
        return ["small"] if ratio <= _SMALL else ["big"] if ratio >= _BIG else []

    def _font_size(self, event: pysubs2.SSAEvent) -> float:
        sizes = _FONT_SIZE.findall(leading_tags(event.text))
        style = self._style(event)
        return float(sizes[-1]) if sizes else style.fontsize if style else 0.0


def _unreadable(content: Content, why: str) -> PipelineError:
    return PipelineError(
        ExitCode.UNKNOWN_FORMAT,
        f"{content.path} cannot be read as subtitles: {why}",
        "Convert it to SRT with a subtitle editor",
    )


READER = Reader("ASS", "a section [Script Info] or [Events]", confidence, read)
