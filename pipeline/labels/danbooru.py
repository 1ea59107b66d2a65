"""What Danbooru, and boards and projects like it, say about one picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.labels.columns import picture_of
from pipeline.labels.content_ratings import Meaning, content_rating
from pipeline.labels.label_report import LabelReport
from pipeline.labels.record import Label
from pipeline.labels.tag_lists import GROUPS, RATING, Tag, named_tag, tags_in
from pipeline.reading import values

_VOTES = {"score": "votes", "fav_count": "favorites"}
"""Who scores a picture by these numbers: they are on scales of their own."""


def labels_of(post: Mapping[str, Any], report: LabelReport, s: Meaning) -> list[Label]:
    """The tags, the content rating and the scores of a post; ``s`` is what that rating means.

    The picture may lie in the collection by the name in its address, its digest or its number.
    """
    given = (picture_of(post), *(post.get(name) for name in ("file_url", "md5", "id")))
    names = [name for name in map(values.text, given) if name]
    fields: dict[str, Any] = {"picture": next(iter(names), None), "other_names": tuple(names[1:])}
    tags = [*_tags(post)]
    if rating := content_rating(post.get("rating"), s):
        tags.append(Tag(rating, RATING))
    labels = report.tags(**fields, tags=tags, complete=True)
    for number, rater in _VOTES.items():
        if values.decimal(post.get(number)) is not None:
            labels += report.score(**fields, score=post[number], rater=rater)
    return labels


def _tags(post: Mapping[str, Any]) -> Iterator[Tag]:
    """The tags in groups, and then all others."""
    grouped: set[str] = set()
    for group in GROUPS:
        names = _words(post.get(f"tag_string_{group}"))
        grouped.update(names)
        yield from (Tag(name, group) for name in names)
    for name in _words(post.get("tag_string", post.get("tags"))):
        if name not in grouped:
            # DeepDanbooru has the content rating among the tags.
            yield named_tag(name) if name.startswith("rating:") else Tag(name)
    if isinstance(post.get("tags"), list):
        yield from tags_in(post["tags"])


def _words(value: object) -> list[str]:
    return (values.text(value) or "").split()
