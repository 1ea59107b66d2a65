"""Names of columns in tables and of members in JSON, and what they hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from pipeline.media.picture_files import ENDINGS
from pipeline.reading import values

PICTURES = (
    *("file_name", "filename", "file", "image", "image_name", "path", "picture", "photo", "name"),
    *("image_path", "filepath", "image_url", "url"),
)
"""Names of the column with the picture, in lower case; the first of them that has one counts."""
TEXTS = ("caption", "text", "joke", "boke", "comment", "sentence", "title", "label", "raw")
LISTS = tuple(f"{name}s" for name in TEXTS[:-1])
"""Members of JSON objects that hold several texts."""
LISTS_OF_TAGS = ("tags", "tag_string", "keywords")
TAG = "tag"
"""The column with one tag; the others have several."""
TAGS = (*LISTS_OF_TAGS, TAG)
RATINGS = ("star", "stars", "rating", "score", "votes", "weight", "count", "nicoru")
RATERS = ("rater", "user", "author")
_OTHERS = ("by", "split", "kind", "group")
_KNOWN = {*PICTURES, *TEXTS, *LISTS, *TAGS, *RATINGS, *RATERS, *_OTHERS}

REQUIRED = (
    f"a picture ({', '.join(PICTURES)}), and a text ({', '.join(TEXTS)}), tags"
    f" ({', '.join(TAGS)}) or a rating ({', '.join(RATINGS)})"
)
"""The columns that every file needs, for messages."""


def has_required(names: Iterable[object]) -> bool:
    """Whether these columns include a picture, and a text, tags or a rating."""
    keys = set(map(_key, names))
    return names_a_picture(keys) and not keys.isdisjoint((*TEXTS, *LISTS, *TAGS, *RATINGS))


def names_a_picture(names: Iterable[object]) -> bool:
    """Whether these columns include a picture."""
    return not set(map(_key, names)).isdisjoint(PICTURES)


def picture_of(row: Mapping[str, Any]) -> str:
    """What a row calls its picture; empty if it has none."""
    return values.text(first(cells_of(row), PICTURES)) or ""


def text_column(names: Sequence[str]) -> int | None:
    """The index of the column with the text, or else with the tags; None if there is none."""
    keys = list(map(_key, names))
    return next((keys.index(name) for name in (*TEXTS, *TAGS) if name in keys), None)


def is_picture_name(cell: str) -> bool:
    """Whether a cell ends as the names of pictures do."""
    return PurePosixPath(cell.strip().strip('"')).suffix.lower() in ENDINGS


def unknown(names: Iterable[object]) -> Iterator[str]:
    """The columns that mean nothing here."""
    return (str(name) for name in names if _key(name) not in _KNOWN)


def cells_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row's cells by the names of their columns in lower case."""
    return {_key(name): value for name, value in row.items()}


def first(cells: Mapping[str, Any], names: Iterable[str]) -> Any:
    """The first of the named cells that is not empty; None if all are."""
    filled = (cells[name] for name in names if cells.get(name) not in (None, "", []))
    return next(filled, None)


def _key(name: object) -> str:
    """A column's name as it is compared."""
    return name.strip().lower() if isinstance(name, str) else ""
