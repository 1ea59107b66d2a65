"""``faces.review.csv`` and ``faces.rounds.json``."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import asdict

from pipeline.faces.detection.review import Round, ToReview
from pipeline.runtime.atomic_files import published, write_json


def write_review_table(target: Path, listed: Sequence[ToReview]) -> None:
    """Publish the pictures as a table."""
    with published(target) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(ToReview.__struct_fields__)
        rows.writerows(asdict(one).values() for one in listed)


def write_rounds(target: Path, rounds: Sequence[Round]) -> None:
    """Publish the rounds with their recall and edits a picture."""
    write_json(target, [asdict(r) | {"recall": r.recall, "edits": r.edits} for r in rounds])
