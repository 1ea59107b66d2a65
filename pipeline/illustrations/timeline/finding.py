"""Runs of tags: probabilities over time, with hysteresis.

n  distinct pictures of a video, in the order of time
k  tags that hold of any of them
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np

from pipeline.illustrations.tag_probabilities import TagProbabilities
from pipeline.illustrations.timeline.tag_runs import TagRun
from pipeline.labels.tag_names import same_tag
from pipeline.pictures.frames_file import Frames
from pipeline.runtime.arrays import Bools, Float16s, Int64s
from pipeline.runtime.clock import MILLISECONDS
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.runtime.spelling import did_you_mean

_BATCH = 1024  # pictures
_DIGITS = 4  # of probabilities, which are float16


@dataclass(frozen=True)
class Pictures:
    """When the distinct pictures of a video are on screen."""

    edges_ms: Int64s
    """(n + 1,) when each begins, and when the last one ends."""
    scene: Int64s
    """(n,) the number of the scene that each is in."""

    @classmethod
    def of(cls, frames: Frames) -> Pictures:
        """Those of ``frames.h5``, whose pictures are in the order of time."""
        first = frames.first_frames()
        starts = frames.times.milliseconds(first)
        edges = np.append(starts, float(frames.times.duration * MILLISECONDS))
        scene = np.searchsorted(frames.cuts, first, side="right")
        return cls(edges.round().astype(np.int64), scene.astype(np.int64))

    @property
    def scene_edges_ms(self) -> Int64s:
        """(scenes + 1,) when each scene begins, and when the last one ends."""
        begins = np.append(True, np.diff(self.scene) > 0)
        return np.asarray(self.edges_ms[np.append(begins, True)])


def find_runs(
    model: TagProbabilities,
    pictures: Pictures,
    *,
    hold: float,
    release: float,
    only: Collection[str] = (),
) -> list[TagRun]:
    """The runs of all tags, or of ``only`` some, by their start.

    A run begins with a picture of which the tag holds. It ends with the scene, or where the
    probability falls below the share ``release`` of the threshold. Runs that meet at a cut, and
    those of one scene that are less than ``hold`` seconds apart, are one. What is shorter than
    ``hold`` in the end is left out. Raises PipelineError INVALID_SETTING for a tag in ``only``
    that the tagger does not know.
    """
    columns = _that_hold(model, _columns(model, only))
    holds, kept, probabilities = _read(model, columns, release)
    runs = [
        TagRun(
            tag=model.names[column],
            group=model.groups[column],
            start_ms=int(pictures.edges_ms[start]),
            end_ms=int(pictures.edges_ms[end]),
            peak=round(float(probable[start:end].max()), _DIGITS),
            mean=round(_mean(probable[start:end], pictures.edges_ms[start : end + 1]), _DIGITS),
        )
        for column, begins, goes_on, probable in zip(
            columns.tolist(), holds.T, kept.T, probabilities.T, strict=True
        )
        for start, end in _spans(begins, goes_on, pictures, hold * MILLISECONDS)
    ]
    return sorted(runs, key=lambda run: run.start_ms)


def _columns(model: TagProbabilities, only: Collection[str]) -> Int64s:
    if not only:
        return np.arange(len(model.names))
    names = [same_tag(name) for name in model.names]
    wanted = {same_tag(tag): tag for tag in only}
    for key, tag in wanted.items():
        if key not in names:
            raise PipelineError(
                ExitCode.INVALID_SETTING,
                f"illustrations.timeline.only: the tagger has no tag {tag}",
                did_you_mean(tag, model.names, "Leave it out"),
            )
    return np.array([place for place, name in enumerate(names) if name in wanted], np.int64)


def _that_hold(model: TagProbabilities, columns: Int64s) -> Int64s:
    """Those of ``columns`` whose tags hold of any picture: a tagger may know ten thousand."""
    holds = np.zeros(len(model.names), bool)
    for rows in _batches(len(model.probabilities)):
        holds |= model.holding(rows).any(0)
    return columns[holds[columns]]


def _read(
    model: TagProbabilities, columns: Int64s, release: float
) -> tuple[Bools, Bools, Float16s]:
    """(n, k) each: which tags hold, which still do once they did, and their probabilities."""
    parts = [
        (
            model.holding(rows)[:, columns],
            model.holding(rows, release)[:, columns],
            np.asarray(model.probabilities[rows])[:, columns],
        )
        for rows in _batches(len(model.probabilities))
    ]
    holds, kept, probabilities = (np.concatenate(part) for part in zip(*parts, strict=True))
    return holds, kept, probabilities


def _batches(count: int) -> Iterator[slice]:
    return (slice(start, start + _BATCH) for start in range(0, count, _BATCH))


def _spans(holds: Bools, kept: Bools, pictures: Pictures, hold_ms: float) -> list[tuple[int, int]]:
    """The runs of a tag, as the first picture of each and the one after its last."""
    edges, scene = pictures.edges_ms, pictures.scene
    start, end = _within_scenes(holds, kept, scene)
    same_scene = scene[start[1:]] == scene[end[:-1] - 1]
    apart = edges[start[1:]] - edges[end[:-1]]
    joined = (start[1:] == end[:-1]) | (same_scene & (apart < hold_ms))
    start, end = start[np.append(True, ~joined)], end[np.append(~joined, True)]
    lasting = edges[end] - edges[start] >= max(hold_ms, 1)
    return list(zip(start[lasting].tolist(), end[lasting].tolist(), strict=True))


def _within_scenes(holds: Bools, kept: Bools, scene: Int64s) -> tuple[Int64s, Int64s]:
    """First pictures and ends of runs that end with the scene: after a cut nothing is known."""
    cut = np.diff(scene) > 0
    first = np.flatnonzero(kept & np.append(True, ~kept[:-1] | cut))
    end = np.flatnonzero(kept & np.append(~kept[1:] | cut, True)) + 1
    begins = np.flatnonzero(holds)
    # A stretch that is kept becomes a run from its first picture that holds, if it has one.
    start = np.append(begins, len(holds))[np.searchsorted(begins, first)]
    found = start < end
    return start[found], end[found]


def _mean(probabilities: Float16s, edges_ms: Int64s) -> float:
    return float(np.average(probabilities.astype(np.float64), weights=np.diff(edges_ms)))
