"""The interface of captioners: a picture and the words so far in, the next word out.

``lstm.py`` and ``transformer.py`` implement it; ``build.py`` chooses.

n  captions being written   u  distinct pictures they are about
p  positions of a grid      c  channels of a position
d  size of the state        v  words of the vocabulary
f  facts of a caption's place in the video
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from pipeline.captioning.dropout import DropoutMasks
from pipeline.captioning.prompt import FACTS, PackedWords, Prompt
from pipeline.captioning.settings import Architecture
from pipeline.captioning.softmax import AdaptiveSoftmax, FullSoftmax
from pipeline.runtime.arrays import Int64s


class CaptionerSpec(Architecture, frozen=True, kw_only=True):
    """All that is needed to build a captioner; stored with its weights."""

    channels: int
    """c"""
    words: int
    """v, including the special ids."""
    style: dict[str, list[str]]
    """Further classes that a caption has, by name: a linear head over the state at the caption's
    end predicts each, such as where on the screen a comment appears."""


class Reading(NamedTuple):
    """The result of reading true words."""

    hidden: Tensor
    """(words, d) the state at each place, from which ``softmax`` predicts the next word."""
    end: Tensor
    """(n, d) the state where each caption ends, from which its style is predicted."""
    coverage: Tensor
    """(n, p) attention to each position, summed over the caption's words; (n, 0) without."""


class Step(NamedTuple):
    """The result of reading one word of each of n captions."""

    hidden: Tensor
    """(n, d) from which ``softmax`` predicts the next word."""
    state: Any
    """What the next step continues from; opaque outside the captioner that made it."""
    weights: Tensor | None
    """(n, p) attention, summing to 1 over positions; None without attention."""


class Captioner(nn.Module, ABC):
    """What every decoder has: input normalisation, word embeddings, a softmax and style heads."""

    mean: Tensor
    std: Tensor
    spread: Tensor
    fact_mask: Tensor
    softmax: FullSoftmax | AdaptiveSoftmax

    def __init__(self, spec: CaptionerSpec) -> None:
        super().__init__()
        self.spec = spec
        # Statistics of the training pictures (c,): raw taps differ by orders of magnitude.
        self.register_buffer("mean", torch.zeros(spec.channels))
        self.register_buffer("std", torch.ones(spec.channels))
        # Pooled features vary far less than single positions, so they get a scale of their own.
        self.register_buffer("spread", torch.ones(spec.channels))
        # A fact that the model must not know is multiplied by zero. (f,)
        known = [spec.rate if fact == "rate" else spec.time for fact in FACTS]
        mask = torch.tensor(known, dtype=torch.float32)
        self.register_buffer("fact_mask", mask, persistent=False)
        # Weights are drawn in the order of these lines: another order is another model.
        self.embed = nn.Embedding(spec.words, spec.size)
        kind = FullSoftmax if spec.softmax == "full" else AdaptiveSoftmax
        self.softmax = kind(spec.size, spec.words)
        self.style = nn.ModuleList(nn.Linear(spec.size, len(c)) for c in spec.style.values())

    def normalized(self, features: Tensor) -> Tensor:
        """Features (…, c) in units of the training pictures' standard deviations."""
        return (features.float() - self.mean) / self.std

    @abstractmethod
    def read(
        self, prompt: Prompt, words: PackedWords, masks: DropoutMasks | None = None
    ) -> Reading:
        """Read true words (teacher forcing); ``masks`` apply dropout."""

    @abstractmethod
    def start(self, prompt: Prompt) -> Any:
        """The state before the first word."""

    @abstractmethod
    def step(self, tokens: Tensor, state: Any, logit_offset: Tensor | None = None) -> Step:
        """Read one word of each caption, (n,).

        ``logit_offset`` (n, p) is added to the attention logits of the positions.
        """

    @abstractmethod
    def select(self, state: Any, rows: Int64s) -> Any:
        """The state of some of the captions (any of them more than once)."""

    def style_logits(self, end: Tensor) -> list[Tensor]:
        """Logits (n, classes) of each style, in the order of ``spec.style``, from (n, d)."""
        return [head(end).float() for head in self.style]
