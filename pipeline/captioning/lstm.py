"""The LSTM captioner.

With attention it is Show, Attend and Tell (Xu et al. 2015, soft attention over a grid of
positions), without it Show and Tell (Vinyals et al. 2015, one vector a picture).

n  captions being written   k  those of them that have not ended
u  distinct pictures they are about
p  positions of a grid      c  channels of a position
d  size of words and LSTM   v  words of the vocabulary
f  facts
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from pipeline.captioning.attention import additive_scores
from pipeline.captioning.captioner import Captioner, CaptionerSpec, Reading, Step
from pipeline.captioning.dropout import DropoutMasks
from pipeline.captioning.prompt import FACTS, PackedWords, PictureGroups, Prompt, shared_rows
from pipeline.learning.device import has_bfloat16_lstm
from pipeline.runtime.arrays import Int64s


class State(NamedTuple):
    """What the LSTM remembers between two words, and what it attends to."""

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
    """(u, p, d) what queries are compared to; empty without attention."""
    groups: PictureGroups


class LstmCaptioner(Captioner):
    """See the module's docstring."""

    def __init__(self, spec: CaptionerSpec) -> None:
        super().__init__(spec)
        d = spec.size
        self.project = nn.Linear(spec.channels, d)
        if spec.attends:
            self.cell = nn.LSTMCell(2 * d, d)
            # A dot product has no use for a bias: it adds the same to all logits of a query.
            self.key = nn.Linear(d, d, bias=spec.attention == "additive")
            self.query = nn.Linear(d, d, bias=False)
            if spec.attention == "additive":
                self.score = nn.Linear(d, 1, bias=False)
            if spec.gate:
                self.gate = nn.Linear(d, 1)
            self.initial = nn.Linear(spec.channels + len(FACTS), 2 * d)
        else:
            self.lstm = nn.LSTM(d, d)
            self.initial = nn.Linear(len(FACTS), 2 * d)
        self.deep = nn.Linear(2 * d if spec.attends else d, d)

    def read(
        self, prompt: Prompt, words: PackedWords, masks: DropoutMasks | None = None
    ) -> Reading:
        """Read true words (teacher forcing); ``masks`` apply dropout."""
        state = self._start(prompt, masks)
        embedded = self.embed(words.inputs)  # (words, d)
        if masks is not None:
            embedded = embedded * masks.word[words.caption]
        if self.spec.attends:
            output, coverage = self._read_attending(embedded, words.batch_sizes, state)
        else:
            output, _, _ = self._run_lstm(embedded, words.batch_sizes, state.hidden, state.cell)
            coverage = output.new_empty(len(words.last), 0)
        hidden = torch.tanh(self.deep(output))  # (words, d)
        if masks is not None:
            hidden = hidden * masks.hidden[words.caption]
        return Reading(hidden, hidden[words.last], coverage)

    def _read_attending(
        self, embedded: Tensor, batch_sizes: list[int], state: State
    ) -> tuple[Tensor, Tensor]:
        """Outputs (words, 2d), and attention summed over the words of each caption, (n, p)."""
        hidden, cell, pictures = state
        # The words' part of the gates needs no state: one product for all places, (words, 4d).
        word_gates = self._word_gates(embedded)
        coverage = hidden.new_zeros(len(hidden), pictures.values.shape[1])  # (n, p)
        hiddens, contexts = [], []
        for k, gates in zip(batch_sizes, torch.split(word_gates, batch_sizes), strict=True):
            # Captions are sorted by length, so those that go on are the first k.
            hidden, cell = hidden[:k], cell[:k]
            context, weights = self._attend(hidden, pictures)  # (k, d), (k, p)
            hidden, cell = self._advance(gates, context, hidden, cell)
            hiddens.append(hidden)
            contexts.append(context)
            coverage = coverage + functional.pad(weights, (0, 0, 0, len(coverage) - k))
        return torch.cat([torch.cat(hiddens), torch.cat(contexts)], 1), coverage

    def start(self, prompt: Prompt) -> State:
        """The state before the first word."""
        return self._start(prompt, None)

    def _start(self, prompt: Prompt, masks: DropoutMasks | None) -> State:
        features = self.normalized(prompt.features)  # (u, p, c) or (u, c)
        values = torch.relu(self.project(features))  # (u, p, d) or (u, d)
        facts = prompt.facts * self.fact_mask  # (n, f)
        groups = prompt.groups
        if self.spec.attends:
            if masks is not None:
                values = values * masks.picture[:, None]
            pictures = Pictures(values, self.key(values), groups)
            # Xu et al. 2015, section 3.1.2: hidden and cell are predicted from the mean position.
            pooled = (features.mean(1) / self.spread)[groups.picture]  # (n, c)
            hidden, cell = self.initial(torch.cat([pooled, facts], 1)).tanh().chunk(2, 1)
            return State(hidden, cell, pictures)
        if masks is not None:
            values = values * masks.picture
        # Vinyals et al. 2015, equation 10: the picture is read once, as if it were a word.
        hidden, cell = self.initial(facts).tanh().chunk(2, 1)  # (n, d) each
        first = shared_rows(values, groups.picture)  # (n, d)
        _, hidden, cell = self._run_lstm(first, [len(first)], hidden, cell)
        return State(hidden, cell, Pictures(values, values[:0], groups))

    def step(self, tokens: Tensor, state: State, logit_offset: Tensor | None = None) -> Step:
        """Read one word of each caption, (n,)."""
        hidden, cell, pictures = state
        embedded = self.embed(tokens)  # (n, d)
        if not self.spec.attends:
            output, hidden, cell = self._run_lstm(embedded, [len(embedded)], hidden, cell)
            return Step(torch.tanh(self.deep(output)), State(hidden, cell, pictures), None)
        context, weights = self._attend(hidden, pictures, logit_offset)  # (n, d), (n, p)
        hidden, cell = self._advance(self._word_gates(embedded), context, hidden, cell)
        output = torch.cat([hidden, context], 1)  # (n, 2d)
        return Step(torch.tanh(self.deep(output)), State(hidden, cell, pictures), weights)

    def select(self, state: State, rows: Int64s) -> State:
        """The state of some of the captions (any of them more than once)."""
        hidden, cell, pictures = state
        picture = pictures.groups.picture.cpu().numpy()[rows]
        index = torch.from_numpy(rows).to(hidden.device)
        groups = PictureGroups.from_pictures(picture, hidden.device)
        return State(hidden[index], cell[index], pictures._replace(groups=groups))

    def _run_lstm(
        self, embedded: Tensor, batch_sizes: list[int], hidden: Tensor, cell: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Outputs (words, d) of packed words, and the states (n, d) where each caption ends."""
        kind = embedded.device.type
        if torch.is_autocast_enabled(kind) and not has_bfloat16_lstm(kind):
            with torch.autocast(kind, enabled=False):
                return self._run_lstm(embedded.float(), batch_sizes, hidden.float(), cell.float())
        packed = nn.utils.rnn.PackedSequence(embedded, torch.tensor(batch_sizes))
        initial = hidden[None].contiguous(), cell[None].contiguous()  # (1, n, d) each
        output, (hidden, cell) = self.lstm(packed, initial)
        return output.data, hidden[0], cell[0]

    def _attend(
        self, hidden: Tensor, pictures: Pictures, logit_offset: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """The context (k, d) that states (k, d) attend to, and their attention weights (k, p)."""
        query, groups = self.query(hidden), pictures.groups  # (k, d)
        if self.spec.attention == "additive":
            picture = groups.picture[: len(hidden)]
            logits = additive_scores(query, pictures.keys, picture, self.score.weight[0])  # (k, p)
        else:
            logits = groups.bmm(query, pictures.keys.transpose(1, 2))  # (k, p)
            # Dot products of d terms grow by √d; without the scale the softmax would saturate.
            logits = logits.float() / math.sqrt(self.spec.size)
        weights = (logits if logit_offset is None else logits + logit_offset).softmax(1)  # (k, p)
        context = groups.bmm(weights, pictures.values)  # (k, d)
        if self.spec.gate:
            context = context * torch.sigmoid(self.gate(hidden))  # by one number a caption, (k, 1)
        return context, weights

    def _word_gates(self, embedded: Tensor) -> Tensor:
        """The part of the LSTM's gates that words (…, d) contribute, (…, 4d)."""
        weight, bias = self.cell.weight_ih[:, : self.spec.size], self.cell.bias_ih
        return functional.linear(embedded, weight, bias + self.cell.bias_hh)

    def _advance(
        self, word_gates: Tensor, context: Tensor, hidden: Tensor, cell: Tensor
    ) -> tuple[Tensor, Tensor]:
        """The LSTM's equations: the next hidden and cell (k, d)."""
        # nn.LSTMCell would multiply [word, context] at once, after the loop has begun. Its weights
        # are used in parts, so that the words' part is computed before it.
        context_gates = functional.linear(context, self.cell.weight_ih[:, self.spec.size :])
        gates = word_gates + context_gates + functional.linear(hidden, self.cell.weight_hh)
        enter, forget, new, leave = gates.float().chunk(4, 1)  # (k, d) each
        cell = forget.sigmoid() * cell + enter.sigmoid() * new.tanh()
        return leave.sigmoid() * cell.tanh(), cell
