"""Captions read at once, and the same read word by word."""

from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from pipeline.captioning.caption_set import CaptionSet
from pipeline.captioning.captioner import Captioner, Step
from pipeline.captioning.prompt import PackedWords, Prompt
from pipeline.pictures.feature_bank import FeatureBank
from tests.captioning import toys
from tests.captioning.toys import Kind

PICTURES = [1, 0, 2, 1, 1]
RAGGED = [[4, 5, 6], [5, 5, 7], [6, 5], [7], []]
FULL = [[4 + n % 6, 5, 6 + n % 4] for n in range(5)]
LENGTHS = [len(words) + 1 for words in RAGGED]


def captions(kind: Kind, sentences: list[list[int]] = RAGGED) -> CaptionSet:
    return toys.caption_set(toys.varied_inputs(kind, PICTURES), sentences)


def bank(folder: Path, kind: Kind) -> FeatureBank:
    return toys.bank(folder, kind, count=4)


def sensitive(kind: Kind, **changes: Any) -> Captioner:
    """So that every word and picture matters to all that comes after."""
    network = toys.captioner(kind, **changes)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.mul_(2)
    return network


def stepped(network: Captioner, prompt: Prompt, words: PackedWords) -> list[Step]:
    """Read captions of one length word by word."""
    state = network.start(prompt)
    steps = []
    for tokens in by_word(words.inputs, words):
        steps.append(network.step(tokens, state))
        state = steps[-1].state
    return steps


def read_alone(
    network: Captioner, captions: CaptionSet, bank: FeatureBank, row: int
) -> tuple[Tensor, Tensor]:
    """States (t, d) and attention weights (t, p), step by step."""
    prompt, words = toys.reading(captions, bank, [row])
    steps = stepped(network, prompt, words)
    weights = [step.weights for step in steps if step.weights is not None]
    shared = torch.cat(weights) if weights else torch.empty(len(steps), 0)
    return torch.cat([step.hidden for step in steps]), shared


def by_word(places: Tensor, words: PackedWords) -> list[Tensor]:
    """Of packed places those of the first words, of the second, …"""
    parts: tuple[Tensor, ...] = places.split(words.batch_sizes)  # type: ignore[no-untyped-call]
    return list(parts)


def of_each_caption(hidden: Tensor, words: PackedWords) -> list[Tensor]:
    """The states after each word of each caption, from packed ones."""
    return [hidden[words.caption == index] for index in range(len(words.last))]


def read_full(network: Captioner, kind: Kind, bank: FeatureBank) -> list[Step]:
    prompt, words = toys.reading(captions(kind, FULL), bank)
    return stepped(network, prompt, words)
