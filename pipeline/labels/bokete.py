"""What Image2Boke's spider saves of one picture at Bokete."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.labels.label_report import LabelReport
from pipeline.labels.record import Label
from pipeline.reading import values

KEYS = ("image_url", "bokes")


def labels_of(item: Mapping[str, Any], report: LabelReport) -> list[Label]:
    """The usable jokes about a picture, all counted in the report.

    The picture may lie in the collection by the name in its address or by its number.
    """
    jokes = item.get("bokes")
    if not isinstance(jokes, list):
        report.read += 1
        report.drop("without a list of jokes")
        return []
    addresses = item.get("image_url")
    addresses = addresses if isinstance(addresses, list) else [addresses]
    names = [name for name in map(values.text, (*addresses, item.get("number"))) if name]
    labels: list[Label] = []
    for joke in map(values.members, jokes):
        labels += report.text(
            names[0] if names else None,
            joke.get("text"),
            weight=joke.get("star"),
            other_names=tuple(names[1:]),
        )
    return labels
