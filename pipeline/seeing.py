"""Does the model name who is on screen? Measured on an episode whose truth is known."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from pipeline.artifacts.comments import GeneratedComment
from pipeline.show.truth import Truth
from pipeline.text.vocabulary import Vocabulary

_RESAMPLES = 2000


class Seeing(msgspec.Struct, frozen=True):
    """How often a named character is on screen, counted at moments when anybody is."""

    names: int
    """Names written; the number that the shares below are of."""
    model: float
    low: float
    """Lower end of the 95 % interval of ``model``, scenes resampled."""
    high: float
    chance: float
    """Naming any of the cast with equal chance."""
    popularity: float
    """Always naming who is named most in the training comments."""
    shuffled: float
    """The model's own names, each moved to the moment of another: same words, no picture."""

    @property
    def beats_all(self) -> bool:
        """Whether even the lower end of the interval is above every blind rival."""
        return self.low > max(self.chance, self.popularity, self.shuffled)


def measure_seeing(
    comments: Sequence[GeneratedComment], truth: Truth, vocabulary: Vocabulary
) -> Seeing | None:
    """Compare the names in ``comments`` with who is on screen; None if nobody is named."""
    cast = list(truth.cast)
    said: list[int] = []
    shown: list[list[bool]] = []
    scenes: list[int] = []
    starts = np.array([scene.start_frame for scene in truth.scenes])
    for comment in comments:
        present = truth.on_screen(comment.frame)
        for number, name in enumerate(cast):
            if present and name in comment.text:
                said.append(number)
                shown.append([other in present for other in cast])
                scenes.append(int(np.searchsorted(starts, comment.frame, side="right")))
    if not said:
        return None

    names, visible = np.array(said), np.array(shown)
    right = visible[np.arange(len(names)), names]
    low, high = _interval_by_scene(right, np.array(scenes))
    counts = dict(zip(vocabulary.words, vocabulary.counts, strict=True))
    favourite = int(np.argmax([counts.get(name, 0) for name in cast]))
    return Seeing(
        names=len(names),
        model=float(right.mean()),
        low=low,
        high=high,
        chance=float(visible.mean()),
        popularity=float(visible[:, favourite].mean()),
        # The mean over all permutations is that of every name at every moment.
        shuffled=float(visible.mean(0)[names].mean()),
    )


def _interval_by_scene(right: np.ndarray, scenes: np.ndarray) -> tuple[float, float]:
    """95 % bootstrap interval of the mean; comments of one scene stand or fall together."""
    _, index = np.unique(scenes, return_inverse=True)
    hits, sizes = np.bincount(index, right), np.bincount(index)
    draws = np.random.default_rng(0).integers(len(sizes), size=(_RESAMPLES, len(sizes)))
    means = hits[draws].sum(1) / sizes[draws].sum(1)
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)
