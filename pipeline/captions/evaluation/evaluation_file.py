"""``captions.evaluation.json``: how good a model is, measured on captions it did not learn from.

A figure from fewer than ``MIN_VALUES`` values is left out, and so is an interval from fewer than
``MIN_CLUSTERS`` clusters.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

from pipeline.evaluation.intervals import Interval
from pipeline.evaluation.ranking import RankingTable
from pipeline.runtime.atomic_files import write_json
from pipeline.runtime.quantities import counted

MeasuredOn = Literal["another collection", "held-out pictures", "training pictures"]
"""Whose captions. The last is no fair test."""


class Likelihood(msgspec.Struct, frozen=True):
    """Negative log-likelihood of people's captions in nats a word, end marks included."""

    captions: int
    words: int
    nll: Interval
    nll_mean_picture: Interval
    """With the mean of the training pictures in place of each."""
    nll_shuffled: Interval
    """With the picture of another caption."""
    nll_unigram: float
    """By word frequencies alone."""
    pmi: Interval
    """log p(caption | picture) - log p(caption | mean picture)."""
    pmi_shuffled: Interval
    """The same against the picture of another caption."""


class Lines(msgspec.Struct, frozen=True):
    """Lines that somebody gives to pictures: the model, or a baseline."""

    chrf: Interval
    """chrF (Popović 2015), 0–100: the best match with any caption of the picture, in character
    n-grams."""
    distinct_1: float | None
    """Unique words ÷ words."""
    distinct_2: float | None
    """Unique pairs of neighbouring words ÷ such pairs."""
    copied: float | None
    """Share of lines that are a training caption word for word."""
    near_copies: float | None
    """Share of the others that nearly are one: chrF of 80 or more."""


class Better(msgspec.Struct, frozen=True):
    """Which of two captions of one picture has more stars: the share of pairs that are told.

    Half a pair counts where both are scored alike. Pictures are resampled.
    """

    pairs: int
    scorers: dict[str, Interval]
    """``likelihood``, ``mean per word``, ``PMI`` and ``rating`` (as it expects it) of the model; of
    those that do not see the picture ``blind`` (the model with the mean picture), ``text only``
    (stars predicted from the words), ``length`` (shorter is better) and ``frequent``."""

    @property
    def blind(self) -> float:
        """The best share that a scorer reaches without the picture."""
        return max(self.scorers[name].mean for name in BLIND)


BLIND = ("blind", "text only", "length", "frequent")


class Evaluation(msgspec.Struct, frozen=True):
    """What ``make captions-evaluate`` measures on one collection."""

    collection: str
    measured_on: MeasuredOn
    pictures: int
    captions: int
    too_little: dict[str, int]
    """The figures that there is too little data for, and how much there is."""
    likelihood: Likelihood | None
    ranking: RankingTable
    mrr_gain: dict[str, Interval]
    """The model's reciprocal rank minus each other scorer's, paired by picture."""
    lines: dict[str, Lines]
    """By who gives them: ``model``, ``shuffled`` (the model's lines of other pictures),
    ``nearest`` (a caption of the most similar training picture) and ``frequent`` (the most
    frequent one)."""
    better: Better | None
    """None also where no two captions of a picture have different ratings."""

    @property
    def summary(self) -> str:
        """One line for the terminal."""
        if not self.likelihood or not self.mrr_gain:
            captions, pictures = (
                counted(self.captions, "caption"),
                counted(self.pictures, "picture"),
            )
            return f"{captions} of {pictures} are too few to measure it by"
        pmi, gain = self.likelihood.pmi, self.mrr_gain["nearest pictures"]
        return (
            f"{self.measured_on}: a picture makes its captions likelier by {pmi.mean:.2f} nats a"
            f" word; ranks ahead of the nearest picture's by {gain.mean:+.3f}"
        )

    @classmethod
    def load(cls, path: Path) -> Evaluation:
        """Read ``captions.evaluation.json``."""
        return msgspec.json.decode(path.read_bytes(), type=cls)

    def save(self, path: Path) -> None:
        """Publish ``captions.evaluation.json``."""
        write_json(path, self)
