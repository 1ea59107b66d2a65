"""Small captioners, and comments to learn from."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch

from pipeline.captioning.build import build_captioner
from pipeline.captioning.caption_set import CaptionSet, Groups, pack_words
from pipeline.captioning.captioner import Captioner, CaptionerSpec
from pipeline.captioning.inputs import CaptionInputs
from pipeline.captioning.model_file import Model, ModelCard
from pipeline.captioning.prompt import (
    AROUND,
    CONTEXT_CAPTIONS,
    CONTEXT_WORDS,
    PackedWords,
    Prompt,
)
from pipeline.captioning.settings import Attention, Decoder
from pipeline.captioning.task import CaptionerTask, Nll, Part, epoch_record
from pipeline.captioning.training_record import Epoch
from pipeline.learning.settings import Schedule
from pipeline.learning.team import Team
from pipeline.learning.training import Training
from pipeline.pictures.feature_bank import FeatureBank
from pipeline.runtime.arrays import Int64s
from pipeline.text.vocabulary import END, PADDING, Vocabulary
from tests.captioning.conftest import GRID, features_file

VOCABULARY = Vocabulary(
    words=["a", "b", "!", "c", "d", "。"],
    counts=[40, 30, 25, 20, 10, 5],
    parts=["名詞"] * 6,
    symbols=[False, False, True, False, False, True],
    distinct=9,
    total=140,
)
A, B, MARK, C, D, STOP = range(4, 10)
"""Ids of its words."""
STYLE = {
    "place": ["naka", "ue", "shita"],
    "size": ["medium", "big", "small"],
    "color": ["white", "red"],
}
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
        "style": STYLE,
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


def inputs(kind: Kind, picture: Sequence[int] | Int64s) -> CaptionInputs:
    """They differ by their pictures alone."""
    n, notes = len(picture), kind.decoder == "transformer"
    rows = np.array(picture, np.int64)
    return CaptionInputs(
        rows,
        np.full((n, 4), 0.5, np.float32),
        np.repeat(rows[:, None], len(AROUND) if notes else 0, 1),
        np.full((n, *((CONTEXT_CAPTIONS, CONTEXT_WORDS) if notes else (0, 0))), PADDING, np.int32),
    )


def varied_inputs(kind: Kind, picture: Sequence[int] | Int64s, seed: int = 0) -> CaptionInputs:
    """With facts, pictures around and contexts drawn at random, some contexts shared."""
    draws = np.random.default_rng([seed, 77])
    plain = inputs(kind, picture)
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


def caption_set(
    inputs: CaptionInputs, sentences: list[list[int]], style: Sequence[Sequence[int]] | None = None
) -> CaptionSet:
    """``sentences`` without end marks; ``style`` plain if not given."""
    classes = np.array(style or [[0, 0, 0]] * len(sentences), np.int64).reshape(-1, 3)
    return CaptionSet(inputs, [[*words, END] for words in sentences], classes)


def two_sentences(kind: Kind, count: int) -> CaptionSet:
    """Two sentences, each always on the same one of two pictures; their first words differ."""
    picture = [index % 2 for index in range(count)]
    both, style = [[A, C, D], [B, C, MARK]], [[0, 1, 0], [2, 1, 1]]
    return caption_set(
        inputs(kind, picture), [both[row] for row in picture], [style[row] for row in picture]
    )


def mixed_captions(kind: Kind, count: int, pictures: int, seed: int = 0) -> CaptionSet:
    """Comments of one to five words, drawn at random as all else is."""
    draws = np.random.default_rng(seed)
    picture = draws.integers(0, pictures, count)
    sentences = [draws.integers(4, 10, draws.integers(1, 6)).tolist() for _ in range(count)]
    style = draws.integers(0, [3, 3, 2], (count, 3)).tolist()
    return caption_set(varied_inputs(kind, picture, seed), sentences, style)


def captions_led_by_their_picture(kind: Kind, count: int, pictures: int, seed: int) -> CaptionSet:
    """Two to four words, drawn at random but three times in four the word of the picture."""
    draws = np.random.default_rng(seed)
    picture = draws.integers(0, pictures, count)
    sentences = [
        [4 + row if draws.random() < 0.75 else int(draws.integers(4, 10)) for _ in range(words)]
        for row, words in zip(picture.tolist(), draws.integers(2, 5, count), strict=True)
    ]
    return caption_set(inputs(kind, picture), sentences)


def reading(
    comments: CaptionSet, bank: FeatureBank, rows: Sequence[int] | None = None
) -> tuple[Prompt, PackedWords]:
    """Some comments, the longest first, or all of them: what is read and what it is about."""
    chosen = np.array(range(len(comments)) if rows is None else rows, np.int64)
    sentences = [comments.sentences[row] for row in chosen.tolist()]
    return comments.inputs.take(chosen).prompt(bank, CPU), pack_words(sentences, CPU)


def longest_first(comments: CaptionSet) -> list[int]:
    return sorted(range(len(comments)), key=lambda row: -len(comments.sentences[row]))


class CaptionerTraining(Training[Groups, Part]):
    """Training in the words of the captioner."""

    task: CaptionerTask

    @property
    def captioner(self) -> Captioner:
        return self.task.captioner

    @property
    def epochs(self) -> list[Epoch]:
        return [epoch_record(epoch) for epoch in self.history]

    @property
    def epoch_nll(self) -> float:
        return self.mean_losses["captioner"]

    def nll(self, captions: CaptionSet) -> Nll:
        return self.measure(lambda: self.task.nll(captions))

    def finish(self) -> Epoch:
        """Run all epochs that are left, and return the last."""
        while not self.finished:
            self.run_epoch()
        return self.epochs[-1]


def training(
    network: Captioner,
    train: CaptionSet,
    dev: CaptionSet,
    bank: FeatureBank,
    team: Team = ALONE,
    **changes: Any,
) -> CaptionerTraining:
    """``changes`` are those of the schedule, of the task or of the precision."""
    fields: dict[str, Any] = {
        "batch": 4,
        "epochs": 4,
        "patience": 99,
        "learning_rate": 0.02,
        "weight_decay": 0.01,
        "average": True,
        "doubly_stochastic": 0.0,
        "seed": 3,
        "bfloat16": False,
    } | changes
    schedule = Schedule(**{name: fields[name] for name in Schedule.__struct_fields__})
    task = CaptionerTask(
        network,
        train,
        dev,
        bank,
        team,
        batch_size=fields["batch"],
        doubly_stochastic=fields["doubly_stochastic"],
        seed=fields["seed"],
    )
    return CaptionerTraining(task, schedule, team, bfloat16=fields["bfloat16"])


def model(network: Captioner) -> Model:
    """With the words above, for features whose tap is called ``tap``."""
    return Model(network, ModelCard(network.spec, "toy", "none", "tap"), VOCABULARY)


def train_set(kind: Kind) -> CaptionSet:
    """What ``mixed_training`` learns from."""
    return mixed_captions(kind, 40, 6)


def dev_set(kind: Kind) -> CaptionSet:
    """What it is measured on."""
    return mixed_captions(kind, 13, 6, seed=1)


def mixed_training(folder: Path, kind: Kind, seed: int = 0, **changes: Any) -> CaptionerTraining:
    """On mixed captions of six pictures, with dropout."""
    network = captioner(kind, seed=seed, dropout=0.3)
    features = bank(folder, kind, count=6)
    return training(network, train_set(kind), dev_set(kind), features, **changes)
