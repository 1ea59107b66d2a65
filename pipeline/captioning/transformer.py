"""A small Transformer decoder (Vaswani et al. 2017) behind the captioner's interface.

Beside the comment's own picture it reads the mean of pictures around, the facts of the moment,
and the words of comments of earlier seconds: its notes.

n  comments   u  pictures   p  positions   c  channels   d  size   h  heads
t  words of the longest comment   m  notes: facts, pictures around and words of the context
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from pipeline.captioning.captioner import Captioner, CaptionerSpec, Reading, Step
from pipeline.captioning.prompt import (
    AROUND,
    CONTEXT_COMMENTS,
    CONTEXT_WORDS,
    FACTS,
    Masks,
    Prompt,
    Seating,
    Words,
    shared_rows,
)
from pipeline.runtime.arrays import Int64s
from pipeline.text.vocabulary import PADDING

_BLOCKS, _HEADS = 2, 4
_PLACES = 256  # of words in a comment; those of a longer one share the last


class Memory(NamedTuple):
    """What the decoder reads beside the words of its comment."""

    values: Tensor
    """(u, p, d)"""
    notes: Tensor
    """(n, m, d)"""
    noted: Tensor
    """(n, m) which notes there are; a context may be short."""
    seating: Seating


class State(NamedTuple):
    """The words read so far, as each block keeps them."""

    past: list[Tensor]
    """(n, t, d) for each block."""
    memory: Memory


class TransformerCaptioner(Captioner):
    """See the module's docstring."""

    def __init__(self, spec: CaptionerSpec) -> None:
        super().__init__(spec)
        d = spec.size
        self.project = nn.Linear(spec.channels, d)
        self.place = nn.Embedding(_PLACES, d)
        self.around = nn.Linear(spec.channels, len(AROUND) * d)
        self.facts = nn.Linear(len(FACTS), d)
        self.context_place = nn.Embedding(CONTEXT_COMMENTS * CONTEXT_WORDS, d)
        self.blocks = nn.ModuleList(_Block(d) for _ in range(_BLOCKS))
        self.norm = nn.LayerNorm(d)
        # At the size of its places, a word's embedding is heard among them.
        nn.init.normal_(self.embed.weight, std=d**-0.5)
        for places in (self.place, self.context_place):
            nn.init.normal_(places.weight, std=d**-0.5)

    def read(self, prompt: Prompt, words: Words, masks: Masks | None = None) -> Reading:
        """Read true words, which are fed back whatever was expected."""
        memory = self._memory(prompt, masks)
        place = torch.cat(
            [torch.full_like(words.comment[:k], i) for i, k in enumerate(words.going)]
        )
        read = self.embed(words.read) + self._place(place)
        if masks is not None:
            read = read * masks.word[words.comment]
        padded = read.new_zeros(len(words.last), len(words.going), read.shape[1])
        padded = padded.index_put((words.comment, place), read)
        for block in self.blocks:
            padded, weights = block(padded, padded, memory, causal=True)
        mind = self.norm(padded)[words.comment, place]
        if masks is not None:
            mind = mind * masks.mind[words.comment]
        there = weights[words.comment, place]
        if not self.spec.attends:
            there = there[:, :0]
        coverage = there.new_zeros(len(words.last), there.shape[1])
        return Reading(mind, mind[words.last], coverage.index_add(0, words.comment, there))

    def start(self, prompt: Prompt) -> State:
        """The state before the first word."""
        memory = self._memory(prompt, None)
        nothing = memory.notes.new_empty(len(memory.notes), 0, self.spec.size)
        return State([nothing for _ in self.blocks], memory)

    def step(self, tokens: Tensor, state: State, nudge: Tensor | None = None) -> Step:
        """Read one word of each comment, (n,)."""
        place = torch.full_like(tokens, state.past[0].shape[1])
        new = (self.embed(tokens) + self._place(place))[:, None]
        past = []
        for block, before in zip(self.blocks, state.past, strict=True):
            past.append(torch.cat([before, new], 1))
            new, weights = block(new, past[-1], state.memory, causal=False, nudge=nudge)
        attention = weights[:, 0] if self.spec.attends else None
        return Step(self.norm(new)[:, 0], State(past, state.memory), attention)

    def select(self, state: State, rows: Int64s) -> State:
        """The state of some of the comments, any of them more than once."""
        memory = state.memory
        index = torch.from_numpy(rows).to(memory.notes.device)
        which = memory.seating.which.cpu().numpy()[rows]
        chosen = Memory(
            memory.values,
            memory.notes[index],
            memory.noted[index],
            Seating.of(which, memory.notes.device),
        )
        return State([past[index] for past in state.past], chosen)

    def _place(self, place: Tensor) -> Tensor:
        """(n, d) for words at these places (n,) of their comments, from 0."""
        found: Tensor = self.place(place.clamp(max=_PLACES - 1))
        return found

    def _memory(self, prompt: Prompt, masks: Masks | None) -> Memory:
        normal = self.normal(prompt.features)
        if not self.spec.attends:
            normal = normal[:, None]  # a vector is a grid of one position
        values = torch.relu(self.project(normal))
        if masks is not None:
            values = values * masks.picture[:, None]
        around = self.normal(prompt.around) / self.spread
        matrices = self.around.weight.view(len(AROUND), self.spec.size, -1)
        around = torch.einsum("nwc,wdc->nwd", around, matrices)
        around = around + self.around.bias.view(len(AROUND), -1)
        facts = self.facts(prompt.facts * self.told)[:, None]
        context = prompt.context.flatten(1)
        told = self.embed(context) + self.context_place.weight
        said = shared_rows(told, prompt.context_of)
        there = (context != PADDING)[prompt.context_of]
        always = there.new_ones(len(there), 1 + len(AROUND))
        return Memory(
            values,
            torch.cat([facts, around, said], 1),
            torch.cat([always, there], 1),
            prompt.seating,
        )


