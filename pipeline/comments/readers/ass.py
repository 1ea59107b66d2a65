"""ASS and SSA: each line is a comment at its beginning.

Programs that turn comments into subtitles set place and colour by styles and by tags: what
moves scrolls, what is put somewhere is fixed there. Where nothing scrolls, the file is plain
subtitles, and those at their usual place at the bottom say nothing about it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pipeline.comments import display
from pipeline.comments.bilibili import REVERSE_WORD
from pipeline.comments.content import Content
from pipeline.comments.reader import Reader
from pipeline.comments.record import Comment
from pipeline.comments.report import ReadReport
from pipeline.errors import ExitCode, PipelineError

if TYPE_CHECKING:
    import pysubs2

LONGEST = 64 << 20
"""Characters of a file: it is read whole."""

_SECTION = re.compile(rb"^\s*(?:\[Script Info\]|\[V4\+? Styles\]|\[Events\])", re.M | re.I)
_EVENT = re.compile(r"^\s*Dialogue\s*:", re.MULTILINE)
_TAGS = re.compile(r"\{[^}]*\}")
_CHANGES = re.compile(r"\\t\([^}]*?\)(?=[\\}])|\\t\([^}]*\)")
"""What changes with time says nothing about the beginning."""
_COLOR = re.compile(r"\\1?c&H([\da-fA-F]{1,8})&?")
_ALIGNMENT = re.compile(r"\\an([1-9])")
_OLD_ALIGNMENT = re.compile(r"\\a(\d{1,2})")
_NUMBER = r"\s*(-?\d+(?:\.\d*)?)\s*"
_POSITION = re.compile(rf"\\pos\({_NUMBER},{_NUMBER}\)")
_MOVE = re.compile(rf"\\move\({_NUMBER},{_NUMBER},{_NUMBER},{_NUMBER}")
_BANNER = re.compile(r"\s*Banner\s*;(?:[^;]*;\s*(\d))?", re.IGNORECASE)
_FONT_SIZE = re.compile(r"\\fs(\d+(?:\.\d*)?)")
_DRAWING = re.compile(r"\\p[1-9]")
_NAMED_TIME = re.compile(r"(-?\d{1,12}) ms", re.ASCII)
"""A line's name where Yajiuma wrote it: the comment's time, before or behind its entrance."""
_SMALL, _BIG = 0.8, 1.25
"""Of the usual size of letters: those of small comments are 0.66 to 0.72 of it, big 1.44."""
_NAMED_SIZES = ("big", "medium", "small")
"""Styles of Yajiuma's own files, which may set a text of many lines smaller."""
_WHITE = 0xFFFFFF


def confidence(content: Content) -> float:
    """Whether it begins with a section of ASS."""
    return 1.0 if _SECTION.match(content.head.lstrip()) else 0.0


def read(content: Content, report: ReadReport) -> Iterator[Comment]:
    """Yield every line with words: no drawings, no ASS ``Comment`` lines.

    Raises PipelineError NOT_COMMENTS for a file beyond LONGEST or that pysubs2 cannot read.
    """
    import pysubs2

    text = _whole(content)
    try:
        file = pysubs2.SSAFile.from_string(text, format_="ass")
    except Exception as error:  # pysubs2 lets errors of many kinds through
        raise _unreadable(content, f"{type(error).__name__}: {error}") from None
    looks = _Looks(file)
    for event in file:
        report.read += 1
        words = _TAGS.sub("", event.text).replace("\\N", "\n").replace("\\n", "\n")
        if event.is_comment:
            report.drop("comment lines")
            continue
        if _DRAWING.search(event.text):
            report.drop("drawings")
            continue
        named = _NAMED_TIME.fullmatch(event.name)
        comment = report.comment(
            time_ms=int(named[1]) if named else event.start,
            text=words.replace("\\h", " "),
            commands=looks.commands(event),
        )
        if comment is not None:
            yield comment
    for _ in range(len(_EVENT.findall(text)) - report.read):
        report.read += 1
        report.drop("lines that cannot be read")


