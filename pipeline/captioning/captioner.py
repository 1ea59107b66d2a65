"""The captioner: a picture, and the words so far, to the next word.

With attention it is Show, Attend and Tell (Xu et al. 2015, soft attention over a grid of
positions), without it Show and Tell (Vinyals et al. 2015, one vector a picture).
``transformer.py`` has another decoder behind the same interface.

n  comments being written   k  of these, those not yet at their end
u  distinct pictures they are about
p  positions of a grid      c  channels of a position
d  size of words and LSTM   v  words known
f  facts of a moment
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import Any, Literal, NamedTuple

import msgspec
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from pipeline.captioning.attention import additive_scores
from pipeline.captioning.looks import Looks
from pipeline.captioning.prompt import FACTS, Masks, Prompt, Seating, Words, shared_rows
from pipeline.captioning.softmax import AdaptiveSoftmax, FullSoftmax, Softmax
from pipeline.learning.device import has_bfloat16_lstm
from pipeline.runtime.arrays import Int64s

Decoder = Literal["lstm", "transformer"]
Attention = Literal["additive", "dot", "none"]
"""How the LSTM's state is compared to a position: by a small network (Bahdanau et al. 2015),
as Show, Attend and Tell does; by a scaled product (Luong et al. 2015, Vaswani et al. 2017);
or not at all. A Transformer knows the product only."""


class CaptionerSpec(msgspec.Struct, frozen=True, kw_only=True):
    """All that is needed to build a captioner; stored with its weights."""

    decoder: Decoder
    attention: Attention
    channels: int
    words: int
    """v, the special ids included."""
    size: int
    """d"""
    dropout: float
    gate: bool
    """Whether the LSTM decides how much of what it sees counts (Xu et al. 2015, 4.2.1)."""
    softmax: Softmax
    time: bool
    """Whether the time in the episode is told, see ``prompt.FACTS``."""
    rate: bool
    """Whether it is told how many comments its second gets."""
    looks: Looks

    @property
    def attends(self) -> bool:
        """Whether pictures are grids of positions rather than single vectors."""
        return self.attention != "none"


class Reading(NamedTuple):
    """What came of reading true words."""

    mind: Tensor
    """(words, d) at each place, what ``softmax`` tells the next word from."""
    end: Tensor
    """(n, d) the same where a comment ends, what its looks are told from."""
    coverage: Tensor
    """(n, p) how much attention each position had during each comment; (n, 0) without."""


class Step(NamedTuple):
    """What came of reading one word of each of n comments."""

    mind: Tensor
    """(n, d) what ``softmax`` tells the next word from."""
    state: Any
    """To go on from; it belongs to the captioner that made it."""
    weights: Tensor | None
    """(n, p) how much each position counted, summing to 1; None without attention."""


class Captioner(nn.Module, ABC):
    """What every decoder has: features in units of the training pictures, words, and looks."""

    mean: Tensor
    std: Tensor
    spread: Tensor
    told: Tensor
    softmax: FullSoftmax | AdaptiveSoftmax

    def __init__(self, spec: CaptionerSpec) -> None:
        super().__init__()
        self.spec = spec
        # The training pictures' statistics: raw taps differ by orders of magnitude.
        self.register_buffer("mean", torch.zeros(spec.channels))
        self.register_buffer("std", torch.ones(spec.channels))
        # Pictures differ far less in their mean position than positions do from another.
        self.register_buffer("spread", torch.ones(spec.channels))
        # A model that is not told a fact reads zero for it.
        told = [spec.rate if fact == "rate" else spec.time for fact in FACTS]
        self.register_buffer("told", torch.tensor(told, dtype=torch.float32), persistent=False)
        self.embed = nn.Embedding(spec.words, spec.size)
        kind = FullSoftmax if spec.softmax == "full" else AdaptiveSoftmax
        self.softmax = kind(spec.size, spec.words)
        self.looks = nn.ModuleList(nn.Linear(spec.size, len(c)) for c in spec.looks.choices)

    def normal(self, features: Tensor) -> Tensor:
        """Features (…, c) in units of the training pictures' standard deviations."""
        return (features.float() - self.mean) / self.std

    @abstractmethod
    def read(self, prompt: Prompt, words: Words, masks: Masks | None = None) -> Reading:
        """Read true words, which are fed back whatever was expected."""

    @abstractmethod
    def start(self, prompt: Prompt) -> Any:
        """The state before the first word."""

    @abstractmethod
    def step(self, tokens: Tensor, state: Any, nudge: Tensor | None = None) -> Step:
        """Read one word of each comment, (n,).

        ``nudge`` (n, p) is added to the scores of positions before their softmax.
        """

    @abstractmethod
    def select(self, state: Any, rows: Int64s) -> Any:
        """The state of some of the comments, any of them more than once."""

    def look_scores(self, end: Tensor) -> list[Tensor]:
        """Unnormalised chances of each place, size and colour, (n, choices) each."""
        return [head(end).float() for head in self.looks]


