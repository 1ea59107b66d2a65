"""Attributes of pictures as tables of 1 and −1, which become domains.

A picture gets a label for each 1, or an empty one where there is none.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.labels.label_report import LabelReport
from pipeline.labels.record import Label

SIGNS = frozenset(("1", "-1", "+1", "0"))
"""What cells of attributes hold; 1 alone means yes."""


def attributes_of(
    picture: object, names: Sequence[str], cells: Sequence[str], report: LabelReport
) -> list[Label]:
    """A label for each attribute that the picture has; all are counted in the report."""
    if len(cells) != len(names) or not SIGNS.issuperset(cells):
        report.read += 1
        report.drop("without a 1 or -1 for each attribute")
        return []
    has = [name for name, cell in zip(names, cells, strict=True) if cell.lstrip("+") == "1"]
    if not has:
        return report.in_no_domain(picture)
    return [label for name in has for label in report.domain(picture, name)]
