"""Texts over time: which tags hold together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from pipeline.illustrations.timeline.tag_runs import TagRun

SEPARATOR = " · "
"""Between tags."""


class Cue(NamedTuple):
    """A text, from when to when it is shown."""

    start_ms: int
    end_ms: int
    """Exclusive."""
    text: str


def tag_cues(runs: Sequence[TagRun]) -> Iterator[Cue]:
    """Yield a cue for each stretch in which the same tags hold, those that began first in front."""
    waiting = sorted(runs, key=lambda run: run.start_ms)[::-1]
    edges = sorted({edge for run in runs for edge in (run.start_ms, run.end_ms)})
    shown: list[TagRun] = []
    for start, end in pairwise(edges):
        shown = [run for run in shown if run.end_ms > start]
        while waiting and waiting[-1].start_ms == start:
            shown.append(waiting.pop())
        if shown:
            yield Cue(start, end, SEPARATOR.join(run.tag for run in shown))
