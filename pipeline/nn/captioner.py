"""The article's captioner: a picture, and the words so far, to the next word.

With attention it is Show, Attend and Tell (Xu et al. 2015, soft attention over a grid of
positions), without it Show and Tell (Vinyals et al. 2015, one vector a picture).

n  comments being written   u  distinct pictures they are about   m  most comments on one
p  positions of a grid      c  channels of a position
d  size of words and LSTM   v  words known
"""

from __future__ import annotations

import math
from typing import Literal, NamedTuple

import msgspec
import torch
from torch import Tensor, nn

from pipeline.text.vocabulary import PADDING

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
    """What the decoder reads of the distinct pictures, computed once for each."""

    values: Tensor
    """(u, p, d) with attention; (u, d) without."""
    gist: Tensor
    """(u, c) with attention, the mean position; empty without."""
    keys: Tensor
    """What the LSTM's state is compared to: (u, p, d) with dot attention, (n, p, d) with
    additive, which needs a sum for each comment anyway; empty without."""
    which: Tensor
    """(n,) the picture of each comment."""
    seats: Tensor
    """(n,) each comment's place in a table of (u, m), so that comments on one picture can
    look at it together and no copy of it is made for each."""
    most: int
    """m"""


class Captioner(nn.Module):
    """See the module's docstring."""

    mean: Tensor
    std: Tensor
    spread: Tensor

    def __init__(self, spec: CaptionerSpec) -> None:
        super().__init__()
        d = spec.size
        self.spec = spec
        # The training pictures' statistics: raw taps differ by orders of magnitude.
        self.register_buffer("mean", torch.zeros(spec.channels))
        self.register_buffer("std", torch.ones(spec.channels))
        # Pictures differ far less in their mean position than positions do from another.
        self.register_buffer("spread", torch.ones(spec.channels))
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
            self.begin = nn.Linear(spec.channels, 2 * d)
        self.deep = nn.Linear(d + seen, d)
        self.out = nn.Linear(d, spec.words)

    def look(self, features: Tensor, which: Tensor) -> Pictures:
        """Read the distinct pictures, (u, p, c) with attention or (u, c) without.

        ``which`` (n,) is the picture of each comment to be written.
        """
        normal = (features.float() - self.mean) / self.std
        values = self.drop(torch.relu(self.project(normal)))
        nothing = values[:, :0]
        keys = self.key(values) if self.spec.attends else nothing
        if self.spec.attention == "additive":
            keys = keys[which]
        gist = normal.mean(1) / self.spread if self.spec.attends else nothing
        on_picture = nn.functional.one_hot(which, len(features)).cumsum(0)
        rank = on_picture.gather(1, which[:, None])[:, 0] - 1
        most = int(on_picture[-1].max())
        return Pictures(values, gist, keys, which, which * most + rank, most)

    def start(self, pictures: Pictures) -> State:
        """The state before the first word."""
        if self.spec.attends:
            # Xu et al. 2015, section 3.1.2: both parts are predicted from the mean position.
            hidden, cell = self.begin(self.drop(pictures.gist)).tanh().chunk(2, dim=1)
        else:
            # Vinyals et al. 2015, equation 10: the picture is read once, as if a word.
            hidden, cell = self.cell(pictures.values)
        return State(hidden[pictures.which], cell[pictures.which])

    def step(
        self, tokens: Tensor, state: State, pictures: Pictures
    ) -> tuple[Tensor, State, Tensor | None]:
        """Read one word of each of the first comments (k,), k <= n.

        Returns the output (k, d or 2d) for ``logits``, the new state, and with attention
        how much each position counted, (k, p), summing to 1.
        """
        read = self.drop(self.embed(tokens))
        if not self.spec.attends:
            state = State(*self.cell(read, state))
            return state.hidden, state, None
        seen, weights = self._attend(self.query(state.hidden), pictures)
        state = State(*self.cell(torch.cat([read, seen], 1), state))
        return torch.cat([state.hidden, seen], 1), state, weights

    def _attend(self, query: Tensor, pictures: Pictures) -> tuple[Tensor, Tensor]:
        """What queries (k, d) see, (k, d), and how much of it each position gave, (k, p)."""
        u, _, d = pictures.values.shape
        seats = pictures.seats[: len(query)]

        def together(rows: Tensor, positions: Tensor) -> Tensor:
            table = rows.new_zeros(u * pictures.most, rows.shape[1]).index_copy(0, seats, rows)
            product = torch.bmm(table.view(u, pictures.most, -1), positions)
            return product.flatten(0, 1)[seats]

        if self.spec.attention == "dot":
            scores = together(query, pictures.keys.transpose(1, 2)) / math.sqrt(d)
        else:
            compared = torch.tanh(pictures.keys[: len(query)] + query[:, None])
            scores = self.score(compared).squeeze(2)
        weights = scores.softmax(1)
        return together(weights, pictures.values), weights

    def logits(self, output: Tensor) -> Tensor:
        """Two-layer MLP from outputs (…, d or 2d) to scores of the words (…, v)."""
        scores: Tensor = self.out(self.drop(torch.tanh(self.deep(output))))
        return scores

    def forward(self, features: Tensor, which: Tensor, tokens: Tensor) -> Tensor:
        """Outputs after each true word, which is fed back whatever the model expected.

        ``tokens`` (n, t) holds begin marks and words, the longest comments first, padded.
        Returns (words, d or 2d): the first words of all comments, then the second, …
        """
        pictures = self.look(features, which)
        state = self.start(pictures)
        outputs = []
        for column, going in zip(
            tokens.unbind(1), (tokens != PADDING).sum(0).tolist(), strict=True
        ):
            state = State(state.hidden[:going], state.cell[:going])
            output, state, _ = self.step(column[:going], state, pictures)
            outputs.append(output)
        return torch.cat(outputs)
