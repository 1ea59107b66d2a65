"""Small captioners and comments to learn from."""

from pathlib import Path

import numpy as np
import torch

from pipeline.nn.captioner import Attention, Captioner, CaptionerSpec
from pipeline.nn.dataset import CommentSet, FeatureBank
from pipeline.nn.training import Schedule, Trainer
from pipeline.text.vocabulary import END, Vocabulary
from tests.nn.conftest import GRID, features_file

VOCABULARY = Vocabulary(
    words=["a", "b", "!", "c", "d", "。"],
    counts=[40, 30, 25, 20, 10, 5],
    symbols=[False, False, True, False, False, True],
    distinct=9,
    total=140,
)
A, B, MARK, C, D, STOP = range(4, 10)
"""Ids of its words."""


def captioner(attention: Attention, seed: int = 0, dropout: float = 0, size: int = 16) -> Captioner:
    torch.manual_seed(seed)
    return Captioner(CaptionerSpec(attention, GRID[1], len(VOCABULARY), size, dropout))


def features(attention: Attention, count: int, seed: int = 5) -> torch.Tensor:
    shape = (count, *GRID) if attention != "none" else (count, GRID[1])
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed)) * 2


def bank(folder: Path, attention: Attention, count: int = 2) -> FeatureBank:
    path = features_file(folder / "features.h5", tap=features(attention, count).numpy())
    return FeatureBank([path], "tap")


def two_sentences(count: int) -> CommentSet:
    """What is said of two pictures: of each always the same, begun by a word of its own."""
    said = [[A, C, D, END], [B, C, MARK, END]]
    picture = np.arange(count, dtype=np.int64) % 2
    return CommentSet(picture, [said[index] for index in picture.tolist()])


def mixed_comments(count: int, pictures: int, seed: int = 0) -> CommentSet:
    """Comments of one to five words, drawn at random."""
    draws = np.random.default_rng(seed)
    return CommentSet(
        draws.integers(0, pictures, count),
        [[*draws.integers(4, 10, draws.integers(1, 6)).tolist(), END] for _ in range(count)],
    )


def comments_led_by_their_picture(count: int, pictures: int, seed: int = 0) -> CommentSet:
    """Two to four words, drawn at random but three times in four the word of the picture."""
    draws = np.random.default_rng(seed)
    picture = draws.integers(0, pictures, count)
    return CommentSet(
        picture,
        [
            [4 + row if draws.random() < 0.75 else int(draws.integers(4, 10)) for _ in range(words)]
            + [END]
            for row, words in zip(picture.tolist(), draws.integers(2, 5, count), strict=True)
        ],
    )


def trainer(
    network: Captioner,
    features: FeatureBank,
    batch: int = 4,
    epochs: int = 4,
    patience: int = 99,
    learning_rate: float = 0.02,
    seed: int = 3,
) -> Trainer:
    schedule = Schedule(batch, epochs, patience, learning_rate, 0.01, seed)
    return Trainer(network, features, schedule, torch.device("cpu"))
