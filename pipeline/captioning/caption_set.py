"""Captions to learn from or to measure by, and the batches they come in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from pipeline.captioning.inputs import CaptionInputs
from pipeline.captioning.prompt import PackedWords, Prompt
from pipeline.pictures.feature_bank import FeatureBank
from pipeline.runtime.arrays import Float32s, Int64s
from pipeline.text.vocabulary import BEGIN, END

_MAX_GROUP = 16
"""Captions on one picture that attend to it together. The table of ``PictureGroups`` is as wide as
the largest group, so larger ones would fill it with padding."""

UNKNOWN_STYLE = -100  # as torch's cross entropy ignores it

Groups = list[Int64s]
"""The captions of a batch (their rows in the set), grouped by picture."""


class CaptionBatch(NamedTuple):
    """The part of a batch that one process works on: n captions on u pictures."""

    prompt: Prompt
    words: PackedWords
    style: Tensor
    """(n, styles) classes; see ``CaptionSet``."""
    groups: Tensor
    """(u,) the place of each group among those of the whole batch."""
    rows: Tensor
    """(n,) the place of each caption among those of the whole batch."""
    weights: Tensor | None
    """(words,) how much each place counts in training; None where all count the same."""


@dataclass(frozen=True)
class CaptionSet:
    """Captions as numbers."""

    inputs: CaptionInputs
    sentences: list[list[int]]
    """Word ids with the end mark."""
    style: Int64s
    """(n, styles) classes; ``UNKNOWN_STYLE`` where one is not known, and so not learned."""
    weights: Float32s | None = None
    """(n,) how much each counts in training, 1 on average; None where all count the same."""

    def __len__(self) -> int:
        return len(self.sentences)

    @property
    def word_count(self) -> int:
        """Words of all captions, end marks included."""
        return sum(map(len, self.sentences))

    @classmethod
    def concatenate(cls, parts: Sequence[CaptionSet]) -> CaptionSet:
        """The captions of all ``parts``, one after the other."""
        return cls(
            CaptionInputs.concatenate([part.inputs for part in parts]),
            [sentence for part in parts for sentence in part.sentences],
            np.concatenate([part.style for part in parts]),
            _concatenated([part.weights for part in parts]),
        )

    def plan(self, size: int, draws: np.random.Generator | None = None) -> list[Groups]:
        """Divide all captions into batches of ``size`` or a few more, grouped by picture.

        So a picture is read once a batch, not once a caption. With ``draws`` the order of batches
        and what shares a batch are random.
        """
        order = draws.permutation(len(self)) if draws else np.arange(len(self))
        groups = _group_by_picture(order, self.inputs.picture)
        if draws:
            groups = [groups[index] for index in draws.permutation(len(groups))]
        batches: list[Groups] = [[]]
        count = 0
        for group in groups:
            if count >= size:
                batches.append([])
                count = 0
            batches[-1].append(group)
            count += len(group)
        return batches

    def words_in(self, groups: Groups) -> int:
        """Words of the captions of a batch, end marks included."""
        return sum(len(self.sentences[index]) for group in groups for index in group.tolist())

    def batch(
        self, groups: Groups, bank: FeatureBank, device: torch.device, rank: int = 0, ranks: int = 1
    ) -> CaptionBatch | None:
        """The part of a batch that process ``rank`` of ``ranks`` works on; None if it is empty."""
        ours = list(range(rank, len(groups), ranks))
        if not ours:
            return None
        sizes = [len(group) for group in groups]
        firsts = np.cumsum([0, *sizes])
        captions = np.concatenate([groups[index] for index in ours])
        rows = np.concatenate([firsts[index] + np.arange(sizes[index]) for index in ours])
        group = np.repeat(np.arange(len(ours)), [sizes[index] for index in ours])

        # Packed words want the longest caption first.
        lengths = np.array([len(self.sentences[index]) for index in captions.tolist()])
        longest_first = np.argsort(-lengths, kind="stable")
        captions, rows, group = captions[longest_first], rows[longest_first], group[longest_first]
        pictures = self.inputs.picture[[groups[index][0] for index in ours]]
        words = pack_words([self.sentences[index] for index in captions.tolist()], device)
        weights = None if self.weights is None else torch.from_numpy(self.weights[captions])
        return CaptionBatch(
            self.inputs.take(captions).prompt_on(pictures, group, bank, device),
            words,
            torch.from_numpy(self.style[captions]).to(device),
            torch.tensor(ours, device=device),
            torch.from_numpy(rows).to(device),
            None if weights is None else weights.to(device)[words.caption],
        )

    def with_pictures_shuffled(self, seed: int) -> CaptionSet:
        """The same captions, each with the pictures of another one."""
        order = np.random.default_rng([seed, len(self)]).permutation(len(self))
        inputs = replace(
            self.inputs, picture=self.inputs.picture[order], around=self.inputs.around[order]
        )
        return replace(self, inputs=inputs)


def pack_words(sentences: Sequence[Sequence[int]], device: torch.device) -> PackedWords:
    """Pack sentences with their end marks, sorted by length, the longest first."""
    lengths = np.array([len(sentence) for sentence in sentences])
    table = np.full((len(sentences), int(lengths[0])), END)  # (n, t)
    for row, sentence in zip(table, sentences, strict=True):
        row[: len(sentence)] = sentence
    batch_sizes = [int((lengths > place).sum()) for place in range(int(lengths[0]))]
    starts = np.cumsum([0, *batch_sizes])
    inputs = np.concatenate([np.full((len(table), 1), BEGIN), table[:, :-1]], 1)

    def packed(rows: Int64s) -> Tensor:
        columns = [rows[:k, place] for place, k in enumerate(batch_sizes)]
        return torch.from_numpy(np.concatenate(columns)).to(device)

    captions = np.repeat(np.arange(len(table))[:, None], len(batch_sizes), 1)
    last = torch.from_numpy(starts[lengths - 1] + np.arange(len(table))).to(device)
    return PackedWords(packed(inputs), packed(table), packed(captions), last, batch_sizes)


def _concatenated(parts: Sequence[Float32s | None]) -> Float32s | None:
    """All or none of ``parts`` are arrays."""
    given = [part for part in parts if part is not None]
    return np.concatenate(given) if given else None


def _group_by_picture(order: Int64s, picture: Int64s) -> Groups:
    """Split captions by picture, keeping their ``order``, at most ``_MAX_GROUP`` to a group."""
    order = order[np.argsort(picture[order], kind="stable")]
    cuts = np.flatnonzero(np.diff(picture[order])) + 1
    return [
        group[start : start + _MAX_GROUP]
        for group in np.split(order, cuts)
        for start in range(0, len(group), _MAX_GROUP)
    ]
