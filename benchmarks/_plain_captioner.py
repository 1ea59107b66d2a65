"""A training step as public tutorials write it, by the layers of one of our captioners.

In the manner of TensorFlow's "Image captioning with visual attention" and of common PyTorch
ones: every comment brings its own copy of its picture's features, read from HDF5 sample by
sample; comments are padded to the longest; the loop over words projects the grid to keys,
attends, and scores the vocabulary; the loss leaves padding out; the rest is autograd's.

n  comments   t  words of the longest, end mark included   p  positions   c  channels   d  size
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import NamedTuple

import h5py
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from torch.nn.utils.rnn import pack_padded_sequence

from pipeline.captioning.caption_set import CaptionSet
from pipeline.captioning.lstm import LstmCaptioner
from pipeline.captioning.prompt import FACTS
from pipeline.captioning.softmax import FullSoftmax
from pipeline.text.vocabulary import BEGIN, PADDING


class Sentences(NamedTuple):
    """Inputs and targets, padded."""

    inputs: Tensor
    """(n, t)"""
    targets: Tensor
    """(n, t)"""
    words: int
    """Padding left out."""


Nats = Callable[[LstmCaptioner, Tensor, Sentences], Tensor]
"""The sum over all words, of features (n, p, c) or (n, c)."""


class PlainTrainer:
    """Steps over the same comments, from a copy of a captioner's weights."""

    def __init__(
        self,
        captioner: LstmCaptioner,
        nats: Nats,
        path: Path,
        tap: str,
        comments: CaptionSet,
        learning_rate: float,
        weight_decay: float,
    ) -> None:
        self.losses: list[float] = []
        """Mean nats a word, as it was when each step began."""
        self._captioner = deepcopy(captioner)
        self._nats, self._path, self._tap, self._comments = nats, path, tap, comments
        self._optimizer = torch.optim.AdamW(
            self._captioner.parameters(), learning_rate, weight_decay=weight_decay
        )

    def step(self) -> None:
        """Learn from all comments once."""
        loss = self._loss()
        self._optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        self._optimizer.step()
        self.losses.append(loss.item())

    @torch.no_grad()
    def nll(self) -> float:
        """Mean nats a word of all comments."""
        return self._loss().item()

    def _loss(self) -> Tensor:
        device = self._captioner.mean.device
        with h5py.File(self._path) as file:
            dataset = file[self._tap]
            samples = [dataset[row] for row in self._comments.inputs.picture.tolist()]
        features = torch.from_numpy(np.stack(samples)).to(device).float()
        sentences = _padded(self._comments.sentences, device)
        return self._nats(self._captioner, features, sentences) / sentences.words


def _padded(comments: list[list[int]], device: torch.device) -> Sentences:
    longest = max(map(len, comments))
    truth = [[*words, *[PADDING] * (longest - len(words))] for words in comments]
    read = [[BEGIN, *words[:-1]] for words in truth]
    words = sum(map(len, comments))
    return Sentences(torch.tensor(read, device=device), torch.tensor(truth, device=device), words)


def attending(captioner: LstmCaptioner, features: Tensor, sentences: Sentences) -> Tensor:
    """With the grid projected once a comment, and its keys in every word step."""
    return _attending(captioner, features, sentences, projects_each_word=False)


def projecting(captioner: LstmCaptioner, features: Tensor, sentences: Sentences) -> Tensor:
    """With the grid, too, projected in every word step."""
    return _attending(captioner, features, sentences, projects_each_word=True)


def _attending(
    captioner: LstmCaptioner, features: Tensor, sentences: Sentences, *, projects_each_word: bool
) -> Tensor:
    if not projects_each_word:
        values = torch.relu(captioner.project(features))
    no_facts = features.new_zeros(len(features), len(FACTS))
    begun = captioner.initial(torch.cat([features.mean(1), no_facts], 1))
    hidden, cell = begun.tanh().chunk(2, 1)
    nats = features.new_zeros(())
    for read, truth in zip(sentences.inputs.T, sentences.targets.T, strict=True):
        if projects_each_word:
            values = torch.relu(captioner.project(features))
        keys, query = captioner.key(values), captioner.query(hidden)[:, None]
        weights = captioner.score(torch.tanh(keys + query)).softmax(1)  # (n, p, 1)
        seen = (weights * values).sum(1)
        entering = torch.cat([captioner.embed(read), seen], 1)
        hidden, cell = captioner.cell(entering, (hidden, cell))
        nats = nats + _word_nats(captioner, torch.cat([hidden, seen], 1), truth)
    return nats


def looping(captioner: LstmCaptioner, features: Tensor, sentences: Sentences) -> Tensor:
    """Without attention, word by word."""
    state = _begun(captioner, features)
    nats = features.new_zeros(())
    for read, truth in zip(sentences.inputs.T, sentences.targets.T, strict=True):
        output, state = captioner.lstm(captioner.embed(read)[:, None], state)
        nats = nats + _word_nats(captioner, output[:, 0], truth)
    return nats


def packing(captioner: LstmCaptioner, features: Tensor, sentences: Sentences) -> Tensor:
    """Without attention and without a loop, padding left out from the start.

    The better of the public ways, by yunjey's tutorial.
    """
    lengths = (sentences.targets != PADDING).sum(1).cpu()
    read, truth = (
        pack_padded_sequence(part, lengths, batch_first=True, enforce_sorted=False)
        for part in (captioner.embed(sentences.inputs), sentences.targets)
    )
    hidden, cell = (part[:, read.sorted_indices] for part in _begun(captioner, features))
    read = read._replace(sorted_indices=None, unsorted_indices=None)
    output, _ = captioner.lstm(read, (hidden.contiguous(), cell.contiguous()))
    return _word_nats(captioner, output.data, truth.data)


def _begun(captioner: LstmCaptioner, features: Tensor) -> tuple[Tensor, Tensor]:
    values = torch.relu(captioner.project(features))
    begun = captioner.initial(features.new_zeros(len(features), len(FACTS))).tanh()[None]
    hidden, cell = begun.chunk(2, 2)
    _, (hidden, cell) = captioner.lstm(values[:, None], (hidden.contiguous(), cell.contiguous()))
    return hidden, cell


def _word_nats(captioner: LstmCaptioner, output: Tensor, truth: Tensor) -> Tensor:
    assert isinstance(captioner.softmax, FullSoftmax)
    scores = captioner.softmax.out(torch.tanh(captioner.deep(output)))
    return functional.cross_entropy(scores, truth, ignore_index=PADDING, reduction="sum")
