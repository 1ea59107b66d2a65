"""A person's file of thresholds: a tag and a probability a line."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from pipeline.labels.tag_names import same_tag
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.runtime.spelling import did_you_mean


def read_thresholds(given: str, names: Sequence[str]) -> Iterator[tuple[int, float]]:
    """Yield the place among ``names`` of each tag in the file, and its threshold.

    Raises PipelineError INVALID_SETTING for a line that is no such pair, and for a tag that the
    tagger does not know.
    """
    places = {same_tag(name): place for place, name in enumerate(names)}
    try:
        lines = Path(given).read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise _wrong(given, f"cannot be read: {error}", "Check the path") from None
    for number, row in enumerate(csv.reader(lines), 1):
        if not row or (number == 1 and row[-1].strip().lower() == "threshold"):
            continue
        name, _, value = ",".join(row).rpartition(",")
        try:
            least = float(value)
        except ValueError:
            least = -1.0
        if not (name and 0 <= least <= 1):
            raise _wrong(
                given, f"line {number} is {row}", "Write a tag, a comma, and a number from 0 to 1"
            )
        place = places.get(same_tag(name))
        if place is None:
            remedy = did_you_mean(name, list(names), "Leave it out")
            raise _wrong(given, f"line {number}: the tagger has no tag {name}", remedy)
        yield place, least


def _wrong(given: str, problem: str, remedy: str) -> PipelineError:
    return PipelineError(
        ExitCode.INVALID_SETTING, f"illustrations.tags.thresholds: {given}: {problem}", remedy
    )
