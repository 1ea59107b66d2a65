import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from pipeline.nn.captioner import Attention
from pipeline.nn.dataset import CommentSet
from pipeline.nn.training import Epoch, Trainer, unigram_nll
from pipeline.text.vocabulary import BEGIN, END
from tests.nn import toys

TRAIN, DEV = toys.mixed_comments(40, 6), toys.mixed_comments(13, 6, seed=1)

all_kinds = pytest.mark.parametrize("attention", ["additive", "dot", "none"])


@all_kinds
def test_a_picture_that_decides_the_words_is_learned(tmp_path: Path, attention: Attention) -> None:
    comments = toys.two_sentences(16)
    trainer = toys.trainer(toys.captioner(attention), toys.bank(tmp_path, attention), epochs=30)
    while not trainer.finished:
        last = trainer.run_epoch(comments, comments)
    assert last.dev_nll < 0.1
    assert trainer.nll(comments.with_pictures_shuffled(1)) > 0.5


@all_kinds
def test_held_out_comments_are_worse_told_with_pictures_shuffled(
    tmp_path: Path, attention: Attention
) -> None:
    train, dev = (toys.comments_led_by_their_picture(n, 6, seed=n) for n in (120, 48))
    features = toys.bank(tmp_path, attention, count=6)
    captioner = toys.captioner(attention)
    captioner.mean, captioner.std, captioner.spread = features.statistics()
    trainer = toys.trainer(captioner, features, batch=16, epochs=25)
    while not trainer.finished:
        trainer.run_epoch(train, dev)
    trainer.use_best()
    true = trainer.nll(dev)
    assert true == min(epoch.dev_nll for epoch in trainer.history)
    for seed in range(3):
        assert trainer.nll(dev.with_pictures_shuffled(seed)) > true + 0.2
    assert unigram_nll(train, dev, len(toys.VOCABULARY)) > true + 0.2


@all_kinds
def test_a_resumed_run_equals_an_undisturbed_one(tmp_path: Path, attention: Attention) -> None:
    features = toys.bank(tmp_path, attention, count=6)
    checkpoint = tmp_path / "checkpoint.safetensors"

    def fresh() -> Trainer:
        return toys.trainer(toys.captioner(attention, dropout=0.3), features)

    whole = fresh()
    for _ in range(4):
        whole.run_epoch(TRAIN, DEV)

    first = fresh()
    for _ in range(2):
        first.run_epoch(TRAIN, DEV)
    first.save(checkpoint, "key")
    torch.manual_seed(99)
    second = toys.trainer(toys.captioner(attention, seed=8, dropout=0.3), features)
    assert second.resume(checkpoint, "key")
    assert second.history == first.history
    while not second.finished:
        second.run_epoch(TRAIN, DEV)

    losses = [(epoch.train_nll, epoch.dev_nll) for epoch in whole.history]
    assert [(epoch.train_nll, epoch.dev_nll) for epoch in second.history] == losses
    for best in (False, True):
        if best:
            whole.use_best()
            second.use_best()
        wanted = whole.captioner.state_dict()
        for name, tensor in second.captioner.state_dict().items():
            assert torch.equal(tensor, wanted[name]), name


def test_a_checkpoint_of_another_key_is_refused(tmp_path: Path) -> None:
    trainer = toys.trainer(toys.captioner("additive"), toys.bank(tmp_path, "additive", count=6))
    trainer.run_epoch(TRAIN, DEV)
    trainer.save(tmp_path / "checkpoint", "key")
    other = toys.trainer(
        toys.captioner("additive", seed=4), toys.bank(tmp_path, "additive", count=6)
    )
    before = {name: tensor.clone() for name, tensor in other.captioner.state_dict().items()}
    assert not other.resume(tmp_path / "checkpoint", "another key")
    assert not other.resume(tmp_path / "none", "key")
    assert other.history == []
    for name, tensor in other.captioner.state_dict().items():
        assert torch.equal(tensor, before[name])


