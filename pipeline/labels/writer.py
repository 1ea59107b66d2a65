"""The interface of a writer for one label format."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from pipeline.labels.boxes import Sizes
from pipeline.labels.record import Kind, Label
from pipeline.runtime.atomic_files import published, published_folder

Existing = Literal["replace", "append", "skip"]
"""What becomes of sidecars that are there: those that Yajiuma wrote are replaced, tags are appended
to all, or all stay."""

_BREAKS = re.compile(r"[\t\r\n]+")


class Output:
    """A label file, or a folder of them, being written, and the count of losses."""

    def __init__(
        self, path: Path, existing: Existing = "replace", sizes: Sizes | None = None
    ) -> None:
        self.path = path
        self.existing = existing
        self.sizes = sizes or {}
        """Of the upright pictures, as far as they are known."""
        self.written = 0
        self.lost: Counter[str] = Counter()
        self.kept: dict[str, list[str]] = {}
        """Files that were there already and stay as they are, by the reason."""

    @contextmanager
    def file(self) -> Iterator[BinaryIO]:
        """The file, which appears whole or not at all."""
        with published(self.path) as temporary, temporary.open("wb") as file:
            yield file

    @contextmanager
    def folder(self) -> Iterator[Path]:
        """A folder to fill, which takes the place of one that is there, whole or not at all."""
        with published_folder(self.path) as temporary:
            yield temporary

    def in_one_line(self, text: str) -> str:
        """``text`` with spaces for line breaks and tabs, which are recorded as lost."""
        line = _BREAKS.sub(" ", text)
        if line != text:
            self.lose("line breaks and tabs")
        return line.strip()

    def lose(self, what: str, count: int = 1) -> None:
        """Record something that labels have and the file cannot carry."""
        if count:
            self.lost[what] += count

    def keep(self, name: str, reason: str) -> None:
        """Record that a file stays as it is."""
        self.kept.setdefault(reason, []).append(name)


@dataclass(frozen=True)
class Writer:
    """One format; each module in ``labels.writers`` declares one as ``WRITER``."""

    kinds: frozenset[Kind]
    """Kinds of labels that the format holds."""
    carries: frozenset[str]
    """Fields of Label that it has besides picture and value. Losses of all others are recorded for
    the writer."""
    write: Callable[[Iterable[Label], Output], None]
    """Writes everything, counts what it wrote, and records losses within those fields."""
