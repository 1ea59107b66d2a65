"""A small Transformer decoder (Vaswani et al. 2017) behind the captioner's interface.

Besides the caption's own picture it attends to notes: the pooled features of pictures around, the
facts, and the words of captions of earlier seconds.

n  captions   u  pictures   p  positions   c  channels   d  size   h  heads
t  words of the longest caption   f  facts   w  pictures around
m  notes: 1 for the facts, w for pictures around, and the words of the context
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from pipeline.captioning.captioner import Captioner, CaptionerSpec, Reading, Step
from pipeline.captioning.dropout import DropoutMasks
from pipeline.captioning.prompt import (
    AROUND,
    CONTEXT_CAPTIONS,
    CONTEXT_WORDS,
    FACTS,
    PackedWords,
    PictureGroups,
    Prompt,
    shared_rows,
)
from pipeline.runtime.arrays import Int64s
from pipeline.text.vocabulary import PADDING

_BLOCKS, _HEADS = 2, 4
_MAX_POSITIONS = 256  # of words in a caption; those of a longer one share the last


class Memory(NamedTuple):
    """What the decoder attends to besides the words of its caption."""

    values: Tensor
    """(u, p, d)"""
    notes: Tensor
    """(n, m, d)"""
    note_mask: Tensor
    """(n, m) bool: which notes exist, since a context may be short."""
    groups: PictureGroups


class State(NamedTuple):
    """The words read so far, as each block's attention sees them."""

    past: list[Tensor]
    """(n, t, d) for each block."""
    memory: Memory


