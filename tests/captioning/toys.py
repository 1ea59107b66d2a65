"""Small captioners, and comments to learn from."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch

from pipeline.captioning.captioner import (
    Attention,
    Captioner,
    CaptionerSpec,
    Decoder,
    build_captioner,
)
from pipeline.captioning.dataset import CommentSet, words_of
from pipeline.captioning.examples import Moments
from pipeline.captioning.looks import Looks
from pipeline.captioning.prompt import AROUND, CONTEXT_COMMENTS, CONTEXT_WORDS, Prompt, Words
from pipeline.captioning.training import Schedule, Trainer
from pipeline.learning.team import Team
from pipeline.pictures.feature_bank import FeatureBank
from pipeline.runtime.arrays import Int64s
from pipeline.text.vocabulary import END, PADDING, Vocabulary
from tests.captioning.conftest import GRID, features_file

VOCABULARY = Vocabulary(
    words=["a", "b", "!", "c", "d", "。"],
    counts=[40, 30, 25, 20, 10, 5],
    symbols=[False, False, True, False, False, True],
    distinct=9,
    total=140,
)
A, B, MARK, C, D, STOP = range(4, 10)
"""Ids of its words."""
LOOKS = Looks(["naka", "ue", "shita"], ["medium", "big", "small"], ["white", "red"])
CPU = torch.device("cpu")
ALONE = Team(0, 1, CPU)


class Kind(NamedTuple):
    """What a captioner is made of."""

    decoder: Decoder
    attention: Attention

    @property
    def attends(self) -> bool:
        return self.attention != "none"


ADDITIVE, DOT, BLIND = Kind("lstm", "additive"), Kind("lstm", "dot"), Kind("lstm", "none")
TRANSFORMER, BLIND_TRANSFORMER = Kind("transformer", "dot"), Kind("transformer", "none")
LSTMS = [ADDITIVE, DOT, BLIND]
KINDS = [*LSTMS, TRANSFORMER, BLIND_TRANSFORMER]
ATTENDING = [ADDITIVE, DOT, TRANSFORMER]


def each(kinds: Sequence[Kind]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("kind", kinds, ids="-".join)


all_kinds, lstms, attending = each(KINDS), each(LSTMS), each(ATTENDING)


def spec(kind: Kind, **changes: Any) -> CaptionerSpec:
    """``changes`` are fields of the spec: size, dropout, gate, softmax, time, rate, …"""
    fields: dict[str, Any] = {
        "decoder": kind.decoder,
        "attention": kind.attention,
        "channels": GRID[1],
        "words": len(VOCABULARY),
        "size": 16,
        "dropout": 0.0,
        "gate": True,
        "softmax": "full",
        "time": True,
        "rate": True,
        "looks": LOOKS,
    }
    return CaptionerSpec(**fields | changes)


def captioner(kind: Kind, seed: int = 0, **changes: Any) -> Captioner:
    torch.manual_seed(seed)
    return build_captioner(spec(kind, **changes))


def features(kind: Kind, count: int, seed: int = 5) -> torch.Tensor:
    """Rows of a bank, (count, p, c) or (count, c)."""
    shape = (count, *GRID) if kind.attends else (count, GRID[1])
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed)) * 2


def bank(folder: Path, kind: Kind, count: int = 2) -> FeatureBank:
    features_file(folder / "features.h5", tap=features(kind, count).numpy())
    return open_bank(folder)


def open_bank(folder: Path) -> FeatureBank:
    """What ``bank`` has written."""
    return FeatureBank([folder / "features.h5"], "tap")


def moments(kind: Kind, picture: Sequence[int] | Int64s) -> Moments:
    """Nothing but the pictures tells these apart."""
    n, notes = len(picture), kind.decoder == "transformer"
    rows = np.array(picture, np.int64)
    return Moments(
        rows,
        np.full((n, 4), 0.5, np.float32),
        np.repeat(rows[:, None], len(AROUND) if notes else 0, 1),
        np.full((n, *((CONTEXT_COMMENTS, CONTEXT_WORDS) if notes else (0, 0))), PADDING, np.int32),
    )


def varied_moments(kind: Kind, picture: Sequence[int] | Int64s, seed: int = 0) -> Moments:
    """With facts, pictures around and contexts drawn at random, some contexts shared."""
    draws = np.random.default_rng([seed, 77])
    plain = moments(kind, picture)
    contexts = np.full((3, *plain.context.shape[1:]), PADDING, np.int32)
    for context, comments in zip(contexts, (0, 2, 5), strict=True):
        for row in context[len(context) - comments :]:
            words = draws.integers(1, CONTEXT_WORDS + 1)
            row[:words] = draws.integers(4, 10, words)
    return replace(
        plain,
        facts=draws.random((len(plain), 4)).astype(np.float32),
        around=draws.choice(plain.picture, plain.around.shape),
        context=contexts[draws.integers(0, 3, len(plain))],
    )


def comment_set(
    moments: Moments, sentences: list[list[int]], looks: Sequence[Sequence[int]] | None = None
) -> CommentSet:
    """``sentences`` without end marks; ``looks`` plain if not given."""
    classes = np.array(looks or [[0, 0, 0]] * len(sentences), np.int64).reshape(-1, 3)
    return CommentSet(moments, [[*words, END] for words in sentences], classes)


def two_sentences(kind: Kind, count: int) -> CommentSet:
    """What is said of two pictures: of each always the same, begun by a word of its own."""
    picture = [index % 2 for index in range(count)]
    said, looks = [[A, C, D], [B, C, MARK]], [[0, 1, 0], [2, 1, 1]]
    return comment_set(
        moments(kind, picture), [said[row] for row in picture], [looks[row] for row in picture]
    )


def mixed_comments(kind: Kind, count: int, pictures: int, seed: int = 0) -> CommentSet:
    """Comments of one to five words, drawn at random as all else is."""
    draws = np.random.default_rng(seed)
    picture = draws.integers(0, pictures, count)
    sentences = [draws.integers(4, 10, draws.integers(1, 6)).tolist() for _ in range(count)]
    looks = draws.integers(0, [3, 3, 2], (count, 3)).tolist()
    return comment_set(varied_moments(kind, picture, seed), sentences, looks)


def comments_led_by_their_picture(kind: Kind, count: int, pictures: int, seed: int) -> CommentSet:
    """Two to four words, drawn at random but three times in four the word of the picture."""
    draws = np.random.default_rng(seed)
    picture = draws.integers(0, pictures, count)
    sentences = [
        [4 + row if draws.random() < 0.75 else int(draws.integers(4, 10)) for _ in range(words)]
        for row, words in zip(picture.tolist(), draws.integers(2, 5, count), strict=True)
    ]
    return comment_set(moments(kind, picture), sentences)


def reading(
    comments: CommentSet, bank: FeatureBank, rows: Sequence[int] | None = None
) -> tuple[Prompt, Words]:
    """Some comments, the longest first, or all of them: what is read and what it is about."""
    chosen = np.array(range(len(comments)) if rows is None else rows, np.int64)
    sentences = [comments.sentences[row] for row in chosen.tolist()]
    return comments.moments.take(chosen).prompt(bank, CPU), words_of(sentences, CPU)


def longest_first(comments: CommentSet) -> list[int]:
    return sorted(range(len(comments)), key=lambda row: -len(comments.sentences[row]))


def trainer(
    network: Captioner,
    train: CommentSet,
    dev: CommentSet,
    bank: FeatureBank,
    team: Team = ALONE,
    **changes: Any,
) -> Trainer:
    """``changes`` are fields of the schedule: batch, epochs, patience, learning_rate, …"""
    fields: dict[str, Any] = {
        "batch": 4,
        "epochs": 4,
        "patience": 99,
        "learning_rate": 0.02,
        "weight_decay": 0.01,
        "doubly_stochastic": 0.0,
        "average": True,
        "seed": 3,
        "bfloat16": False,
    }
    return Trainer(network, train, dev, bank, Schedule(**fields | changes), team)
