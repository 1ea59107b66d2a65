"""``labels.jsonl``: one label a line, for people to read and edit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from pipeline.labels.record import Label
from pipeline.runtime.json_lines import read_lines, write_lines


def write_labels_file(target: Path, labels: Iterable[Label]) -> int:
    """Publish the labels; return their number."""
    return write_lines(target, labels)


def read_labels_file(path: Path) -> Iterator[Label]:
    """Yield the labels; raises PipelineError BAD_ARTIFACT with the line number."""
    return read_lines(path, Label)
