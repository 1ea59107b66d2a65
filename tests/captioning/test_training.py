import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from pipeline.captioning import training
from pipeline.captioning.captioner import Captioner, draw_masks
from pipeline.captioning.dataset import CommentSet
from pipeline.captioning.prompt import Masks
from pipeline.captioning.training import Nll, Trainer, unigram_nll
from pipeline.captioning.training_record import Epoch
from tests.captioning import toys
from tests.captioning.toys import Kind

KEY = "key"


def train_set(kind: Kind) -> CommentSet:
    return toys.mixed_comments(kind, 40, 6)


def dev_set(kind: Kind) -> CommentSet:
    return toys.mixed_comments(kind, 13, 6, seed=1)


def mixed_trainer(folder: Path, kind: Kind, seed: int = 0, **changes: Any) -> Trainer:
    """On mixed comments on six pictures, with dropout."""
    network = toys.captioner(kind, seed=seed, dropout=0.3)
    bank = toys.bank(folder, kind, count=6)
    return toys.trainer(network, train_set(kind), dev_set(kind), bank, **changes)


def weights(network: Captioner) -> dict[str, bytes]:
    return {name: t.detach().numpy().tobytes() for name, t in network.state_dict().items()}


def losses(trainer: Trainer) -> list[tuple[float, float, float, int, int]]:
    """The history without how long it took."""
    return [(e.train_nll, e.dev_nll, e.dev_looks_nll, e.steps, e.words) for e in trainer.history]


@toys.all_kinds
def test_a_picture_that_decides_words_and_looks_is_learned(tmp_path: Path, kind: Kind) -> None:
    comments = toys.two_sentences(kind, 16)
    bank = toys.bank(tmp_path, kind)
    trainer = toys.trainer(toys.captioner(kind), comments, comments, bank, epochs=30, average=False)
    while not trainer.finished:
        last = trainer.run_epoch()
    assert last.dev_nll < 0.1
    assert last.dev_looks_nll < 0.5
    shuffled = trainer.nll(comments.with_pictures_shuffled(1))
    assert shuffled.word > 0.5
    assert shuffled.looks > 2 * last.dev_looks_nll


@toys.all_kinds
def test_held_out_comments_are_worse_told_with_pictures_shuffled(
    tmp_path: Path, kind: Kind
) -> None:
    train, dev = (toys.comments_led_by_their_picture(kind, n, 6, seed=n) for n in (120, 48))
    bank = toys.bank(tmp_path, kind, count=6)
    network = toys.captioner(kind)
    network.mean, network.std, network.spread = bank.statistics()
    trainer = toys.trainer(network, train, dev, bank, batch=16, epochs=12)
    while not trainer.finished:
        trainer.run_epoch()
    trainer.use_best()
    true = trainer.nll(dev).word
    assert true == min(epoch.dev_nll for epoch in trainer.history)
    for seed in range(3):
        assert trainer.nll(dev.with_pictures_shuffled(seed)).word > true + 0.2
    assert unigram_nll(train, dev, len(toys.VOCABULARY)) > true + 0.2


@toys.attending
def test_neglect_that_costs_something_is_avoided(tmp_path: Path, kind: Kind) -> None:
    comments, bank = train_set(kind), toys.bank(tmp_path, kind, count=6)
    prompt, words = toys.reading(comments, bank, toys.longest_first(comments))
    found = []
    for cost in (0, 1):
        network = toys.captioner(kind)
        trainer = toys.trainer(network, comments, comments, bank, doubly_stochastic=cost)
        while not trainer.finished:
            trainer.run_epoch()
        with torch.inference_mode():
            coverage = network.read(prompt, words).coverage
        found.append(((1 - coverage) ** 2).sum().item())
    assert found[1] < found[0]


