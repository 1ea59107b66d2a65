"""Labels as rows with named columns, as CSV and JSON have them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from pathlib import PurePosixPath
from typing import Any

from pipeline.labels.content_ratings import content_rating
from pipeline.labels.label_report import LabelReport
from pipeline.labels.record import Label
from pipeline.labels.tag_lists import RATING, Tag, separator_of, tags_in
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
TAGS = (*LISTS_OF_TAGS, "tag")
RATINGS = ("star", "stars", "rating", "score", "votes", "weight", "count", "nicoru")
_RATERS = ("rater", "user", "author")
_OTHERS = ("by", "split", "kind", "group")
_KNOWN = {*PICTURES, *TEXTS, *LISTS, *TAGS, *RATINGS, *_RATERS, *_OTHERS}

_SAMPLE_ROWS = 200
_SEPARATORS = {" ": "spaces", ",": "commas", ";": "semicolons"}

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
    return values.text(_first(_members(row), PICTURES)) or ""


def text_column(names: Sequence[str]) -> int | None:
    """The index of the column with the text, or else with the tags; None if there is none."""
    keys = list(map(_key, names))
    return next((keys.index(name) for name in (*TEXTS, *TAGS) if name in keys), None)


def labels_of(
    row: Mapping[str, Any],
    report: LabelReport,
    decimal_comma: bool = False,
    separator: str = ",",
) -> list[Label]:
    """The usable labels of a row, which are counted in the report.

    A row has tags, with ``separator`` between them in a text. It has a text, or a list of texts or
    of rows within it, or else a score.
    """
    members = _members(row)
    report.note_unused(str(name) for name in row if _key(name) not in _KNOWN)
    picture = _first(members, PICTURES)
    fields = {"decimal_comma": decimal_comma, **_fields(members)}
    rating = _first(members, RATINGS)
    if members.get("kind") == "tag" or (
        "tag" in members and members.keys().isdisjoint(LISTS_OF_TAGS)
    ):
        name = _first(members, ("tag", *TEXTS))
        return report.tag(picture, name, weight=rating, group=members.get("group"), **fields)
    text = _first(members, (*TEXTS, *LISTS))
    labels: list[Label] = []
    if has_tags := not members.keys().isdisjoint(LISTS_OF_TAGS):
        labels = _tags(members, picture, report, separator, needed=text is None)
        rating = _first(members, RATINGS)
    if has_tags and text is None and rating is None:
        return labels
    if members.get("kind") == "score" or members.keys().isdisjoint((*TEXTS, *LISTS)):
        return labels + report.score(picture, rating, **fields)
    for item in text if isinstance(text, list) else [text]:
        within = _members(item) if isinstance(item, dict) else {}
        labels += report.text(
            picture,
            _first(within, TEXTS) if within else item,
            weight=_first(within, RATINGS) if within else rating,
            **{**fields, **_fields(within)},
        )
    return labels


def _tags(
    members: dict[str, Any], picture: Any, report: LabelReport, separator: str, needed: bool
) -> list[Label]:
    """The tags of a row and its content rating, which is taken out of ``members``."""
    value = _first(members, LISTS_OF_TAGS)
    value = values.python_literal(value) if isinstance(value, str) else value
    tags = [*tags_in(value, separator)]
    rating = content_rating(members.get("rating"))
    if rating:
        tags.append(Tag(rating, RATING))
    if is_letter := members.get("rating") == "s":
        report.read += 1
        report.drop("rated s, which is safe or sensitive")
    if rating or is_letter:
        del members["rating"]
    if not tags and not needed:
        return []
    return report.tags(picture, tags, complete=True, **_fields(members))


def separator_in(rows: Iterable[Mapping[str, Any]], report: LabelReport) -> str:
    """What separates tags within texts, judged by the first ``rows``, and told in the report."""
    first = (_first(_members(row), LISTS_OF_TAGS) for row in islice(rows, _SAMPLE_ROWS))
    texts = [value for value in first if isinstance(value, str) and not value.startswith("[")]
    if not texts:
        return ","
    separator = separator_of(texts)
    report.note(f"tags are separated by {_SEPARATORS.get(separator, separator)}")
    return separator


def is_picture_name(cell: str) -> bool:
    """Whether a cell ends as the names of pictures do."""
    return PurePosixPath(cell.strip().strip('"')).suffix.lower() in ENDINGS


def _members(row: Mapping[str, Any]) -> dict[str, Any]:
    return {_key(name): value for name, value in row.items()}


def _fields(members: Mapping[str, Any]) -> dict[str, Any]:
    """What else is said of a text, where it is."""
    found = {
        "rater": _first(members, _RATERS),
        "by": members.get("by"),
        "split": members.get("split"),
    }
    return {name: value for name, value in found.items() if value is not None}


def _first(members: Mapping[str, Any], names: Iterable[str]) -> Any:
    """The first of the named members that is not empty."""
    filled = (members[name] for name in names if members.get(name) not in (None, "", []))
    return next(filled, None)


def _key(name: object) -> str:
    return name.strip().lower() if isinstance(name, str) else ""
