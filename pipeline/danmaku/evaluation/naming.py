"""Whether the model names who is on screen, measured on an episode whose truth is known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.danmaku.comments.comments_file import GeneratedComment
from pipeline.danmaku.evaluation.evaluation_file import Naming
from pipeline.danmaku.evaluation.values_file import NameValues
from pipeline.evaluation.intervals import mean_interval
from pipeline.runtime.arrays import Bools, Int64s
from pipeline.show.truth import Truth
from pipeline.text.vocabulary import Vocabulary


def measure_naming(
    comments: Sequence[GeneratedComment], truth: Truth, vocabulary: Vocabulary
) -> Naming | None:
    """Compare the names in ``comments`` with who is on screen; None if nobody is named."""
    cast = list(truth.cast)
    names, visible, scenes = _names(comments, truth)
    if not len(names):
        return None
    correct = visible[np.arange(len(names)), names]
    counts = dict(zip(vocabulary.words, vocabulary.counts, strict=True))
    favourite = int(np.argmax([counts.get(name, 0) for name in cast]))
    return Naming(
        names=len(names),
        model=mean_interval(correct, scenes),
        chance=float(visible.mean()),
        popularity=float(visible[:, favourite].mean()),
        # The mean over all permutations is that of every name at every moment.
        shuffled=float(visible.mean(0)[names].mean()),
    )


def name_values(comments: Sequence[GeneratedComment], truth: Truth) -> NameValues:
    """Each name in ``comments``, with its scene and whether that character is on screen."""
    names, visible, scenes = _names(comments, truth)
    return NameValues(scenes, visible[np.arange(len(names)), names])


def _names(comments: Sequence[GeneratedComment], truth: Truth) -> tuple[Int64s, Bools, Int64s]:
    """(n,) who of the cast is named, (n, cast) who is on screen then, and (n,) the scene."""
    cast = list(truth.cast)
    named: list[int] = []
    on_screen: list[list[bool]] = []
    scenes: list[int] = []
    starts = np.array([scene.start_frame for scene in truth.scenes])
    for comment in comments:
        present = truth.on_screen(comment.frame)
        for number, name in enumerate(cast):
            if present and name in comment.text:
                named.append(number)
                on_screen.append([other in present for other in cast])
                scenes.append(int(np.searchsorted(starts, comment.frame, side="right")))
    visible = np.array(on_screen, bool).reshape(-1, len(cast))
    return np.array(named, np.int64), visible, np.array(scenes, np.int64)


def names_present(comments: Sequence[GeneratedComment], truth: Truth) -> list[bool | None]:
    """Whether all whom each comment names are on screen; None if it names nobody.

    As in ``measure_naming``, no name counts while nobody is on screen.
    """
    return [_present(comment, truth) for comment in comments]


def _present(comment: GeneratedComment, truth: Truth) -> bool | None:
    present = truth.on_screen(comment.frame)
    named = [name in present for name in truth.cast if name in comment.text]
    return all(named) if named and present else None
