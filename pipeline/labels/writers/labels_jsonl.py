"""``labels.jsonl``, which holds any kind of label as it is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args

import msgspec

from pipeline.labels.record import Kind, Label
from pipeline.labels.writer import Output, Writer


def write(labels: Iterable[Label], output: Output) -> None:
    """Write a line for each label."""
    encoder = msgspec.json.Encoder()
    with output.file() as file:
        for label in labels:
            file.write(encoder.encode(label) + b"\n")
            output.written += 1


WRITER = Writer(
    kinds=frozenset(get_args(Kind)), carries=frozenset(Label.__struct_fields__), write=write
)
