"""CSV of boxes, for spreadsheets; otherwise as that of texts."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from pipeline.labels.record import Label
from pipeline.labels.writer import Output, Writer

_EDGES = ("left", "top", "right", "bottom")


def write(labels: Iterable[Label], output: Output) -> None:
    """Write a row for each box, and one with empty cells where there is nothing."""
    with output.file() as binary:
        file = io.TextIOWrapper(binary, encoding="utf-8-sig", errors="replace", newline="")
        rows = csv.writer(file, quoting=csv.QUOTE_ALL)
        rows.writerow(["file_name", *_EDGES, "class", "score", "rater", "by", "split"])
        for label in labels:
            box = label.box or [None] * len(_EDGES)
            about = [label.weight, label.rater, label.by, label.split]
            rows.writerow([label.picture, *box, label.value, *about])
            output.written += 1
        file.flush()
        file.detach()


WRITER = Writer(
    kinds=frozenset({"box"}),
    carries=frozenset({"box", "weight", "rater", "by", "split"}),
    write=write,
)
