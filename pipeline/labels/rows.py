"""The labels of a row with named columns, as CSV and JSON have them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any, NamedTuple

from pipeline.labels.box_rows import are_shares, boxes_of
from pipeline.labels.columns import (
    LISTS,
    LISTS_OF_TAGS,
    PICTURES,
    RATERS,
    RATINGS,
    TAG,
    TEXTS,
    cells_of,
    columns_of_box,
    first,
    unknown,
)
from pipeline.labels.content_ratings import content_rating
from pipeline.labels.label_report import LabelReport
from pipeline.labels.record import Label
from pipeline.labels.tag_lists import RATING, Tag, separator_of, tags_in
from pipeline.reading import values

_SAMPLE_ROWS = 200
_SEPARATORS = {" ": "spaces", ",": "commas", ";": "semicolons"}


class Manner(NamedTuple):
    """How a table writes what its columns do not say."""

    separator: str = ","
    """Between tags in a text."""
    in_shares: bool = False
    """Whether boxes are in shares of their pictures' sides."""


_USUAL = Manner()


def labels_of(
    row: Mapping[str, Any],
    report: LabelReport,
    manner: Manner = _USUAL,
    decimal_comma: bool = False,
) -> list[Label]:
    """The usable labels of a row, which are counted in the report.

    A row has a box, or one tag; or it has tags, and beside them or instead of them a text, a list
    of texts or of rows within it, or else a score.
    """
    cells = cells_of(row)
    report.note_unused(unknown(row))
    picture, fields = first(cells, PICTURES), _fields(cells) | {"decimal_comma": decimal_comma}
    if columns_of_box(cells.keys()):
        return boxes_of(cells, picture, report, in_shares=manner.in_shares, **fields)
    is_tagged = not cells.keys().isdisjoint(LISTS_OF_TAGS)
    if cells.get("kind") == "tag" or (TAG in cells and not is_tagged):
        tag, weight = first(cells, (TAG, *TEXTS)), first(cells, RATINGS)
        return report.tag(picture, tag, weight=weight, group=cells.get("group"), **fields)
    tags = _tags(cells, report, manner.separator) if is_tagged else []
    text, rating = first(cells, (*TEXTS, *LISTS)), first(cells, RATINGS)
    has_only_tags = is_tagged and text is None and rating is None
    labels: list[Label] = []
    if tags or has_only_tags:
        labels = report.tags(picture, tags, complete=True, **fields)
    if has_only_tags:
        return labels
    if cells.get("kind") == "score" or cells.keys().isdisjoint((*TEXTS, *LISTS)):
        return labels + report.score(picture, rating, **fields)
    for item in text if isinstance(text, list) else [text]:
        within = cells_of(item) if isinstance(item, dict) else {}
        labels += report.text(
            picture,
            first(within, TEXTS) if within else item,
            weight=first(within, RATINGS) if within else rating,
            **fields | _fields(within),
        )
    return labels


def manner_of(rows: Iterable[Mapping[str, Any]], report: LabelReport) -> Manner:
    """How a table writes its labels, judged by the first ``rows``, and told in the report."""
    sample = [*map(cells_of, islice(rows, _SAMPLE_ROWS))]
    if in_shares := are_shares(sample):
        report.note("boxes are in shares of the pictures' sides")
    lists = (first(cells, LISTS_OF_TAGS) for cells in sample)
    texts = [value for value in lists if isinstance(value, str) and not value.startswith("[")]
    if not texts:
        return Manner(in_shares=in_shares)
    separator = separator_of(texts)
    report.note(f"tags are separated by {_SEPARATORS.get(separator, separator)}")
    return Manner(separator, in_shares)


def _tags(cells: dict[str, Any], report: LabelReport, separator: str) -> list[Tag]:
    """The tags of a row, and its content rating, which is taken out of ``cells``."""
    value = first(cells, LISTS_OF_TAGS)
    tags = [*tags_in(values.python_literal(value) if isinstance(value, str) else value, separator)]
    if rating := content_rating(cells.get("rating")):
        tags.append(Tag(rating, RATING))
        del cells["rating"]
    elif cells.get("rating") == "s":
        report.read += 1
        report.drop("rated s, which is safe or sensitive")
        del cells["rating"]
    return tags


def _fields(cells: Mapping[str, Any]) -> dict[str, Any]:
    """What else is said of a text or tag, where it is."""
    found = {
        "rater": first(cells, RATERS),
        "by": cells.get("by"),
        "split": cells.get("split"),
    }
    return {name: value for name, value in found.items() if value is not None}
