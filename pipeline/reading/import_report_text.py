"""``import_report.txt``: the import report for people."""

from __future__ import annotations

from pipeline.reading.import_report_file import FileReport, ImportReport, Issue
from pipeline.runtime.quantities import counted


def full_text(report: ImportReport, noun: str) -> str:
    """The summary, and below each line its reasons with the numbers of all records."""
    shown = summary(report, noun)
    issues = [[*file.repaired, *file.dropped] for file in report.files] + [report.dropped]
    issues = [*issues, *([] for _ in shown)][: len(shown)]
    lines = []
    for line, reasons in zip(shown, issues, strict=True):
        details = (f"    {issue.count} {issue.reason}: {issue.numbers}" for issue in reasons)
        lines += [line, *details]
    return "\n".join(lines) + "\n"


def summary(report: ImportReport, noun: str) -> list[str]:
    """A line for each file, one for merging and filters if they dropped records, and notes."""
    lines = [file_summary(file, noun) for file in report.files]
    if report.dropped:
        lines.append(f"{report.kept} kept of all{_losses(report.dropped)}")
    return [*lines, *report.notes]


def file_summary(file: FileReport, noun: str) -> str:
    """``ep1.xml (Niconico XML): 8 comments read, 6 kept (2 deleted), 1 repaired``.

    Encoding and compression follow the format unless they are the usual ones.
    """
    repaired = sum(issue.count for issue in file.repaired)
    kind = [file.format]
    kind += [f"in {file.encoding}"] if file.encoding not in ("", "UTF-8") else []
    kind += [f"compressed with {file.compression}"] if file.compression else []
    unused = [f"{count} {kind}" for kind, count in file.skipped.items()]
    unused += [f"the columns {', '.join(file.unused_fields)}"] if file.unused_fields else []
    return (
        f"{file.file} ({', '.join(kind)}): {counted(file.read, noun)} read, {file.kept} kept"
        + _losses(file.dropped)
        + (f", {repaired} repaired" if repaired else "")
        + (f"; not used: {'; '.join(unused)}" if unused else "")
        + "".join(f"; {note}" for note in file.notes)
    )


def _losses(dropped: list[Issue]) -> str:
    reasons = ", ".join(f"{issue.count} {issue.reason}" for issue in dropped)
    return f" ({reasons})" if dropped else ""
