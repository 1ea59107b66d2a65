"""What captioners learn, and how it is measured."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from pipeline.captioning.caption_set import UNKNOWN_STYLE, CaptionSet
from pipeline.captioning.captioner import Captioner
from pipeline.captioning.likelihood import unigram_nll
from pipeline.captioning.task import Part
from pipeline.learning.task import Place
from pipeline.pictures.feature_bank import FeatureBank
from pipeline.runtime.arrays import Int64s
from pipeline.text.vocabulary import END
from tests.captioning import toys
from tests.captioning.toys import Kind


def counted(captions: CaptionSet) -> Int64s:
    """(v,) how often each id occurs."""
    return np.bincount(np.concatenate(captions.sentences), minlength=len(toys.VOCABULARY))


@toys.all_kinds
def test_a_picture_that_decides_words_and_style_is_learned(tmp_path: Path, kind: Kind) -> None:
    comments = toys.two_sentences(kind, 16)
    bank = toys.bank(tmp_path, kind)
    run = toys.training(toys.captioner(kind), comments, comments, bank, epochs=30, average=False)
    last = run.finish()
    assert last.dev_nll < 0.1
    assert last.dev_style_nll < 0.5
    shuffled = run.nll(comments.with_pictures_shuffled(1))
    assert shuffled.word > 0.5
    assert shuffled.style > 2 * last.dev_style_nll


@toys.all_kinds
def test_held_out_comments_are_worse_told_with_pictures_shuffled(
    tmp_path: Path, kind: Kind
) -> None:
    train, dev = (toys.captions_led_by_their_picture(kind, n, 6, seed=n) for n in (120, 48))
    bank = toys.bank(tmp_path, kind, count=6)
    network = toys.captioner(kind)
    network.mean, network.std, network.spread = bank.statistics()
    run = toys.training(network, train, dev, bank, batch=16, epochs=12)
    run.finish()
    run.use_best()
    true = run.nll(dev).word
    assert true == min(epoch.dev_nll for epoch in run.epochs)
    for seed in range(3):
        assert run.nll(dev.with_pictures_shuffled(seed)).word > true + 0.2
    assert unigram_nll(counted(train), dev.sentences) > true + 0.2


@toys.attending
def test_neglect_that_costs_something_is_avoided(tmp_path: Path, kind: Kind) -> None:
    comments, bank = toys.train_set(kind), toys.bank(tmp_path, kind, count=6)
    prompt, words = toys.reading(comments, bank, toys.longest_first(comments))
    results = []
    for cost in (0, 1):
        network = toys.captioner(kind)
        run = toys.training(network, comments, comments, bank, doubly_stochastic=cost)
        run.finish()
        with torch.inference_mode():
            coverage = network.read(prompt, words).coverage
        results.append(((1 - coverage) ** 2).sum().item())
    assert results[1] < results[0]


@toys.all_kinds
@pytest.mark.parametrize("softmax", ["full", "adaptive"])
def test_the_training_measure_is_the_mean_over_all_words_too(
    tmp_path: Path, kind: Kind, softmax: str
) -> None:
    comments, bank = toys.train_set(kind), toys.bank(tmp_path, kind, count=6)
    network = toys.captioner(kind, softmax=softmax)
    run = toys.training(network, comments, comments, bank, learning_rate=0)
    run.run_epoch()
    (epoch,) = run.epochs
    assert epoch.train_nll == pytest.approx(epoch.dev_nll, rel=1e-5)
    assert run.nll(comments) == pytest.approx((epoch.dev_nll, epoch.dev_style_nll))


@toys.all_kinds
@pytest.mark.parametrize(("count", "pictures"), [(13, 6), (50, 2)], ids=["few", "crowded"])
def test_the_held_out_measure_is_the_mean_over_all_words_of_all_comments(
    tmp_path: Path, kind: Kind, count: int, pictures: int
) -> None:
    network, bank = toys.captioner(kind, dropout=0.5), toys.bank(tmp_path, kind, count=6)
    dev = toys.mixed_captions(kind, count, pictures, seed=2)
    words: list[float] = []
    style: list[float] = []
    with torch.inference_mode():
        for row in range(count):
            reading = network.read(*toys.reading(dev, bank, [row]))
            log_probs = network.softmax.log_probs(reading.hidden)
            words += [
                -log_probs[place, word].item() for place, word in enumerate(dev.sentences[row])
            ]
            heads = zip(network.style_logits(reading.end), dev.style[row], strict=True)
            style.append(sum(-logits.log_softmax(1)[0, chosen].item() for logits, chosen in heads))
    order = np.arange(count)[::-1].copy()
    turned = CaptionSet(dev.inputs.take(order), dev.sentences[::-1], dev.style[order])
    for batch in (1, 5, 100):
        for comments in (dev, turned):
            measured = toys.training(network, dev, dev, bank, batch=batch).nll(comments)
            assert measured.word == pytest.approx(sum(words) / len(words), rel=1e-5)
            assert measured.style == pytest.approx(sum(style) / count, rel=1e-5)


@toys.all_kinds
@pytest.mark.parametrize("softmax", ["full", "adaptive"])
@pytest.mark.parametrize("dropout", [0, 0.3])
def test_bfloat16_comes_close(tmp_path: Path, kind: Kind, softmax: str, dropout: float) -> None:
    comments, bank = toys.train_set(kind), toys.bank(tmp_path, kind, count=6)
    results = []
    for bfloat16 in (False, True):
        network = toys.captioner(kind, softmax=softmax, dropout=dropout)
        run = toys.training(
            network,
            comments,
            comments,
            bank,
            batch=20,
            epochs=2,
            learning_rate=0.005,
            bfloat16=bfloat16,
        )
        results.append(run.finish())
        assert all(parameter.dtype == torch.float32 for parameter in network.parameters())
    one, other = results
    assert other.train_nll == pytest.approx(one.train_nll, rel=0.01)
    assert other.dev_nll == pytest.approx(one.dev_nll, rel=0.01)
    assert other.dev_style_nll == pytest.approx(one.dev_style_nll, rel=0.01)
    assert other.dev_nll != one.dev_nll


def test_the_unigram_measure_is_that_of_the_counted_words() -> None:
    counts = np.bincount([4, 4, END, 5, END], minlength=10)
    # Ten ids, one added to each count: 5 + 10 in all.
    expected = -(math.log(3 / 15) + math.log(1 / 15) + math.log(3 / 15)) / 3
    assert math.isclose(unigram_nll(counts, [[4, 6], [END]]), expected)


def test_an_epoch_is_told_in_words_of_the_captioner(tmp_path: Path) -> None:
    run = toys.mixed_training(tmp_path, toys.BLIND)
    run.run_epoch()
    (epoch,) = run.epochs
    assert 0 < epoch.dev_nll < 5
    assert 0 < epoch.train_nll < 5
    assert 0 < epoch.dev_style_nll < 10
    assert epoch.seconds > 0
    assert epoch.words == toys.train_set(toys.BLIND).word_count


def test_captions_without_styles_are_learned(tmp_path: Path) -> None:
    kind = toys.ADDITIVE
    captions = replace(toys.train_set(kind), style=np.empty((40, 0), np.int64))
    network = toys.captioner(kind, style={})
    run = toys.training(network, captions, captions, toys.bank(tmp_path, kind, count=6), epochs=2)
    last = run.finish()
    assert last.dev_style_nll == 0
    assert last.dev_nll < 3


def gradients(
    network: Captioner, captions: CaptionSet, bank: FeatureBank, rows: list[int]
) -> tuple[float, list[torch.Tensor]]:
    """The training loss of some captions, as one batch, and what it asks of each parameter."""
    task = toys.training(network, captions, captions, bank).task
    batch = captions.batch([np.array([row]) for row in rows], bank, toys.CPU)
    assert batch is not None
    part = Part(batch, len(rows), len(rows))
    loss = task.loss("captioner", part, Place(1, 0))
    found = torch.autograd.grad(
        loss.total, list(network.parameters()), allow_unused=True, materialize_grads=True
    )
    return loss.total.item(), list(found)


@toys.all_kinds
@pytest.mark.parametrize("softmax", ["full", "adaptive"])
def test_captions_count_as_much_as_they_weigh(tmp_path: Path, kind: Kind, softmax: str) -> None:
    """A caption of weight 2 counts as two of it, and one of weight 0 as none."""
    bank = toys.bank(tmp_path, kind, count=6)
    plain = replace(toys.train_set(kind), style=np.full((40, 3), UNKNOWN_STYLE))
    weights = np.ones(40, np.float32)
    weights[[0, 1]] = 2, 0
    network = toys.captioner(kind, softmax=softmax)
    weighed = gradients(network, replace(plain, weights=weights), bank, [0, 1, 2])
    repeated = gradients(network, plain, bank, [0, 0, 2])
    assert weighed[0] == pytest.approx(repeated[0], rel=1e-5)
    for one, other in zip(weighed[1], repeated[1], strict=True):
        torch.testing.assert_close(one, other, atol=1e-5, rtol=1e-4)
    loss, found = gradients(network, replace(plain, weights=weights), bank, [1])
    assert loss == 0
    assert not any(gradient.any() for gradient in found)


@toys.all_kinds
def test_a_style_that_is_not_known_is_not_learned(tmp_path: Path, kind: Kind) -> None:
    bank = toys.bank(tmp_path, kind, count=6)
    known = toys.train_set(kind)
    unknown = replace(known, style=np.full((40, 3), UNKNOWN_STYLE))
    network = toys.captioner(kind)
    names = [name for name, _ in network.named_parameters()]
    styles = [place for place, name in enumerate(names) if "style" in name]
    assert styles
    for captions, learns in [(known, True), (unknown, False)]:
        found = gradients(network, captions, bank, [0, 1, 2])[1]
        assert all(bool(found[place].any()) == learns for place in styles)
