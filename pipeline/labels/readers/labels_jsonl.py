"""``labels.jsonl`` as Yajiuma writes it, with any kind of label; its pages download the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from pipeline.labels.boxes import is_sound
from pipeline.labels.json_reader import json_reader
from pipeline.labels.keep_words import keep_word
from pipeline.labels.label_report import LabelReport
from pipeline.labels.record import Label


def _labels(item: Mapping[str, Any], report: LabelReport) -> list[Label]:
    report.read += 1
    try:
        label = msgspec.convert(item, Label)
    except msgspec.ValidationError:
        report.drop("not in the form of a label")
        return []
    if not label.picture.strip():
        report.drop("without a picture")
    elif label.kind == "text" and not label.value.strip():
        report.drop("without text")
    elif label.kind == "tag" and not label.value.strip():
        report.drop("without a tag")
    elif label.kind == "score" and label.weight is None:
        report.drop("without a score")
    elif label.kind == "box" and not is_sound(label):
        report.drop("without a sound box")
    elif label.kind == "keep" and not keep_word(label.value):
        report.drop("neither keep nor drop")
    else:
        if label.kind == "keep":
            label = msgspec.structs.replace(label, value=keep_word(label.value))
        return [msgspec.structs.replace(label, file=report.file, number=report.read)]
    return []


READER = json_reader("labels JSON Lines", ("picture", "kind"), _labels, typical=("value", "box"))