class _Block(nn.Module):
    """Attention to the comment's own words, to its picture and to its notes; then a network."""

    def __init__(self, d: int) -> None:
        super().__init__()
        self.to_words, self.to_picture, self.to_notes = (_Heads(d) for _ in range(3))
        self.norms = nn.ModuleList(nn.LayerNorm(d) for _ in range(4))
        self.think = nn.Sequential(nn.Linear(d, 4 * d), nn.GELU(), nn.Linear(4 * d, d))

    def forward(
        self,
        new: Tensor,
        known: Tensor,
        memory: Memory,
        *,
        causal: bool,
        nudge: Tensor | None = None,
    ) -> tuple[Tensor, Tensor]:
        """New words (n, t, d), and how much each looks at each position, (n, t, p)."""
        norm = self.norms[0]
        new = new + self.to_words(norm(new), norm(known), causal=causal)
        new = new + self.to_notes(self.norms[1](new), memory.notes, there=memory.noted)
        seen, weights = self.to_picture.at_pictures(
            self.norms[2](new), memory.values, memory.seating, nudge
        )
        new = new + seen
        return new + self.think(self.norms[3](new)), weights


class _Heads(nn.Module):
    """Attention by several heads, without dropout."""

    def __init__(self, d: int) -> None:
        super().__init__()
        self.query, self.out = nn.Linear(d, d), nn.Linear(d, d)
        self.key, self.value = nn.Linear(d, d, bias=False), nn.Linear(d, d)

    def forward(
        self, asking: Tensor, told: Tensor, *, causal: bool = False, there: Tensor | None = None
    ) -> Tensor:
        """What (n, t, d) see in what each is told (n, m, d), where it is ``there`` (n, m)."""
        query = _split(self.query(asking))
        key, value = _split(self.key(told)), _split(self.value(told))
        mask = None if there is None else there[:, None, None]
        seen = functional.scaled_dot_product_attention(query, key, value, mask, is_causal=causal)
        return self._joined(seen)

    def at_pictures(
        self, asking: Tensor, values: Tensor, seating: Seating, nudge: Tensor | None
    ) -> tuple[Tensor, Tensor]:
        """What words (n, t, d) see of their pictures (u, p, d), and the heads' mean weights.

        ``nudge`` (n, p) is added to the scores of every head.
        """
        n, t, d = asking.shape
        u, p, _ = values.shape
        query = self.query(asking).view(n, t * _HEADS, -1)
        key, value = (_split(part(values)).flatten(0, 1) for part in (self.key, self.value))
        table = query.new_zeros(u * seating.most, *query.shape[1:])
        table = table.index_copy(0, seating.seats[:n], query)
        table = table.view(u, seating.most * t, _HEADS, -1).transpose(1, 2).flatten(0, 1)
        scores = torch.bmm(table, key.transpose(1, 2)).float() / math.sqrt(d // _HEADS)
        if nudge is not None:
            pushed = nudge.new_zeros(u * seating.most, p).index_copy(0, seating.seats[:n], nudge)
            pushed = pushed.view(u, 1, seating.most, 1, p)
            scores = (scores.view(u, _HEADS, seating.most, t, p) + pushed).view_as(scores)
        weights = scores.softmax(2)
        seen = torch.bmm(weights.to(value.dtype), value).view(u, _HEADS, seating.most, t, -1)
        seen = seen.transpose(1, 2).flatten(0, 1)[seating.seats[:n]]
        shown = weights.view(u, _HEADS, seating.most, t, p).mean(1).flatten(0, 1)
        return self._joined(seen), shown[seating.seats[:n]]

    def _joined(self, seen: Tensor) -> Tensor:
        """Heads (n, h, t, d / h) to (n, t, d)."""
        joined: Tensor = self.out(seen.transpose(1, 2).flatten(2))
        return joined


def _split(rows: Tensor) -> Tensor:
    """(n, t, d) to heads (n, h, t, d / h)."""
    return rows.view(*rows.shape[:2], _HEADS, -1).transpose(1, 2)
