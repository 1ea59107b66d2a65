"""``evaluation.json``: how good a model is, measured on comments it has not learned from.

A figure from fewer than ``MIN_VALUES`` values is left out, and so is an interval from fewer than
``MIN_CLUSTERS`` clusters.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Literal

import msgspec

from pipeline.evaluation.diversity import Diversity
from pipeline.evaluation.intervals import Interval
from pipeline.evaluation.ranking import RankingTable
from pipeline.runtime.atomic_files import write_json

MeasuredOn = Literal["another video", "held-out comments", "training comments"]
"""Whose comments. The first is a fair test, the second one if blocks or halves were held out, and
the last none at all."""


class Likelihood(msgspec.Struct, frozen=True):
    """Negative log-likelihood of viewers' comments in nats per word, end marks included."""

    comments: int
    words: int
    nll: Interval
    nll_mean_picture: Interval
    """With the mean of all pictures in place of each."""
    nll_shuffled: Interval
    """With the picture of another comment."""
    nll_unigram: float
    """Under word frequencies alone."""
    pmi: Interval
    """Pointwise mutual information of comment and picture:
    log p(comment | picture) - log p(comment | mean picture)."""
    pmi_shuffled: Interval
    """The same against the picture of another comment."""

    @property
    def perplexity(self) -> float | None:
        """exp(nll); None beyond a million.

        No vocabulary is that large: such a model has diverged, and ``nll`` says how far.
        """
        return math.exp(self.nll.mean) if self.nll.mean < math.log(1e6) else None


class RateFit(msgspec.Struct, frozen=True):
    """Correlation of expected and actual comments per second, over all seconds of the video."""

    pearson: Interval
    spearman: Interval


class Naming(msgspec.Struct, frozen=True):
    """How often a named character is on screen, counted where anybody is on screen."""

    names: int
    """Names written: the number that the shares below are of."""
    model: Interval
    """Scenes are resampled."""
    chance: float
    """Naming any of the cast with equal probability."""
    popularity: float
    """Always naming the character named most in the training comments."""
    shuffled: float
    """The model's own names, each moved to the moment of another: same words, no picture."""

    @property
    def beats_all(self) -> bool:
        """Whether even the lower end of the interval is above every baseline."""
        return (self.model.low or 0) > max(self.chance, self.popularity, self.shuffled)


class Hits(msgspec.Struct, frozen=True):
    """Where the peaks of maps fall; scenes are resampled."""

    named: Interval
    """Share of peaks in the box of the named character."""
    anybody: float
    """Share of peaks in the box of any character on screen."""
    gain: Interval
    """Hits of the named character's box ÷ hits expected of a uniformly random peak."""


class Pointing(msgspec.Struct, frozen=True):
    """The pointing game (Zhang et al. 2018): where the attention to a name peaks."""

    names: int
    """Names of characters on screen: the number that the shares below are of."""
    area: float
    """Mean share of the picture that a named character's box fills: hits of a random peak."""
    attention: Hits
    """Peaks of the attention, which is paid before the name is chosen."""
    saliency: Hits
    """Peaks of the gradient: where more attention would have made the name likeliest; see
    ``CaptionMaps`` of ``pipeline.captioning.attention_maps``."""


class Evaluation(msgspec.Struct, frozen=True):
    """What ``make evaluate`` measures on one video."""

    video: str
    measured_on: MeasuredOn
    bootstrap_block_seconds: float
    """Length of the blocks of comments that intervals resample."""
    too_little: dict[str, int]
    """The figures below that there is too little data for, which are None or empty, and how many
    comments, queries, seconds or names there are."""
    likelihood: Likelihood | None
    ranking: RankingTable
    mrr_gain: dict[str, Interval]
    """The model's reciprocal rank minus each other scorer's, paired by query."""
    diversity: dict[str, Diversity]
    """Of generated comments (``model``) and an equal number of viewers' comments (``viewers``)."""
    rate: RateFit | None
    """None also where the expected or the actual rate is constant and so correlates with
    nothing."""
    naming: Naming | None
    """None also for videos whose truth is unknown, which is all but the synthetic show."""
    pointing: Pointing | None
    """None also for a model without attention."""
    faces: Pointing | None = None
    """The same with the faces of a named cast, in any video; None unless that was asked for."""

    @classmethod
    def load(cls, path: Path) -> Evaluation:
        """Read ``evaluation.json``."""
        return msgspec.json.decode(path.read_bytes(), type=cls)

    def save(self, path: Path) -> None:
        """Publish ``evaluation.json``."""
        write_json(path, self)
