"""The emoji samples as a collection: 1,040 things, each drawn in eight styles.

The folder is given as it is: a picture is called ``STYLE/THING.png``, so pictures of one file name
in several folders show the same thing (``held_out: by: name``). See its SOURCES.md for licences.
"""

from __future__ import annotations

import csv
from typing import NamedTuple, Self

from pipeline.runtime.paths import PROJECT

EMOJI = PROJECT.parent / "shared" / "samples" / "emoji"
"""The collection, for PICTURES; it is not everywhere."""
EMOJI_TAPS = "[stride8,stride16,stride32,pooled]"
"""Layers that are kept of them: shapes count as much as what a picture is of."""
COLOUR_STYLES = (
    *("emojione", "fluent-emoji", "fluent-emoji-flat"),
    *("noto", "noto-v1", "twemoji"),
)
STYLES = (*COLOUR_STYLES, "emojione-monotone", "fluent-emoji-high-contrast")
"""Their folders; the last two are black and white."""


class Thing(NamedTuple):
    """One thing, and what people call it in Japanese."""

    name: str
    """The name of its files, without ending."""
    group: str
    """One of nine, such as ``animals-nature``."""
    label: str
    tags: tuple[str, ...]

    @classmethod
    def from_row(cls, row: dict[str, str]) -> Self:
        """Take what is wanted of a row of ``things.csv``."""
        tags = tuple(filter(None, row["tags_ja"].split("|")))
        return cls(row["name"], row["group"], row["label_ja"], tags)

    def pictures(self, styles: tuple[str, ...] = STYLES) -> list[str]:
        """Its pictures' names in the collection."""
        return [f"{style}/{self.name}.png" for style in styles]


def read_things() -> list[Thing]:
    """All things, in the order of their names."""
    with (EMOJI / "things.csv").open(encoding="utf-8", newline="") as file:
        return [Thing.from_row(row) for row in csv.DictReader(file)]
