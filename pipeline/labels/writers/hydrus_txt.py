"""Hydrus's sidecars: the tags of ``x.jpg`` in ``x.jpg.txt`` beside it, one a line.

A line is ``character:hatsune miku``; general tags have no namespace.
"""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.labels.record import Label
from pipeline.labels.sidecar_writing import write_sidecars
from pipeline.labels.tag_lists import namespace_of
from pipeline.labels.writer import Output, Writer


def write(labels: Iterable[Label], output: Output) -> None:
    """Write a file for each picture."""

    def line(label: Label) -> str:
        namespace, name = namespace_of(label.group), output.in_one_line(label.value)
        if not namespace and label.group not in ("", "general"):
            output.lose("groups that Hydrus does not have")
        return f"{namespace}:{name}" if namespace else name

    write_sidecars(labels, output, "lines", line, whole_names=True)


WRITER = Writer(
    kinds=frozenset({"tag"}), carries=frozenset({"by", "group", "complete"}), write=write
)