def _whole(content: Content) -> str:
    text = ""
    for chunk in content.text():
        text += chunk
        if len(text) > LONGEST:
            raise _unreadable(content, f"it has more than {LONGEST >> 20} MiB")
    return text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")


class _Looks:
    """What styles and tags say about each line."""

    def __init__(self, file: pysubs2.SSAFile) -> None:
        self._styles = file.styles
        self._default = file.styles.get("Default") or next(iter(file.styles.values()), None)
        height = file.info.get("PlayResY", "")
        self._middle = (int(height) if height.isdecimal() else 288) / 2  # 288 without a word
        named = (event for event in file if event.style not in _NAMED_SIZES)
        sizes = Counter(style.fontsize for style in map(self._style, named) if style is not None)
        self._usual_size = sizes.most_common(1)[0][0] if sizes else 0
        self._is_danmaku = any(
            _MOVE.search(event.text) or _BANNER.match(event.effect) for event in file
        )

    def commands(self, event: pysubs2.SSAEvent) -> list[str]:
        """Niconico's for its place, colour and size."""
        tags = _CHANGES.sub("", "".join(_TAGS.findall(event.text)))
        return [*self._place(event, tags), *self._color(event, tags), *self._size(event, tags)]

    def _style(self, event: pysubs2.SSAEvent) -> pysubs2.SSAStyle | None:
        return self._styles.get(event.style, self._default)

    def _place(self, event: pysubs2.SSAEvent, tags: str) -> list[str]:
        if move := _MOVE.search(tags):
            return [REVERSE_WORD] if float(move[3]) > float(move[1]) else []
        if banner := _BANNER.match(event.effect):
            return [REVERSE_WORD] if banner[1] == "1" else []
        row, is_told = self._row(event, tags)
        if position := _POSITION.search(tags):
            return ["ue" if float(position[2]) < self._middle else "shita"]
        if row == "shita" and not is_told and not self._is_danmaku:
            return []
        return [row] if row else []

    def _row(self, event: pysubs2.SSAEvent, tags: str) -> tuple[str | None, bool]:
        """Where the line is aligned, and whether a tag says so."""
        if found := _ALIGNMENT.search(tags):
            number, is_told = int(found[1]), True
        elif found := _OLD_ALIGNMENT.search(tags):
            # SSA's numbers: 1 to 3 at the bottom, 5 to 7 at the top, 9 to 11 in the middle.
            return {0: "shita", 1: "ue"}.get(int(found[1]) // 4), True
        else:
            style = self._style(event)
            number, is_told = int(style.alignment) if style else 2, False
        return {0: "shita", 2: "ue"}.get((number - 1) // 3), is_told

    def _color(self, event: pysubs2.SSAEvent, tags: str) -> list[str]:
        if found := _COLOR.search(tags):
            bgr = int(found[1], 16) & _WHITE
            return display.color((bgr & 0xFF) << 16 | bgr & 0xFF00 | bgr >> 16)
        style = self._style(event)
        if style is None:
            return []
        color = style.primarycolor
        return display.color(color.r << 16 | color.g << 8 | color.b)

    def _size(self, event: pysubs2.SSAEvent, tags: str) -> list[str]:
        if event.style in _NAMED_SIZES:
            return [event.style] if event.style != "medium" else []
        style = self._style(event)
        told = _FONT_SIZE.search(tags)
        size = float(told[1]) if told else style.fontsize if style else self._usual_size
        ratio = size / self._usual_size if self._usual_size else 1.0
        return ["small"] if ratio <= _SMALL else ["big"] if ratio >= _BIG else []


def _unreadable(content: Content, why: str) -> PipelineError:
    return PipelineError(
        ExitCode.NOT_COMMENTS,
        f"{content.path} cannot be read as subtitles: {why}",
        "Convert it to SRT with a subtitle editor",
    )


READER = Reader("ASS", "a section [Script Info] or [Events]", confidence, read)