class TransformerCaptioner(Captioner):
    """See the module's docstring."""

    def __init__(self, spec: CaptionerSpec) -> None:
        super().__init__(spec)
        d = spec.size
        self.project = nn.Linear(spec.channels, d)
        self.place = nn.Embedding(_MAX_POSITIONS, d)
        self.around = nn.Linear(spec.channels, len(AROUND) * d)
        self.facts = nn.Linear(len(FACTS), d)
        self.context_place = nn.Embedding(CONTEXT_CAPTIONS * CONTEXT_WORDS, d)
        self.blocks = nn.ModuleList(_Block(d) for _ in range(_BLOCKS))
        self.norm = nn.LayerNorm(d)
        # torch draws embeddings at unit variance; words and positions are added, so both get the
        # same small scale.
        nn.init.normal_(self.embed.weight, std=d**-0.5)
        for places in (self.place, self.context_place):
            nn.init.normal_(places.weight, std=d**-0.5)

    def read(
        self, prompt: Prompt, words: PackedWords, masks: DropoutMasks | None = None
    ) -> Reading:
        """Read true words (teacher forcing); ``masks`` apply dropout."""
        memory = self._memory(prompt, masks)
        place = torch.cat(
            [torch.full_like(words.caption[:k], i) for i, k in enumerate(words.batch_sizes)]
        )  # (words,) of each word in its caption
        embedded = self.embed(words.inputs) + self._position(place)  # (words, d)
        if masks is not None:
            embedded = embedded * masks.word[words.caption]
        # Blocks need captions as rows. Padding stays behind the words, where the causal mask keeps
        # it out of their sight.
        padded = embedded.new_zeros(len(words.last), len(words.batch_sizes), embedded.shape[1])
        padded = padded.index_put((words.caption, place), embedded)  # (n, t, d)
        for block in self.blocks:
            padded, weights = block(padded, padded, memory, causal=True)  # (n, t, d), (n, t, p)
        hidden = self.norm(padded)[words.caption, place]  # (words, d)
        if masks is not None:
            hidden = hidden * masks.hidden[words.caption]
        attention = weights[words.caption, place]  # (words, p) of the last block
        if not self.spec.attends:
            attention = attention[:, :0]
        coverage = attention.new_zeros(len(words.last), attention.shape[1])  # (n, p)
        coverage = coverage.index_add(0, words.caption, attention)
        return Reading(hidden, hidden[words.last], coverage)

    def start(self, prompt: Prompt) -> State:
        """The state before the first word."""
        memory = self._memory(prompt, None)
        nothing = memory.notes.new_empty(len(memory.notes), 0, self.spec.size)  # (n, 0, d)
        return State([nothing for _ in self.blocks], memory)

    def step(self, tokens: Tensor, state: State, logit_offset: Tensor | None = None) -> Step:
        """Read one word of each caption, (n,)."""
        place = torch.full_like(tokens, state.past[0].shape[1])
        new = (self.embed(tokens) + self._position(place))[:, None]  # (n, 1, d)
        past = []
        for block, before in zip(self.blocks, state.past, strict=True):
            # A block sees the inputs that it had for earlier words, and this one.
            past.append(torch.cat([before, new], 1))  # (n, t, d)
            new, weights = block(
                new, past[-1], state.memory, causal=False, logit_offset=logit_offset
            )
        attention = weights[:, 0] if self.spec.attends else None  # (n, p)
        return Step(self.norm(new)[:, 0], State(past, state.memory), attention)

    def select(self, state: State, rows: Int64s) -> State:
        """The state of some of the captions (any of them more than once)."""
        memory = state.memory
        index = torch.from_numpy(rows).to(memory.notes.device)
        picture = memory.groups.picture.cpu().numpy()[rows]
        selected = Memory(
            memory.values,
            memory.notes[index],
            memory.note_mask[index],
            PictureGroups.from_pictures(picture, memory.notes.device),
        )
        return State([past[index] for past in state.past], selected)

    def _position(self, place: Tensor) -> Tensor:
        """Embeddings (n, d) of the places (n,) of words in their captions, from 0."""
        embedding: Tensor = self.place(place.clamp(max=_MAX_POSITIONS - 1))
        return embedding

    def _memory(self, prompt: Prompt, masks: DropoutMasks | None) -> Memory:
        features = self.normalized(prompt.features)
        if not self.spec.attends:
            features = features[:, None]  # a vector is a grid of one position: (u, 1, c)
        values = torch.relu(self.project(features))  # (u, p, d)
        if masks is not None:
            values = values * masks.picture[:, None]
        around = self.normalized(prompt.around) / self.spread  # (n, w, c)
        # Each offset in time has a matrix of its own: (w, d, c).
        matrices = self.around.weight.view(len(AROUND), self.spec.size, -1)
        around = torch.einsum("nwc,wdc->nwd", around, matrices)
        around = around + self.around.bias.view(len(AROUND), -1)  # (n, w, d)
        facts = self.facts(prompt.facts * self.fact_mask)[:, None]  # (n, 1, d)
        context = prompt.context.flatten(1)  # (x, k·l)
        embedded = self.embed(context) + self.context_place.weight  # (x, k·l, d)
        earlier = shared_rows(embedded, prompt.context_of)  # (n, k·l, d)
        exists = (context != PADDING)[prompt.context_of]  # (n, k·l)
        always = exists.new_ones(len(exists), 1 + len(AROUND))  # (n, 1 + w)
        return Memory(
            values,
            torch.cat([facts, around, earlier], 1),
            torch.cat([always, exists], 1),
            prompt.groups,
        )


class _Block(nn.Module):
    """Attention to the caption's own words, to its notes and to its picture; then an MLP."""

    def __init__(self, d: int) -> None:
        super().__init__()
        self.to_words, self.to_picture, self.to_notes = (_MultiHead(d) for _ in range(3))
        self.norms = nn.ModuleList(nn.LayerNorm(d) for _ in range(4))
        self.mlp = nn.Sequential(nn.Linear(d, 4 * d), nn.GELU(), nn.Linear(4 * d, d))

    def forward(
        self,
        new: Tensor,
        known: Tensor,
        memory: Memory,
        *,
        causal: bool,
        logit_offset: Tensor | None = None,
    ) -> tuple[Tensor, Tensor]:
        """New words (n, t, d), and the attention of each to each position, (n, t, p).

        ``known`` (n, t', d) are the words they may attend to, themselves among them.
        """
        # Normalisation comes before each layer, outside of the residual path (Xiong et al. 2020).
        norm = self.norms[0]
        new = new + self.to_words(norm(new), norm(known), causal=causal)
        new = new + self.to_notes(self.norms[1](new), memory.notes, mask=memory.note_mask)
        context, weights = self.to_picture.attend_pictures(
            self.norms[2](new), memory.values, memory.groups, logit_offset
        )
        new = new + context
        return new + self.mlp(self.norms[3](new)), weights


