"""Kohya's sidecars: the tags of ``x.jpg`` in ``x.txt`` beside it, between commas.

Trainers learn every word of it, so content ratings are left out.
"""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.labels.record import Label
from pipeline.labels.sidecar_writing import write_sidecars
from pipeline.labels.tag_lists import RATING
from pipeline.labels.writer import Output, Writer


def write(labels: Iterable[Label], output: Output) -> None:
    """Write a file for each picture; a comma within a tag becomes a space."""

    def tag(label: Label) -> str:
        if label.group == RATING:
            output.lose("content ratings")
            return ""
        if label.group:
            output.lose("groups")
        name = output.in_one_line(label.value)
        if "," in name:
            output.lose("commas in tags")
        return " ".join(name.replace(",", " ").split())

    write_sidecars(labels, output, "commas", tag)


WRITER = Writer(
    kinds=frozenset({"tag"}), carries=frozenset({"by", "group", "complete"}), write=write
)
