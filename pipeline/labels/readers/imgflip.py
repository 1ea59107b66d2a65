"""ImgFlip's memes: a picture, and the text in each of its boxes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.labels.json_reader import json_reader
from pipeline.labels.label_report import LabelReport
from pipeline.labels.record import Label
from pipeline.reading import values


def _labels(item: Mapping[str, Any], report: LabelReport) -> list[Label]:
    """One text, with a line for each box that is not empty; its weight is its votes."""
    about, boxes = values.members(item.get("metadata")), item.get("boxes")
    report.note_unused(name for name in about if name not in ("img-votes", "author"))
    lines = [values.text(box) or "" for box in (boxes if isinstance(boxes, list) else [])]
    return report.text(
        item.get("url"),
        "\n".join(filter(None, map(str.strip, lines))),
        weight=about.get("img-votes"),
        rater=about.get("author"),
    )


READER = json_reader("ImgFlip JSON", ("url", "metadata", "boxes"), _labels, typical=("post",))