class _MultiHead(nn.Module):
    """Attention by several heads, without dropout."""

    def __init__(self, d: int) -> None:
        super().__init__()
        self.query, self.out = nn.Linear(d, d), nn.Linear(d, d)
        # A bias of keys adds the same to all logits of a query.
        self.key, self.value = nn.Linear(d, d, bias=False), nn.Linear(d, d)

    def forward(
        self, asking: Tensor, source: Tensor, *, causal: bool = False, mask: Tensor | None = None
    ) -> Tensor:
        """What (n, t, d) attend to in ``source`` (n, m, d), where ``mask`` (n, m) is true."""
        query = _split(self.query(asking))  # (n, h, t, d / h)
        key, value = _split(self.key(source)), _split(self.value(source))  # (n, h, m, d / h)
        over_heads = None if mask is None else mask[:, None, None]  # (n, 1, 1, m)
        context = functional.scaled_dot_product_attention(
            query, key, value, over_heads, is_causal=causal
        )
        return self._join(context)

    def attend_pictures(
        self, asking: Tensor, values: Tensor, groups: PictureGroups, logit_offset: Tensor | None
    ) -> tuple[Tensor, Tensor]:
        """What words (n, t, d) attend to in pictures (u, p, d), and the heads' mean weights.

        ``logit_offset`` (n, p) is added to the logits of every head. Returns (n, t, d) and
        (n, t, p). All words of all captions on a picture ask it in one product, as in
        ``PictureGroups.bmm``: by its slots a picture has m · t queries.
        """
        n, t, d = asking.shape
        u, p, _ = values.shape
        m = groups.size
        query = self.query(asking).view(n, t * _HEADS, -1)  # (n, t·h, d / h)
        key, value = (
            _split(part(values)).flatten(0, 1) for part in (self.key, self.value)
        )  # (u·h, p, d / h)
        table = query.new_zeros(u * m, *query.shape[1:])
        table = table.index_copy(0, groups.slots[:n], query)  # (u·m, t·h, d / h)
        table = table.view(u, m * t, _HEADS, -1).transpose(1, 2).flatten(0, 1)  # (u·h, m·t, d / h)
        logits = torch.bmm(table, key.transpose(1, 2)).float() / math.sqrt(d // _HEADS)
        if logit_offset is not None:
            offset = logit_offset.new_zeros(u * m, p)
            offset = offset.index_copy(0, groups.slots[:n], logit_offset).view(u, 1, m, 1, p)
            logits = (logits.view(u, _HEADS, m, t, p) + offset).view_as(logits)
        weights = logits.softmax(2)  # (u·h, m·t, p)
        context = torch.bmm(weights.to(value.dtype), value).view(u, _HEADS, m, t, -1)
        context = context.transpose(1, 2).flatten(0, 1)[groups.slots[:n]]  # (n, h, t, d / h)
        shown = weights.view(u, _HEADS, m, t, p).mean(1).flatten(0, 1)  # (u·m, t, p)
        return self._join(context), shown[groups.slots[:n]]

    def _join(self, heads: Tensor) -> Tensor:
        """Heads (n, h, t, d / h) to (n, t, d)."""
        joined: Tensor = self.out(heads.transpose(1, 2).flatten(2))
        return joined


def _split(rows: Tensor) -> Tensor:
    """(n, t, d) to heads (n, h, t, d / h)."""
    return rows.view(*rows.shape[:2], _HEADS, -1).transpose(1, 2)
