"""CSV of The New Yorker's caption contest: a caption a row, with the votes that it got."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.labels.label_report import LabelReport
from pipeline.labels.reader import Reader
from pipeline.labels.record import Label
from pipeline.reading.content import Content
from pipeline.reading.table import Rows, header_of

_NEEDED = ("contest", "caption", "score")
_VOTES = ("rank", "funny", "somewhat_funny", "unfunny", "count", "precision")


def confidence(content: Content) -> float:
    """High if the columns are a contest's; some files have a ``target_id`` before them."""
    names = set(header_of(content).names)
    return 0.8 if names.issuperset(_NEEDED) and names.intersection(_VOTES) else 0.0


def read(content: Content, report: LabelReport) -> Iterator[Label]:
    """Yield each caption; its picture is the contest's number, its weight the mean score."""
    header = header_of(content)
    names = list(header.names)
    report.note_unused(name for name in names if name not in _NEEDED)
    text = names.index("caption")
    rows = Rows(content, header, report, text=text, is_row=lambda row: row["contest"].isdigit())
    for row in rows:
        yield from report.text(row.get("contest"), row.get("caption"), weight=row.get("score"))


READER = Reader("caption contest CSV", f"a first line with {', '.join(_NEEDED)}", confidence, read)
