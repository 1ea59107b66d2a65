"""What is written down of a captioner's training."""

from __future__ import annotations

from math import exp

import msgspec

from pipeline.pictures.features_file import caveat
from pipeline.runtime.sample_size import is_enough


class Epoch(msgspec.Struct, frozen=True):
    """One pass over the training captions."""

    train_nll: float
    """Mean negative log-likelihood a word, end mark included, in nats."""
    dev_nll: float
    """The same over all held-out captions."""
    dev_style_nll: float
    """Mean nats a held-out caption for all its styles together."""
    seconds: float
    steps: int
    words: int


class CaptionerTraining(msgspec.Struct, frozen=True, kw_only=True):
    """A whole training run; a system's record adds what its captions come from."""

    decoder: str
    attention: str
    backbone: str
    weights: str
    tap: str
    device: str
    processes: int
    """That trained together."""
    epochs: list[Epoch]
    best_epoch: int
    dev_nll: float
    """Mean nats a word at the best epoch, over all held-out captions."""
    dev_nll_shuffled: float
    """The same with every caption given another one's picture."""
    dev_nll_unigram: float
    """The same by word frequencies alone."""

    def summary(self, held_out: int, noun: str) -> str:
        """The result in one line; ``held_out`` captions, called ``noun``, were kept back."""
        nats = self.dev_nll, self.dev_nll_shuffled
        quality = (
            "each word is a choice among about {:,.0f}, or {:,.0f} with wrong pictures".format(
                *map(exp, nats)
            )
            if is_enough(held_out)
            else f"too few {noun} were kept back to measure it ({held_out})"
        )
        best = f"epoch {self.best_epoch} of {len(self.epochs)} is the best: {quality}"
        return best + caveat(self.weights)
