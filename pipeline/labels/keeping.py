"""Which pictures shall be learned from: labels of kind ``keep``, whose value is keep or drop."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from pipeline.labels.keep_words import DROP, KEEP
from pipeline.labels.labels_file import read_labels_file, write_labels_file
from pipeline.labels.record import By, Label


def dropped_pictures(*files: Path | None) -> frozenset[str]:
    """The pictures that labels in some files drop, with what a person said of each above all.

    Of several labels by people, or by models where no person said anything, the last one counts.
    """
    said: dict[By, dict[str, str]] = {"person": {}, "model": {}}
    for label in _keep_labels(files):
        said[label.by][label.picture] = label.value
    return frozenset(
        picture for picture, value in (said["model"] | said["person"]).items() if value == DROP
    )


def _keep_labels(files: Iterable[Path | None]) -> Iterable[Label]:
    for file in files:
        if file is not None:
            yield from (label for label in read_labels_file(file) if label.kind == "keep")


def write_keep_labels(target: Path, names: Sequence[str], kept: Sequence[bool]) -> None:
    """Publish what a model keeps: a label for each picture, for people to read and edit."""
    write_labels_file(
        target,
        (
            Label(picture=name, kind="keep", value=KEEP if is_kept else DROP, by="model")
            for name, is_kept in zip(names, kept, strict=True)
        ),
    )
