"""Oogiri-GO's JSON Lines: funny answers to a picture, to a question, or to both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.labels.json_reader import json_reader
from pipeline.labels.label_report import LabelReport
from pipeline.labels.record import Label


def _labels(item: Mapping[str, Any], report: LabelReport) -> list[Label]:
    """The answer to a picture; its weight is its stars, which every fifth one lacks."""
    if item.get("type") == "T2T":
        report.skip("answers to a question without a picture (T2T)")
        return []
    if item.get("question"):
        report.note_unused(["question"])
    return report.text(item.get("image"), item.get("text"), weight=item.get("star"))


READER = json_reader(
    "Oogiri-GO JSON Lines", ("type", "question", "image", "text"), _labels, typical=("star",)
)
