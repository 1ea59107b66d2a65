"""``evaluation.json``: what a model is worth, measured on comments it has not learned from.

What there is too little to tell from is left out rather than told: a figure of fewer values than
``LEAST_VALUES``, and an interval of fewer clusters than ``LEAST_CLUSTERS``.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Literal

import msgspec

from pipeline.runtime.atomic_files import write_json

MeasuredOn = Literal["another video", "held-out comments", "training comments"]
"""Whose comments: a fair test; a fair one if blocks or halves were held out; none at all."""


class Interval(msgspec.Struct, frozen=True):
    """A mean and its 95 % bootstrap interval, clusters resampled.

    The ends are None where fewer than ``LEAST_CLUSTERS`` bear the figure: they say too little
    about how others would have come out. Clusters of equal values give an interval without
    width.
    """

    mean: float
    low: float | None
    high: float | None


class Likelihood(msgspec.Struct, frozen=True):
    """Nats a word, end mark included, of viewers' comments at their moments."""

    comments: int
    words: int
    nll: Interval
    blurred: Interval
    """With the mean of all pictures in place of each."""
    shuffled: Interval
    """With the picture of another comment."""
    pmi: Interval
    """What the picture tells: log p(comment | picture) - log p(comment | mean picture)."""
    pmi_shuffled: Interval
    """The same against the picture of another comment."""
    unigram: float
    """By word frequencies alone."""

    @property
    def perplexity(self) -> float | None:
        """As many equally likely words leave as much open; None of more than a million.

        No vocabulary is that large: such a model has gone astray, and how far is in ``nll``.
        """
        return math.exp(self.nll.mean) if self.nll.mean < math.log(1e6) else None


class Standing(msgspec.Struct, frozen=True):
    """How one scorer did: the means of its Outcomes."""

    hit_1: Interval
    """A share, 0 to 1."""
    hit_5: Interval
    hit_10: Interval
    rank: Interval
    reciprocal_rank: Interval


class Ranking(msgspec.Struct, frozen=True):
    """Scorers on the same queries."""

    queries: int
    clusters: int
    """Blocks that intervals resample."""
    scorers: dict[str, Standing]
    """Empty where there are too few queries."""


class RankingTable(msgspec.Struct, frozen=True):
    """Scorers by name, with and without what popularity alone finds."""

    all: Ranking
    without_popular: Ranking
    """Colliding positives are no candidates; queries with no other are left out."""


class Diversity(msgspec.Struct, frozen=True):
    """Of the comments on one video; shares are 0 to 1, and None of nothing.

    The more comments, the smaller the first two: compare equal numbers of comments.
    """

    comments: int
    distinct_1: float | None
    """Distinct words in a running word."""
    distinct_2: float | None
    """The same for pairs of adjacent words of a comment."""
    most_frequent: float | None
    """Share of comments that are one of the 20 most frequent of these comments."""
    copied: float | None
    """Share of comments that training has, word for word."""
    copied_length: float | None
    """Mean words of those; short ones are what anybody would write."""
    repeated: float | None
    """Share of comments whose words another had in the 10 seconds before, or just then."""


class RateFit(msgspec.Struct, frozen=True):
    """Expected against actual comments a second, over all seconds of the video."""

    pearson: Interval
    spearman: Interval


class Naming(msgspec.Struct, frozen=True):
    """How often a named character is on screen, counted at moments when anybody is."""

    names: int
    """Names written; the number that the shares below are of."""
    model: Interval
    """Scenes are resampled."""
    chance: float
    """Naming any of the cast with equal chance."""
    popularity: float
    """Always naming who is named most in the training comments."""
    shuffled: float
    """The model's own names, each moved to the moment of another: same words, no picture."""

    @property
    def beats_all(self) -> bool:
        """Whether even the lower end of the interval is above every blind rival."""
        return (self.model.low or 0) > max(self.chance, self.popularity, self.shuffled)


class Hits(msgspec.Struct, frozen=True):
    """Where maxima fall; scenes are resampled."""

    named: Interval
    """Share of them in the box of whom the name means."""
    anybody: float
    """Share of them in the box of anybody on screen."""
    gain: Interval
    """How many times as often as a blind guess the box of the named is hit."""


class Pointing(msgspec.Struct, frozen=True):
    """The pointing game (Zhang et al. 2018): where the attention to a name is greatest."""

    names: int
    """Written of somebody on screen; what the shares below are of."""
    area: float
    """What share of the picture the boxes of the named fill: the hits of a blind guess."""
    attention: Hits
    """Of the maximum of attention; it is paid before the name is chosen."""
    evidence: Hits
    """Of where more attention would have made the name likeliest; see ``evidence_maps``."""


class Evaluation(msgspec.Struct, frozen=True):
    """What ``make evaluate`` finds, of one video."""

    video: str
    measured_on: MeasuredOn
    block_s: float
    """What intervals resample: comments of a block stand or fall together."""
    too_little: dict[str, int]
    """The figures below that there is too little for, and of how many values they would be:
    comments, queries, seconds or names. They are None or empty."""
    likelihood: Likelihood | None
    ranking: RankingTable
    ahead: dict[str, Interval]
    """By how much the model's reciprocal rank is above that of each rival, query by query."""
    diversity: dict[str, Diversity]
    """Of the comments generated, and of as many of the viewers'."""
    rate: RateFit | None
    """None also where a constant is expected, or there was one: it correlates with nothing."""
    naming: Naming | None
    """None also for videos whose truth is unknown: all but the synthetic show."""
    pointing: Pointing | None
    """None also for a model without attention."""

    @classmethod
    def load(cls, path: Path) -> Evaluation:
        """Read ``evaluation.json``."""
        return msgspec.json.decode(path.read_bytes(), type=cls)

    def save(self, path: Path) -> None:
        """Publish ``evaluation.json``."""
        write_json(path, self)
