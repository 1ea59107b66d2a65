"""The article's captioner: a picture, and the words so far, to the next word.

With attention it is Show, Attend and Tell (Xu et al. 2015, soft attention over a grid of
positions), without it Show and Tell (Vinyals et al. 2015, one vector a picture).

n  comments in a batch      u  distinct pictures in it     t  words of the longest comment
p  positions of a grid      c  channels of a position      d  size of words and LSTM
v  words known
"""

from __future__ import annotations

import math
from typing import Literal, NamedTuple

import msgspec
import torch
from torch import Tensor, nn

Attention = Literal["additive", "dot", "none"]
"""How the LSTM's state is compared to a position: by a small network (Bahdanau et al. 2015),
as Show, Attend and Tell does; by a scaled product (Luong et al. 2015, Vaswani et al. 2017),
which is several times as fast; or not at all."""


class CaptionerSpec(msgspec.Struct, frozen=True):
    """All that is needed to build a captioner; stored with its weights."""

    attention: Attention
    channels: int
    words: int
    """v, the special ids included."""
    size: int
    """d"""
    dropout: float

    @property
    def attends(self) -> bool:
        """Whether pictures are grids of positions rather than single vectors."""
        return self.attention != "none"


class State(NamedTuple):
    """What the LSTM remembers between two words."""

    hidden: Tensor
    """(n, d)"""
    cell: Tensor
    """(n, d)"""


class Pictures(NamedTuple):
    """What the decoder reads of the picture of each comment."""

    values: Tensor
    """(n, p, d) with attention; (n, d) without."""
    keys: Tensor
    """(n, p, d) with attention, what the LSTM's state is compared to; empty without."""


class Captioner(nn.Module):
    """See the module's docstring."""

    mean: Tensor
    std: Tensor

    def __init__(self, spec: CaptionerSpec) -> None:
        super().__init__()
        d = spec.size
        self.spec = spec
        # The training pictures' statistics: raw taps differ by orders of magnitude.
        self.register_buffer("mean", torch.zeros(spec.channels))
        self.register_buffer("std", torch.ones(spec.channels))
        self.project = nn.Linear(spec.channels, d)
        self.embed = nn.Embedding(spec.words, d)
        self.drop = nn.Dropout(spec.dropout)
        seen = d if spec.attends else 0
        self.cell = nn.LSTMCell(d + seen, d)
        if spec.attends:
            self.key = nn.Linear(d, d)
            self.query = nn.Linear(d, d, bias=False)
            if spec.attention == "additive":
                self.score = nn.Linear(d, 1, bias=False)
            self.begin = nn.Linear(d, 2 * d)
        self.deep = nn.Linear(d + seen, d)
        self.out = nn.Linear(d, spec.words)

    def look(self, features: Tensor, which: Tensor) -> Pictures:
        """Read the distinct pictures, (u, p, c) with attention or (u, c) without.

        Each is projected once and handed to the comments about it, ``which`` (n,).
        """
        normal = (features.float() - self.mean) / self.std
        values = self.drop(torch.relu(self.project(normal)))
        keys = self.key(values) if self.spec.attends else values[:, :0]
        return Pictures(values[which], keys[which])

    def start(self, pictures: Pictures) -> State:
        """The state before the first word."""
        if self.spec.attends:
            # Xu et al. 2015, section 3.1.2: both parts are predicted from the mean position.
            hidden, cell = self.begin(pictures.values.mean(1)).tanh().chunk(2, dim=1)
            return State(hidden, cell)
        # Vinyals et al. 2015, equation 10: the picture is read once, as if a word.
        return State(*self.cell(pictures.values))

    def step(
        self, tokens: Tensor, state: State, pictures: Pictures
    ) -> tuple[Tensor, State, Tensor | None]:
        """Read one word of each comment (n,).

        Returns the output (n, d or 2d) for ``logits``, the new state, and with attention
        how much each position counted, (n, p), summing to 1.
        """
        read = self.drop(self.embed(tokens))
        if not self.spec.attends:
            state = State(*self.cell(read, state))
            return state.hidden, state, None
        weights = self._compare(self.query(state.hidden), pictures.keys).softmax(1)
        seen = torch.bmm(weights[:, None], pictures.values)[:, 0]
        state = State(*self.cell(torch.cat([read, seen], 1), state))
        return torch.cat([state.hidden, seen], 1), state, weights

    def _compare(self, query: Tensor, keys: Tensor) -> Tensor:
        """Score the positions: (n, d) and (n, p, d) to (n, p)."""
        if self.spec.attention == "dot":
            return torch.bmm(keys, query[:, :, None]).squeeze(2) / math.sqrt(self.spec.size)
        scores: Tensor = self.score(torch.tanh(keys + query[:, None])).squeeze(2)
        return scores

    def logits(self, output: Tensor) -> Tensor:
        """Two-layer MLP from outputs (…, d or 2d) to scores of the words (…, v)."""
        scores: Tensor = self.out(self.drop(torch.tanh(self.deep(output))))
        return scores

    def forward(self, features: Tensor, which: Tensor, tokens: Tensor) -> Tensor:
        """Outputs (n, t, d or 2d) after each of ``tokens`` (n, t), the truth fed back."""
        pictures = self.look(features, which)
        state = self.start(pictures)
        outputs = []
        for column in tokens.unbind(1):
            output, state, _ = self.step(column, state, pictures)
            outputs.append(output)
        return torch.stack(outputs, 1)
