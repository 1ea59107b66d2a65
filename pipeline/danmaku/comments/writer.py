"""What a writer of one comment format is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import BinaryIO, Literal

from pipeline.danmaku.comments.record import Comment
from pipeline.danmaku.drawing.screen import Screen
from pipeline.danmaku.drawing.settings import LayoutSettings


class Output:
    """A comment file in the making, and what it cannot carry."""

    def __init__(
        self,
        file: BinaryIO,
        screen: Screen = Screen(),  # noqa: B008  # it is frozen
        layout: LayoutSettings = LayoutSettings(),  # noqa: B008  # it is frozen
    ) -> None:
        self.file = file
        self.screen, self.layout = screen, layout
        """On what and how text is placed, for formats that do so themselves."""
        self.written = 0
        self.lost: Counter[str] = Counter()

    def write(self, text: str) -> None:
        """Append text as UTF-8."""
        self.file.write(text.encode("utf-8", "replace"))

    def lose(self, what: str) -> None:
        """Note what one comment has and the file will not tell."""
        self.lost[what] += 1


@dataclass(frozen=True)
class Writer:
    """One format; each module of ``comments.writers`` declares its own as ``WRITER``."""

    carries: frozenset[str]
    """Fields of Comment that it has a place for, beside time and text. The loss of all others
    is noted for it."""
    scripts: Literal["kept", "carried out", "left out"]
    """What becomes of the uploader's scripts: kept for a player that knows them; carried out by
    a writer that lays out, which tells what is not shown; or carried out and left out."""
    write: Callable[[Iterable[Comment], Output], None]
    """Writes the whole file, counts what it wrote, and notes every loss within those fields."""