@pytest.mark.parametrize("average", [True, False])
def test_what_is_measured_and_kept_is_the_average_over_steps(tmp_path: Path, average: bool) -> None:
    trainer = mixed_trainer(tmp_path, toys.DOT, average=average)
    own = [*trainer.captioner.parameters()]
    steps: list[list[Tensor]] = []
    measured = trainer.run_epoch(lambda: steps.append([p.detach().clone() for p in own])).dev_nll
    assert all(map(torch.equal, own, steps[-1]))  # from which it goes on
    expected = steps[0]
    for number, step in enumerate(steps, 1):
        share = 9 / (number + 8) if average else 1.0
        expected = [(1 - share) * a + share * w for a, w in zip(expected, step, strict=True)]
    trainer.use_best()
    for weight, wanted in zip(own, expected, strict=True):
        torch.testing.assert_close(weight.detach(), wanted)
    assert trainer.nll(dev_set(toys.DOT)).word == measured


@toys.all_kinds
def test_a_run_resumed_at_any_step_equals_an_undisturbed_one(tmp_path: Path, kind: Kind) -> None:
    short = {"epochs": 2, "batch": 12}
    undisturbed = mixed_trainer(tmp_path, kind, **short)
    while not undisturbed.finished:
        undisturbed.run_epoch()

    saving = mixed_trainer(tmp_path, kind, **short)
    checkpoints: list[tuple[tuple[int, int], Path]] = []

    def save() -> None:
        path = tmp_path / f"{len(checkpoints)}.safetensors"
        saving.save(path, KEY)
        checkpoints.append((saving.position, path))

    save()
    while not saving.finished:
        saving.run_epoch(after_step=save)
        save()
    steps = [epoch.steps for epoch in undisturbed.history]
    assert len(checkpoints) == 1 + sum(steps) + 2
    assert {epoch for (epoch, _), _ in checkpoints} == {1, 2, 3}
    assert min(steps) >= 3

    for position, path in checkpoints:
        torch.manual_seed(99)
        resumed = mixed_trainer(tmp_path, kind, seed=8, **short)
        assert resumed.resume(path, KEY)
        assert resumed.position == position
        while not resumed.finished:
            resumed.run_epoch()
        assert resumed.steps == sum(steps)
        assert losses(resumed) == losses(undisturbed), position
        assert weights(resumed.captioner) == weights(undisturbed.captioner), position
        assert resumed.best_epoch == undisturbed.best_epoch
    best = undisturbed.nll(dev_set(kind)), resumed.nll(dev_set(kind))
    resumed.use_best()
    undisturbed.use_best()
    assert weights(resumed.captioner) == weights(undisturbed.captioner)
    assert best[0] == best[1]


@toys.all_kinds
def test_several_threads_learn_the_same_each_time(tmp_path: Path, kind: Kind) -> None:
    """With comments and numbers enough for torch to use them."""
    torch.set_num_threads(2)
    toys.bank(tmp_path, kind, count=6)
    comments, dev = toys.mixed_comments(kind, 220, 6), dev_set(kind)
    found = []
    for _ in range(3):
        network = toys.captioner(kind, size=256, dropout=0.3)
        bank = toys.open_bank(tmp_path)
        trainer = toys.trainer(network, comments, dev, bank, batch=200, doubly_stochastic=1)
        trainer.run_epoch()
        found.append(weights(network))
    assert found[1:] == found[:-1]


def test_what_is_known_of_an_epoch_survives_a_resume(tmp_path: Path) -> None:
    first, second = (mixed_trainer(tmp_path, toys.DOT, seed=seed) for seed in (0, 8))
    assert first.epoch_nll == 0
    seen = []

    def stop() -> None:
        seen.append(first.epoch_nll)
        if first.progress.steps == 3:
            first.save(tmp_path / "checkpoint", KEY)
            raise InterruptedError

    with pytest.raises(InterruptedError):
        first.run_epoch(after_step=stop)
    assert all(0.5 < nll < 5 for nll in seen)
    assert second.resume(tmp_path / "checkpoint", KEY)
    assert (second.position, second.steps) == ((1, 4), 3)
    assert second.epoch_nll == seen[-1]
    assert second.progress.words == first.progress.words
    # Saved once more before it has gone on, it is the same checkpoint.
    second.save(tmp_path / "again", KEY)
    third = mixed_trainer(tmp_path, toys.DOT)
    assert third.resume(tmp_path / "again", KEY)
    assert third.epoch_nll == seen[-1]
    assert second.run_epoch().train_nll == third.run_epoch().train_nll


