"""Chapters of a video: its scenes, by the tags that tell each from the rest."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from itertools import groupby, pairwise

import numpy as np

from pipeline.illustrations.telling_words import telling_words
from pipeline.illustrations.timeline.cues import SEPARATOR, Cue
from pipeline.illustrations.timeline.tag_runs import TagRun
from pipeline.runtime.arrays import Int64s
from pipeline.runtime.clock import MILLISECONDS

_MOST_TAGS = 3  # in a title, where no tag tells the scene from the rest


def chapters(runs: Sequence[TagRun], scene_edges_ms: Int64s) -> Iterator[Cue]:
    """Yield the chapters of a video whose scenes lie between these times (scenes + 1,).

    A title has the tags that the seconds of the scene have more often than others; if none does,
    those that hold longest in it; if none holds, the number of the scene. Scenes with one title
    that follow each other are one chapter.
    """
    scenes = list(pairwise(scene_edges_ms.tolist()))
    # Each scene has its first moment, however short it is.
    seconds = [range(start, max(end, start + 1), MILLISECONDS) for start, end in scenes]
    tags = _tags_at([time for times in seconds for time in times], runs)
    scene_of = np.repeat(np.arange(len(scenes)), [len(times) for times in seconds])
    telling = telling_words(scene_of, tags)
    titled = []
    for scene, ((start, end), told) in enumerate(zip(scenes, telling, strict=True)):
        own = (tags[place] for place in np.flatnonzero(scene_of == scene))
        title = SEPARATOR.join(told or _most_frequent(own))
        titled.append(Cue(start, end, title or f"Scene {scene + 1}"))
    for title, group in groupby(titled, lambda chapter: chapter.text):
        same = list(group)
        yield Cue(same[0].start_ms, same[-1].end_ms, title)


def _tags_at(times_ms: Sequence[int], runs: Iterable[TagRun]) -> list[set[str]]:
    """The tags that hold at each of some times in rising order."""
    tags: list[set[str]] = [set() for _ in times_ms]
    for run in runs:
        for held in tags[bisect_left(times_ms, run.start_ms) : bisect_left(times_ms, run.end_ms)]:
            held.add(run.tag)
    return tags


def _most_frequent(tags: Iterable[Set[str]]) -> list[str]:
    count = Counter(tag for held in tags for tag in held)
    return sorted(count, key=lambda tag: (-count[tag], tag))[:_MOST_TAGS]
