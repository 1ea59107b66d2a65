"""Flickr8k's text: a picture, ``#``, the caption's number from 0, a tab, the caption."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from pipeline.labels.record import Label
from pipeline.labels.writer import Output, Writer


def write(labels: Iterable[Label], output: Output) -> None:
    """Write a line for each label."""
    numbers: Counter[str] = Counter()
    with output.file() as file:
        for label in labels:
            line = f"{label.picture}#{numbers[label.picture]}\t{output.in_one_line(label.value)}\n"
            file.write(line.encode("utf-8", "replace"))
            numbers[label.picture] += 1
            output.written += 1


WRITER = Writer(kinds=frozenset({"text"}), carries=frozenset(), write=write)
