"""Names of columns in tables and of members in JSON, and what they hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
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
BOXES_BY_EDGES = (
    ("left", "top", "right", "bottom"),
    ("xmin", "ymin", "xmax", "ymax"),
    ("x_min", "y_min", "x_max", "y_max"),
    ("x1", "y1", "x2", "y2"),
)
"""Left, top, right and bottom of a box."""
BOXES_BY_SIZE = (
    ("x", "y", "w", "h"),
    ("x", "y", "width", "height"),
    ("left", "top", "width", "height"),
    ("bbox_x", "bbox_y", "bbox_width", "bbox_height"),
)
"""Left, top, width and height of a box."""
SIDES = ("width", "height")
"""Of the picture, where the box is by edges."""
CLASSES = ("class", "class_name", "label", "category", "tag", "object", "value", "text")
PROBABILITIES = ("confidence", "conf", "probability", "score", "weight")
"""Of a box."""
RATERS = ("rater", "user", "author")
_OTHERS = ("by", "split", "kind", "group")
_KNOWN = {*PICTURES, *TEXTS, *LISTS, *TAGS, *RATINGS, *RATERS, *_OTHERS}
_KNOWN_OF_BOXES = {*PICTURES, *SIDES, *CLASSES, *PROBABILITIES, *RATERS, *_OTHERS}

REQUIRED = (
    f"a picture ({', '.join(PICTURES)}), and a text ({', '.join(TEXTS)}), tags"
    f" ({', '.join(TAGS)}), a rating ({', '.join(RATINGS)}) or the edges of a box"
    f" ({', '.join(BOXES_BY_EDGES[0])}; {', '.join(BOXES_BY_SIZE[0])} …)"
)
"""The columns that every file needs, for messages."""


def has_required(names: Iterable[object]) -> bool:
    """Whether these columns include a picture, and a text, tags, a rating or a box."""
    keys = set(map(_key, names))
    says = not keys.isdisjoint((*TEXTS, *LISTS, *TAGS, *RATINGS)) or bool(columns_of_box(keys))
    return names_a_picture(keys) and says


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


def columns_of_box(names: Set[str]) -> Sequence[str]:
    """The four columns, in lower case, that hold a box; empty if there are none."""
    return next((box for box in (*BOXES_BY_EDGES, *BOXES_BY_SIZE) if names >= {*box}), ())


def is_picture_name(cell: str) -> bool:
    """Whether a cell ends as the names of pictures do."""
    return PurePosixPath(cell.strip().strip('"')).suffix.lower() in ENDINGS


def unknown(names: Iterable[object]) -> Iterator[str]:
    """The columns that mean nothing here."""
    keys = {name: _key(name) for name in names}
    box = columns_of_box({*keys.values()})
    known = _KNOWN_OF_BOXES.union(box) if box else _KNOWN
    return (str(name) for name, key in keys.items() if key not in known)


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
