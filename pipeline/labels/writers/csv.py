"""CSV with a header, for spreadsheets.

It begins with a byte order mark, without which spreadsheets do not recognise UTF-8. All fields are
quoted and stand as they are: import them as text, not as formulas.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from pipeline.labels.record import Label
from pipeline.labels.writer import Output, Writer


def write(labels: Iterable[Label], output: Output) -> None:
    """Write a row for each label; lines end with CR LF, as in RFC 4180."""
    with output.file() as binary:
        file = io.TextIOWrapper(binary, encoding="utf-8-sig", errors="replace", newline="")
        rows = csv.writer(file, quoting=csv.QUOTE_ALL)
        rows.writerow(["file_name", "text", "kind", "group", "weight", "rater", "by", "split"])
        for label in labels:
            weight = label.weight
            if weight is not None and weight.is_integer():
                weight = int(weight)
            about = [label.kind, label.group, weight, label.rater, label.by, label.split]
            rows.writerow([label.picture, label.value, *about])
            output.written += 1
        file.flush()
        file.detach()


WRITER = Writer(
    kinds=frozenset({"text", "score", "tag"}),
    carries=frozenset({"group", "weight", "rater", "by", "split"}),
    write=write,
)
