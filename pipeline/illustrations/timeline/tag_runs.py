"""``tags.runs.jsonl``: from when to when each tag holds."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from pipeline.runtime.json_lines import read_lines, write_lines


class TagRun(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of a video in which a tag holds."""

    tag: str
    group: str
    start_ms: int
    """From the start of the video."""
    end_ms: int
    """Exclusive."""
    peak: float
    """The highest probability of its pictures."""
    mean: float
    """Of its pictures, each as long as it is on screen."""


def read_tag_runs(path: Path) -> list[TagRun]:
    """Read ``tags.runs.jsonl``; raises PipelineError BAD_ARTIFACT."""
    return list(read_lines(path, TagRun))


def write_tag_runs(path: Path, runs: Iterable[TagRun]) -> int:
    """Publish ``tags.runs.jsonl``; return the number of runs."""
    return write_lines(path, runs)
