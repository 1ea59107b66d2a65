"""The interface of a writer for one comment format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import BinaryIO, Literal

from pipeline.danmaku.comments.record import Comment
from pipeline.danmaku.drawing.screen import Screen
from pipeline.danmaku.drawing.settings import LayoutSettings


class Output:
    """A comment file being written, and the count of losses."""

    def __init__(
        self,
        file: BinaryIO,
        screen: Screen = Screen(),  # noqa: B008  # it is frozen
        layout: LayoutSettings = LayoutSettings(),  # noqa: B008  # it is frozen
    ) -> None:
        self.file = file
        self.screen, self.layout = screen, layout
        """For formats that place comments themselves."""
        self.written = 0
        self.lost: Counter[str] = Counter()

    def write(self, text: str) -> None:
        """Append text as UTF-8."""
        self.file.write(text.encode("utf-8", "replace"))

    def lose(self, what: str) -> None:
        """Record something that one comment has and the file cannot carry."""
        self.lost[what] += 1


@dataclass(frozen=True)
class Writer:
    """One format; each module in ``comments.writers`` declares one as ``WRITER``."""

    carries: frozenset[str]
    """Fields of Comment that the format has besides time and text. Losses of all others are
    recorded for the writer."""
    scripts: Literal["kept", "applied", "dropped"]
    """What becomes of the uploader's scripts: kept for players that know them; applied, by a
    writer that lays comments out and records what is hidden; or applied and then dropped, with
    the comments that they hide."""
    write: Callable[[Iterable[Comment], Output], None]
    """Writes the whole file, counts what it wrote, and records losses within those fields."""
