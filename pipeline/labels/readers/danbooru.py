"""Metadata of Danbooru and boards like it: a post an object.

Its tags stand between spaces, in groups or not, or in a list of objects.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pipeline.labels.content_ratings import Meaning
from pipeline.labels.danbooru import labels_of
from pipeline.labels.json_reader import objects, place_of_objects
from pipeline.labels.label_report import LabelReport
from pipeline.labels.reader import Reader
from pipeline.labels.record import Label
from pipeline.reading.content import Content
from pipeline.reading.json_reader import key_confidence

_TYPICAL = ("id", "md5", "rating", "file_url", "file_ext", "tag_string_general")
_RATED = re.compile(r'"rating"\s*:\s*"(g|s)"')
_DATED = re.compile(r'"(?:created|updated|uploaded)_at"\s*:\s*"(\d{4}-\d\d)')
_LATER = "2022-06"
"""The first whole month in which Danbooru had ``g``."""
_LONGEST = 80
"""Characters of a member that these expressions match."""


def confidence(content: Content) -> float:
    """High if objects have a string of tags, or tags beside an id and a digest."""
    place = place_of_objects(content)
    sets = (("tag_string",), ("id", "md5", "tags"))
    return max(key_confidence(content, place, keys, _TYPICAL) for keys in sets)


def read(content: Content, report: LabelReport) -> Iterator[Label]:
    """Yield the tags, content rating and scores of every post."""
    s = _meaning_of_s(content, report)
    for post in objects(content, place_of_objects(content), report, _is_post):
        yield from labels_of(post, report, s)


def _meaning_of_s(content: Content, report: LabelReport) -> Meaning:
    """Sensitive if any post is rated g or is of a time when there was g; else safe."""
    ratings: set[str] = set()
    latest = rest = ""
    for piece in content.text():
        text = rest + piece
        ratings.update(_RATED.findall(text))
        latest = max(latest, *_DATED.findall(text), "")
        rest = text[-_LONGEST:]
    meaning: Meaning = "safe"
    why = f"no post is rated g, or dated {_LATER} or later"
    if "g" in ratings or latest >= _LATER:
        meaning = "sensitive"
        why = "posts are rated g" if "g" in ratings else f"posts are dated {_LATER} or later"
    if "s" in ratings:
        report.note(f"rating s is taken for {meaning}, as {why}")
    return meaning


def _is_post(item: Any) -> bool:
    return isinstance(item, dict) and ("tag_string" in item or {"md5", "tags"} <= item.keys())


READER = Reader(
    "Danbooru JSON",
    "posts with tag_string, or with id, md5 and tags",
    confidence,
    read,
)
