"""JSON that is one object with a member for each picture: kohya's metadata, or tags in groups.

Kohya's has ``caption`` and ``tags``. Taggers write ``{"general": {"1girl": 0.98}, …}``, or
illustration2vec's ``{"general": [["1girl", 0.98]], …}``.
"""

from __future__ import annotations

from collections.abc import Iterator, Set

from pipeline.labels.columns import LISTS_OF_TAGS, TEXTS, is_picture_name
from pipeline.labels.label_report import LabelReport
from pipeline.labels.reader import Reader
from pipeline.labels.record import Label
from pipeline.labels.rows import labels_of
from pipeline.labels.tag_lists import GROUPS, tags_in
from pipeline.reading.content import Content
from pipeline.reading.json_stream import members

_KOHYA = frozenset((*LISTS_OF_TAGS, *TEXTS))


def confidence(content: Content) -> float:
    """Medium if most members are objects with a caption or tags, or with groups of tags."""
    names = content.outline.keys.get("", frozenset())
    pictures = sum(_is_picture(content, name) for name in names)
    return 0.5 if pictures and 2 * pictures >= len(names) else 0.0


def read(content: Content, report: LabelReport) -> Iterator[Label]:
    """Yield the labels of every member; tags with a probability are by a model."""
    for name, about in members(content, report):
        if not isinstance(about, dict):
            report.read += 1
            report.drop("not an object")
        elif _KOHYA & about.keys():
            yield from labels_of({"file_name": name, **about}, report)
        else:
            yield from report.tags(name, [*tags_in(about)], complete=True)


def _is_picture(content: Content, name: str) -> bool:
    """Whether a member has what kohya's has, or lists or objects in Danbooru's or other groups."""
    keys: Set[str] = content.outline.keys.get(name, frozenset())
    kinds = {key: content.outline.kinds.get(f"{name}.{key}", frozenset()) for key in keys}
    groups = [key for key in keys if {"map", "array"} & kinds[key]]
    is_named = is_picture_name(name)
    return not keys.isdisjoint(_KOHYA) or any(is_named or group in GROUPS for group in groups)


READER = Reader(
    "JSON by picture",
    "an object with a member for each picture, which has caption or tags, or groups of tags",
    confidence,
    read,
)
