"""``metadata.jsonl`` as Hugging Face's folders of pictures have it, a line a label."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from pipeline.labels.record import By, Kind, Label, Split
from pipeline.labels.writer import Output, Writer


class _Line(msgspec.Struct, omit_defaults=True):
    file_name: str
    text: str | None = None
    kind: Kind = "text"
    weight: float | None = None
    rater: str | None = None
    by: By = "person"
    split: Split = ""


def write(labels: Iterable[Label], output: Output) -> None:
    """Write a line for each label; a score has no text."""
    encoder = msgspec.json.Encoder()
    with output.file() as file:
        for label in labels:
            line = _Line(
                label.picture,
                label.value if label.kind == "text" else None,
                label.kind,
                label.weight,
                label.rater,
                label.by,
                label.split,
            )
            file.write(encoder.encode(line) + b"\n")
            output.written += 1


WRITER = Writer(
    kinds=frozenset({"text", "score"}),
    carries=frozenset({"weight", "rater", "by", "split"}),
    write=write,
)