class State(NamedTuple):
    """What the LSTM remembers between two words, and what it looks at."""

    hidden: Tensor
    """(n, d)"""
    cell: Tensor
    """(n, d)"""
    pictures: Pictures


class Pictures(NamedTuple):
    """What the LSTM reads of the distinct pictures, computed once for each."""

    values: Tensor
    """(u, p, d) with attention; (u, d) without."""
    keys: Tensor
    """(u, p, d) what the LSTM's state is compared to; empty without attention."""
    seating: Seating


class LstmCaptioner(Captioner):
    """See the module's docstring."""

    def __init__(self, spec: CaptionerSpec) -> None:
        super().__init__(spec)
        d = spec.size
        self.project = nn.Linear(spec.channels, d)
        if spec.attends:
            self.cell = nn.LSTMCell(2 * d, d)
            self.key = nn.Linear(
                d, d, bias=spec.attention == "additive"
            )  # a product has no use for it
            self.query = nn.Linear(d, d, bias=False)
            if spec.attention == "additive":
                self.score = nn.Linear(d, 1, bias=False)
            if spec.gate:
                self.gate = nn.Linear(d, 1)
            self.begin = nn.Linear(spec.channels + len(FACTS), 2 * d)
        else:
            self.lstm = nn.LSTM(d, d)
            self.begin = nn.Linear(len(FACTS), 2 * d)
        self.deep = nn.Linear(2 * d if spec.attends else d, d)

    def read(self, prompt: Prompt, words: Words, masks: Masks | None = None) -> Reading:
        """Read true words, which are fed back whatever was expected."""
        state = self._start(prompt, masks)
        read = self.embed(words.read)
        if masks is not None:
            read = read * masks.word[words.comment]
        if self.spec.attends:
            output, coverage = self._read_attending(read, words.going, state)
        else:
            output, _, _ = self._run_lstm(read, words.going, state.hidden, state.cell)
            coverage = output.new_empty(len(words.last), 0)
        mind = torch.tanh(self.deep(output))
        if masks is not None:
            mind = mind * masks.mind[words.comment]
        return Reading(mind, mind[words.last], coverage)

    def _read_attending(
        self, read: Tensor, going: list[int], state: State
    ) -> tuple[Tensor, Tensor]:
        """Outputs (words, 2d) and the sum of attention (n, p)."""
        hidden, cell, pictures = state
        gates = self._from_words(read)  # of all words at once; the rest waits for the state
        coverage = hidden.new_zeros(len(hidden), pictures.values.shape[1])
        hiddens, views = [], []
        for k, from_words in zip(going, torch.split(gates, going), strict=True):
            hidden, cell = hidden[:k], cell[:k]
            seen, weights = self._attend(hidden, pictures)
            hidden, cell = self._advance(from_words, seen, hidden, cell)
            hiddens.append(hidden)
            views.append(seen)
            coverage = coverage + functional.pad(weights, (0, 0, 0, len(coverage) - k))
        return torch.cat([torch.cat(hiddens), torch.cat(views)], 1), coverage

    def start(self, prompt: Prompt) -> State:
        """The state before the first word."""
        return self._start(prompt, None)

    def _start(self, prompt: Prompt, masks: Masks | None) -> State:
        normal = self.normal(prompt.features)
        values = torch.relu(self.project(normal))
        facts = prompt.facts * self.told
        seating = prompt.seating
        if self.spec.attends:
            if masks is not None:
                values = values * masks.picture[:, None]
            pictures = Pictures(values, self.key(values), seating)
            # Xu et al. 2015, section 3.1.2: both parts are predicted from the mean position.
            gist = (normal.mean(1) / self.spread)[seating.which]
            hidden, cell = self.begin(torch.cat([gist, facts], 1)).tanh().chunk(2, 1)
            return State(hidden, cell, pictures)
        if masks is not None:
            values = values * masks.picture
        # Vinyals et al. 2015, equation 10: the picture is read once, as if a word.
        hidden, cell = self.begin(facts).tanh().chunk(2, 1)
        first = shared_rows(values, seating.which)
        _, hidden, cell = self._run_lstm(first, [len(first)], hidden, cell)
        return State(hidden, cell, Pictures(values, values[:0], seating))

    def step(self, tokens: Tensor, state: State, nudge: Tensor | None = None) -> Step:
        """Read one word of each comment, (n,)."""
        hidden, cell, pictures = state
        read = self.embed(tokens)
        if not self.spec.attends:
            output, hidden, cell = self._run_lstm(read, [len(read)], hidden, cell)
            mind = torch.tanh(self.deep(output))
            return Step(mind, State(hidden, cell, pictures), None)
        seen, weights = self._attend(hidden, pictures, nudge)
        hidden, cell = self._advance(self._from_words(read), seen, hidden, cell)
        mind = torch.tanh(self.deep(torch.cat([hidden, seen], 1)))
        return Step(mind, State(hidden, cell, pictures), weights)

    def select(self, state: State, rows: Int64s) -> State:
        """The state of some of the comments, any of them more than once."""
        hidden, cell, pictures = state
        which = pictures.seating.which.cpu().numpy()[rows]
        index = torch.from_numpy(rows).to(hidden.device)
        seating = Seating.of(which, hidden.device)
        return State(hidden[index], cell[index], pictures._replace(seating=seating))

    def _run_lstm(
        self, read: Tensor, going: list[int], hidden: Tensor, cell: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Outputs (words, d) of packed words, and the states (n, d) where each comment ends."""
        kind = read.device.type
        if torch.is_autocast_enabled(kind) and not has_bfloat16_lstm(kind):
            with torch.autocast(kind, enabled=False):
                return self._run_lstm(read.float(), going, hidden.float(), cell.float())
        packed = nn.utils.rnn.PackedSequence(read, torch.tensor(going))
        begun = hidden[None].contiguous(), cell[None].contiguous()
        output, (hidden, cell) = self.lstm(packed, begun)
        return output.data, hidden[0], cell[0]

    def _attend(
        self, hidden: Tensor, pictures: Pictures, nudge: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """What states (k, d) see, (k, d), and how much of it each position gave, (k, p)."""
        query, seating = self.query(hidden), pictures.seating
        if self.spec.attention == "additive":
            which = seating.which[: len(hidden)]
            scores = additive_scores(query, pictures.keys, which, self.score.weight[0])
        else:
            scores = seating.together(query, pictures.keys.transpose(1, 2))
            scores = scores.float() / math.sqrt(self.spec.size)
        weights = (scores if nudge is None else scores + nudge).softmax(1)
        seen = seating.together(weights, pictures.values)
        if self.spec.gate:
            seen = seen * torch.sigmoid(self.gate(hidden))
        return seen, weights

    def _from_words(self, read: Tensor) -> Tensor:
        """What words (…, d) add to the LSTM's gates, (…, 4d)."""
        weight, bias = self.cell.weight_ih[:, : self.spec.size], self.cell.bias_ih
        return functional.linear(read, weight, bias + self.cell.bias_hh)

    def _advance(
        self, from_words: Tensor, seen: Tensor, hidden: Tensor, cell: Tensor
    ) -> tuple[Tensor, Tensor]:
        """The LSTM's equations, hidden and cell (k, d)."""
        from_seen = functional.linear(seen, self.cell.weight_ih[:, self.spec.size :])
        gates = from_words + from_seen + functional.linear(hidden, self.cell.weight_hh)
        enter, forget, new, leave = gates.float().chunk(4, 1)
        cell = forget.sigmoid() * cell + enter.sigmoid() * new.tanh()
        return leave.sigmoid() * cell.tanh(), cell


def build_captioner(spec: CaptionerSpec) -> Captioner:
    """A captioner with fresh weights, drawn from torch's generator."""
    if spec.decoder == "transformer":
        from pipeline.captioning.transformer import TransformerCaptioner

        return TransformerCaptioner(spec)
    return LstmCaptioner(spec)


def draw_masks(captioner: Captioner, pictures: int, comments: int, seed: list[int]) -> Masks | None:
    """What dropout keeps of ``pictures`` (u) and ``comments`` (n), a function of ``seed``.

    Drawn on the CPU, so that it is the same on every device and however a batch is divided.
    """
    share = captioner.spec.dropout
    if not share:
        return None
    state = np.random.SeedSequence(seed).generate_state(1, np.uint64)
    generator = torch.Generator().manual_seed(int(state[0]))
    counts = [pictures, comments, comments]
    kept = torch.rand(sum(counts), captioner.spec.size, generator=generator) >= share
    scaled = (kept / (1 - share)).to(captioner.mean.device)
    return Masks(*torch.split(scaled, counts))