def test_saving_twice_gives_the_newer_checkpoint_and_leaves_no_other_file(tmp_path: Path) -> None:
    trainer = mixed_trainer(tmp_path, toys.DOT)
    folder = tmp_path / "checkpoints"
    folder.mkdir()
    for _ in range(2):
        trainer.run_epoch(after_step=lambda: trainer.save(folder / "checkpoint", KEY))
        trainer.save(folder / "checkpoint", KEY)
    assert [path.name for path in folder.iterdir()] == ["checkpoint"]
    resumed = mixed_trainer(tmp_path, toys.DOT)
    assert resumed.resume(folder / "checkpoint", KEY)
    assert resumed.history == trainer.history


def test_a_checkpoint_that_is_not_written_to_its_end_leaves_the_older_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trainer = mixed_trainer(tmp_path, toys.DOT)
    trainer.run_epoch()
    trainer.save(tmp_path / "checkpoint", KEY)
    trainer.run_epoch()

    def interrupted(tensors: object, path: Path, metadata: object) -> None:
        path.write_bytes(b"half")
        raise InterruptedError

    monkeypatch.setattr(training, "save_file", interrupted)
    with pytest.raises(InterruptedError):
        trainer.save(tmp_path / "checkpoint", KEY)
    resumed = mixed_trainer(tmp_path, toys.DOT, seed=8)
    assert resumed.resume(tmp_path / "checkpoint", KEY)
    assert resumed.history == trainer.history[:1]


def test_a_checkpoint_of_another_key_is_refused(tmp_path: Path) -> None:
    trainer = mixed_trainer(tmp_path, toys.ADDITIVE)
    trainer.run_epoch()
    trainer.save(tmp_path / "checkpoint", KEY)
    other = mixed_trainer(tmp_path, toys.ADDITIVE, seed=4)
    before = weights(other.captioner)
    assert not other.resume(tmp_path / "checkpoint", "another key")
    assert not other.resume(tmp_path / "none", KEY)
    assert other.history == []
    assert other.position == (1, 1)
    assert weights(other.captioner) == before


@toys.all_kinds
def test_dropout_and_batches_are_a_function_of_the_seed(tmp_path: Path, kind: Kind) -> None:
    found = []
    for schedule_seed, torch_seed in ((3, 0), (3, 1), (4, 0)):
        trainer = toys.trainer(
            toys.captioner(kind, dropout=0.3),
            train_set(kind),
            dev_set(kind),
            toys.bank(tmp_path, kind, count=6),
            batch=12,
            seed=schedule_seed,
        )
        torch.manual_seed(torch_seed)
        trainer.run_epoch()
        found.append(weights(trainer.captioner))
    assert found[0] == found[1]
    assert found[0] != found[2]


def test_every_step_drops_something_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trainer, drawn = mixed_trainer(tmp_path, toys.DOT), []

    def recorded(network: Captioner, pictures: int, comments: int, seed: list[int]) -> Masks | None:
        masks = draw_masks(network, pictures, comments, seed)
        assert masks is not None
        drawn.append(masks.word[0].tolist())
        return masks

    monkeypatch.setattr(training, "draw_masks", recorded)
    for _ in range(2):
        trainer.run_epoch()
    assert len(drawn) == trainer.steps
    assert len({tuple(mask) for mask in drawn}) == trainer.steps