def dev_nlls(trainer: Trainer, nlls: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the held-out measure of each epoch be the next of ``nlls``."""
    following: Iterator[float] = iter(nlls)
    monkeypatch.setattr(trainer, "nll", lambda comments: next(following))


def test_training_stops_when_patience_is_at_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    features = toys.bank(tmp_path, "additive", count=6)
    trainer = toys.trainer(toys.captioner("additive"), features, epochs=20, patience=3)
    assert (trainer.best_epoch, trainer.finished) == (0, False)
    dev_nlls(trainer, [5, 4, 4.5, 4.2, 4.1, 1], monkeypatch)
    states = []
    while not trainer.finished:
        trainer.run_epoch(TRAIN, DEV)
        states.append({k: v.clone() for k, v in trainer.captioner.state_dict().items()})
    assert [epoch.dev_nll for epoch in trainer.history] == [5, 4, 4.5, 4.2, 4.1]
    assert trainer.best_epoch == 2
    trainer.use_best()
    for name, tensor in trainer.captioner.state_dict().items():
        assert torch.equal(tensor, states[1][name])


def test_training_stops_after_its_last_epoch(tmp_path: Path) -> None:
    features = toys.bank(tmp_path, "additive", count=40)
    trainer = toys.trainer(toys.captioner("additive"), features, epochs=2)
    lonely = CommentSet(np.arange(40), TRAIN.sentences)
    while not trainer.finished:
        trainer.run_epoch(lonely, DEV)
    assert len(trainer.history) == 2
    assert [epoch.steps for epoch in trainer.history] == [10, 10]


def test_an_epoch_counts_the_steps_it_took(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = toys.trainer(toys.captioner("additive"), toys.bank(tmp_path, "additive", count=6))
    taken = 0
    clip = torch.nn.utils.clip_grad_norm_

    def counted(*arguments: Any) -> torch.Tensor:
        nonlocal taken
        taken += 1
        return clip(*arguments)

    monkeypatch.setattr(torch.nn.utils, "clip_grad_norm_", counted)
    for _ in range(3):
        before = taken
        epoch = trainer.run_epoch(TRAIN, DEV)
        assert epoch.steps == taken - before
        assert 40 / (4 + 15) <= epoch.steps <= 40 / 4


@all_kinds
def test_the_training_measure_is_the_mean_over_all_words_too(
    tmp_path: Path, attention: Attention
) -> None:
    features = toys.bank(tmp_path, attention, count=6)
    trainer = toys.trainer(toys.captioner(attention), features, learning_rate=0)
    epoch = trainer.run_epoch(TRAIN, DEV)
    assert math.isclose(epoch.train_nll, trainer.nll(TRAIN), rel_tol=1e-5)


@all_kinds
@pytest.mark.parametrize("dev", [DEV, toys.mixed_comments(50, 2, seed=2)], ids=["few", "crowded"])
def test_the_held_out_measure_is_the_mean_over_all_words_of_all_comments(
    tmp_path: Path, attention: Attention, dev: CommentSet
) -> None:
    captioner = toys.captioner(attention, dropout=0.5)
    features = toys.bank(tmp_path, attention, count=6)
    losses: list[float] = []
    captioner.eval()
    with torch.inference_mode():
        for row, sentence in zip(dev.picture.tolist(), dev.sentences, strict=True):
            tokens = torch.tensor([[BEGIN, *sentence[:-1]]])
            pictures = features.gather(np.array([row]))
            outputs = captioner(pictures, torch.tensor([0]), tokens)
            chances = captioner.logits(outputs).log_softmax(1)
            losses += [-chances[place, word].item() for place, word in enumerate(sentence)]
    captioner.train()
    turned = CommentSet(dev.picture[::-1].copy(), dev.sentences[::-1])
    for batch in (1, 5, 100):
        for comments in (dev, turned):
            measured = toys.trainer(captioner, features, batch=batch).nll(comments)
            assert math.isclose(measured, sum(losses) / len(losses), rel_tol=1e-5)


def test_measuring_changes_nothing_that_training_draws(tmp_path: Path) -> None:
    features = toys.bank(tmp_path, "additive", count=6)
    ends = []
    for measured in (False, True):
        trainer = toys.trainer(toys.captioner("additive", dropout=0.3), features)
        trainer.run_epoch(TRAIN, DEV)
        if measured:
            trainer.nll(TRAIN)
        trainer.run_epoch(TRAIN, DEV)
        ends.append(trainer.captioner.state_dict())
    assert all(torch.equal(tensor, ends[1][name]) for name, tensor in ends[0].items())


def test_the_unigram_measure_is_that_of_the_counted_words() -> None:
    train = CommentSet(np.zeros(2, np.int64), [[4, 4, END], [5, END]])
    dev = CommentSet(np.zeros(1, np.int64), [[4, 6, END]])
    # Ten words, one added to each count: 5 + 10 in all.
    expected = -(math.log(3 / 15) + math.log(1 / 15) + math.log(3 / 15)) / 3
    assert math.isclose(unigram_nll(train, dev, 10), expected)


def test_the_history_of_a_checkpoint_is_readable(tmp_path: Path) -> None:
    trainer = toys.trainer(toys.captioner("none"), toys.bank(tmp_path, "none", count=6))
    epoch: Any = trainer.run_epoch(TRAIN, DEV)
    assert isinstance(epoch, Epoch)
    assert 0 < epoch.dev_nll < 5
    assert 0 < epoch.train_nll < 5
