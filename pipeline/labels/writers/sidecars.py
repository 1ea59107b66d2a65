"""Sidecars: the texts of ``x.jpg`` in ``x.txt`` beside it, one a line."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.labels.record import Label
from pipeline.labels.sidecar_writing import write_sidecars
from pipeline.labels.writer import Output, Writer


def write(labels: Iterable[Label], output: Output) -> None:
    """Write a file for each picture."""
    write_sidecars(labels, output, "texts", lambda label: output.in_one_line(label.value))


WRITER = Writer(kinds=frozenset({"text"}), carries=frozenset({"by"}), write=write)
