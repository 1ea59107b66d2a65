"""Read a label file of any known format, recognised by its content and not by its name."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from pipeline.labels import readers
from pipeline.labels.label_report import LabelReport
from pipeline.labels.reader import Reader
from pipeline.labels.record import Label
from pipeline.reading.recognition import readers_of, recognise
from pipeline.reading.record_file import RecordFile
from pipeline.runtime.errors import ExitCode


class LabelFile(RecordFile[Label, LabelReport]):
    """A label file. Each iteration reads it again and yields its usable labels, if any."""

    def _report(self, file: str, format: str, encoding: str, compression: str) -> LabelReport:  # noqa: A002
        return LabelReport(file, format, encoding, compression)

    def _text(self, record: Label) -> str:
        return record.picture + record.value


def read_labels(path: Path) -> LabelFile:
    """Recognise the format of ``path``; iterating over the result reads its labels.

    Raises PipelineError: LABELS_MISSING, EMPTY_FILE, UNKNOWN_FORMAT.
    """
    content, reader = recognise(
        path,
        all_readers(),
        LabelReport.noun,
        ExitCode.LABELS_MISSING,
        "Write it anew, or leave it out",
    )
    return LabelFile(content, reader)


@cache
def all_readers() -> Sequence[Reader]:
    """The reader of every module in ``pipeline.labels.readers``."""
    return readers_of(readers)
