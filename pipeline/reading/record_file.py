"""A file of records, which can be read again and again."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Generic

from pipeline.reading.content import Content
from pipeline.reading.reader import Reader, Record, Report
from pipeline.reading.text_encoding import display_name


class RecordFile(ABC, Generic[Record, Report]):
    """Each iteration reads the file again and yields its usable records, if any."""

    def __init__(self, content: Content, reader: Reader[Record, Report]) -> None:
        self.path = content.path
        self._content = content
        self._reader = reader
        self.report = self._new_report()
        """The report of the iteration begun last."""

    def __iter__(self) -> Iterator[Record]:
        self.report = self._new_report()
        records = self._reader.read(self._content, self.report)
        return records if not self._content.faults else self._with_faults_reported(records)

    @abstractmethod
    def _report(self, file: str, format: str, encoding: str, compression: str) -> Report:  # noqa: A002
        """An empty report."""

    @abstractmethod
    def _text(self, record: Record) -> str:
        """The text of a record, in which faults of the encoding show."""

    def _new_report(self) -> Report:
        content = self._content
        report = self._report(
            content.path.name,
            self._reader.format,
            display_name(content.encoding) if content.encoding else "",
            content.compression or "",
        )
        if not content.is_intact:
            report.note("the compressed file is cut short or damaged, and the rest of it is lost")
        return report

    def _with_faults_reported(self, records: Iterator[Record]) -> Iterator[Record]:
        for record in records:
            if "\ufffd" in self._text(record):
                self.report.repair("not in its encoding")
            yield record
