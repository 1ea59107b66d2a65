"""JSON by picture: its tags by groups, with a model's probabilities; a person's tags have null."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from pipeline.labels.record import Label
from pipeline.labels.writer import Output, Writer


def write(labels: Iterable[Label], output: Output) -> None:
    """Write a member for each picture. All are held in memory."""
    pictures: dict[str, dict[str, dict[str, float | None]]] = {}
    for label in labels:
        if label.by == "model" and label.weight is None:
            output.lose("that a model wrote them")
        if label.by == "person" and label.weight is not None:
            output.lose("probabilities")
        tags = pictures.setdefault(label.picture, {}).setdefault(label.group or "general", {})
        tags[label.value] = label.weight if label.by == "model" else None
        output.written += 1
    with output.file() as file:
        file.write(b"{")
        for number, (picture, groups) in enumerate(pictures.items()):
            file.write(b",\n" if number else b"\n")
            file.write(msgspec.json.encode(picture) + b": " + msgspec.json.encode(groups))
        file.write(b"\n}\n")


WRITER = Writer(kinds=frozenset({"tag"}), carries=frozenset({"group", "weight", "by"}), write=write)