def test_without_dropout_the_seed_decides_the_batches_alone(tmp_path: Path) -> None:
    comments, bank = train_set(toys.DOT), toys.bank(tmp_path, toys.DOT, count=6)
    found = []
    for seed in (3, 4):
        network = toys.captioner(toys.DOT)
        trainer = toys.trainer(network, comments, comments, bank, batch=1000, seed=seed)
        assert trainer.run_epoch().steps == 1
        found.append(network.state_dict())
    for name, tensor in found[0].items():
        if name != "key.bias":  # its gradient is nothing but rounding, and Adam makes it large
            torch.testing.assert_close(tensor, found[1][name], atol=1e-4, rtol=1e-4)


def dev_nlls(trainer: Trainer, nlls: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the held-out measure of each epoch be the next of ``nlls``."""
    following: Iterator[float] = iter(nlls)
    monkeypatch.setattr(trainer, "nll", lambda comments: Nll(next(following), 0))


def test_training_stops_when_patience_is_at_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trainer = mixed_trainer(tmp_path, toys.ADDITIVE, epochs=20, patience=3, average=False)
    assert (trainer.best_epoch, trainer.finished) == (0, False)
    dev_nlls(trainer, [5, 4, 4.5, 4.2, 4.1, 1], monkeypatch)
    states = []
    while not trainer.finished:
        trainer.run_epoch()
        states.append(weights(trainer.captioner))
    assert [epoch.dev_nll for epoch in trainer.history] == [5, 4, 4.5, 4.2, 4.1]
    assert trainer.best_epoch == 2
    trainer.use_best()
    assert weights(trainer.captioner) == states[1]


def test_training_stops_after_its_last_epoch(tmp_path: Path) -> None:
    """Of forty comments on as many pictures, four a step."""
    sentences = [words[:-1] for words in train_set(toys.ADDITIVE).sentences]
    lonely = toys.comment_set(toys.moments(toys.ADDITIVE, range(40)), sentences)
    bank = toys.bank(tmp_path, toys.ADDITIVE, count=40)
    trainer = toys.trainer(toys.captioner(toys.ADDITIVE), lonely, lonely, bank, epochs=2)
    while not trainer.finished:
        trainer.run_epoch()
    assert [epoch.steps for epoch in trainer.history] == [10, 10]
    assert trainer.position == (3, 1)


def test_an_epoch_counts_the_steps_it_took(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = mixed_trainer(tmp_path, toys.ADDITIVE)
    taken, told = 0, 0
    clip = torch.nn.utils.clip_grad_norm_

    def counted(*arguments: Any) -> Tensor:
        nonlocal taken
        taken += 1
        return clip(*arguments)

    def after_step() -> None:
        nonlocal told
        told += 1
        assert trainer.position[1] == told - before + 1

    monkeypatch.setattr(torch.nn.utils, "clip_grad_norm_", counted)
    for number in (1, 2, 3):
        before = taken
        assert trainer.position == (number, 1)
        epoch = trainer.run_epoch(after_step)
        assert epoch.steps == taken - before
        assert taken == told == trainer.steps
        assert 40 / (4 + 15) <= epoch.steps <= 40 / 4
        assert epoch.words == sum(map(len, train_set(toys.ADDITIVE).sentences))


@toys.all_kinds
@pytest.mark.parametrize("softmax", ["full", "adaptive"])
def test_the_training_measure_is_the_mean_over_all_words_too(
    tmp_path: Path, kind: Kind, softmax: str
) -> None:
    comments, bank = train_set(kind), toys.bank(tmp_path, kind, count=6)
    network = toys.captioner(kind, softmax=softmax)
    trainer = toys.trainer(network, comments, comments, bank, learning_rate=0)
    epoch = trainer.run_epoch()
    assert epoch.train_nll == pytest.approx(epoch.dev_nll, rel=1e-5)
    assert trainer.nll(comments) == pytest.approx((epoch.dev_nll, epoch.dev_looks_nll))


@toys.all_kinds
@pytest.mark.parametrize(("count", "pictures"), [(13, 6), (50, 2)], ids=["few", "crowded"])
def test_the_held_out_measure_is_the_mean_over_all_words_of_all_comments(
    tmp_path: Path, kind: Kind, count: int, pictures: int
) -> None:
    network, bank = toys.captioner(kind, dropout=0.5), toys.bank(tmp_path, kind, count=6)
    dev = toys.mixed_comments(kind, count, pictures, seed=2)
    words: list[float] = []
    looks: list[float] = []
    with torch.inference_mode():
        for row in range(count):
            reading = network.read(*toys.reading(dev, bank, [row]))
            chances = network.softmax.log_chances(reading.mind)
            words += [-chances[place, word].item() for place, word in enumerate(dev.sentences[row])]
            heads = zip(network.look_scores(reading.end), dev.looks[row], strict=True)
            looks.append(sum(-scores.log_softmax(1)[0, chosen].item() for scores, chosen in heads))
    order = np.arange(count)[::-1].copy()
    turned = CommentSet(dev.moments.take(order), dev.sentences[::-1], dev.looks[order])
    for batch in (1, 5, 100):
        for comments in (dev, turned):
            measured = toys.trainer(network, dev, dev, bank, batch=batch).nll(comments)
            assert measured.word == pytest.approx(sum(words) / len(words), rel=1e-5)
            assert measured.looks == pytest.approx(sum(looks) / count, rel=1e-5)


def test_measuring_changes_nothing_that_training_draws(tmp_path: Path) -> None:
    ends = []
    for measured in (False, True):
        trainer = mixed_trainer(tmp_path, toys.ADDITIVE)
        trainer.run_epoch()
        if measured:
            trainer.nll(train_set(toys.ADDITIVE))
        trainer.run_epoch()
        ends.append(weights(trainer.captioner))
    assert ends[0] == ends[1]


@toys.all_kinds
@pytest.mark.parametrize("softmax", ["full", "adaptive"])
@pytest.mark.parametrize("dropout", [0, 0.3])
def test_bfloat16_comes_close(tmp_path: Path, kind: Kind, softmax: str, dropout: float) -> None:
    comments, bank = train_set(kind), toys.bank(tmp_path, kind, count=6)
    found = []
    for bfloat16 in (False, True):
        network = toys.captioner(kind, softmax=softmax, dropout=dropout)
        trainer = toys.trainer(
            network, comments, comments, bank, batch=20, learning_rate=0.005, bfloat16=bfloat16
        )
        found.append([trainer.run_epoch() for _ in range(2)][1])
        assert all(parameter.dtype == torch.float32 for parameter in network.parameters())
    one, other = found
    assert other.train_nll == pytest.approx(one.train_nll, rel=0.01)
    assert other.dev_nll == pytest.approx(one.dev_nll, rel=0.01)
    assert other.dev_looks_nll == pytest.approx(one.dev_looks_nll, rel=0.01)
    assert other.dev_nll != one.dev_nll


def test_the_unigram_measure_is_that_of_the_counted_words() -> None:
    two = toys.comment_set(toys.moments(toys.DOT, [0, 0]), [[4, 4], [5]])
    one = toys.comment_set(toys.moments(toys.DOT, [0]), [[4, 6]])
    # Ten words, one added to each count: 5 + 10 in all.
    expected = -(math.log(3 / 15) + math.log(1 / 15) + math.log(3 / 15)) / 3
    assert math.isclose(unigram_nll(two, one, 10), expected)


def test_the_history_of_a_checkpoint_is_readable(tmp_path: Path) -> None:
    epoch: Any = mixed_trainer(tmp_path, toys.BLIND).run_epoch()
    assert isinstance(epoch, Epoch)
    assert 0 < epoch.dev_nll < 5
    assert 0 < epoch.train_nll < 5
    assert 0 < epoch.dev_looks_nll < 10
    assert epoch.seconds > 0
