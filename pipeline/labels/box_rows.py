"""Boxes in rows with named columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pipeline.labels.boxes import SHARES, edges_of, size_of
from pipeline.labels.columns import (
    BOXES_BY_SIZE,
    CLASSES,
    PROBABILITIES,
    SIDES,
    columns_of_box,
    first,
)
from pipeline.labels.label_report import LabelReport
from pipeline.labels.record import Label
from pipeline.reading import values


def boxes_of(
    cells: Mapping[str, Any],
    picture: Any,
    report: LabelReport,
    *,
    in_shares: bool,
    decimal_comma: bool,
    **fields: Any,
) -> list[Label]:
    """The box of a row, or that there is nothing if its cells are empty."""
    columns = columns_of_box(cells.keys())
    if all(cells[name] in (None, "") for name in columns):
        return report.nothing(picture, **fields)
    numbers = [values.decimal(cells[name], decimal_comma) for name in columns]
    drawn_on = SHARES if in_shares else None
    if columns in BOXES_BY_SIZE:
        numbers = edges_of(numbers)
    elif not in_shares:
        drawn_on = size_of(*(values.decimal(cells.get(side)) for side in SIDES))
    return report.box(
        picture,
        numbers,
        first(cells, CLASSES),
        weight=first(cells, PROBABILITIES),
        decimal_comma=decimal_comma,
        drawn_on=drawn_on,
        **fields,
    )


def are_shares(rows: Iterable[Mapping[str, Any]]) -> bool:
    """Whether boxes in ``rows`` are in shares of their pictures: no number is more than 1."""
    cells = [row[name] for row in rows for name in columns_of_box(row.keys())]
    numbers = [number for cell in cells if (number := values.decimal(cell)) is not None]
    return bool(numbers) and max(numbers) <= 1
