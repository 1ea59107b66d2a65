"""What the captioners compute, and learn by, is what the plain ones of ``plain.py`` do."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from pipeline.captioning.caption_set import CaptionSet
from pipeline.captioning.captioner import Captioner
from pipeline.captioning.dropout import draw_masks
from pipeline.learning.optimization import CLIP_NORM
from tests.captioning import plain, toys
from tests.captioning.conftest import GRID
from tests.captioning.toys import Kind

SEED = 3
TOLERANCE = 3e-5
"""Of a float32 gradient, as a share of its largest entry."""
CROWD = [0] * 17 + [1, 2, 2]
"""More comments are on the first picture than go in a group, so it is twice in a batch."""
FEW = [2, 0, 0, 1]


def comments_on(pictures: list[int], kind: Kind) -> CaptionSet:
    draws = np.random.default_rng(6)
    sentences = [draws.integers(4, 10, (3 - n) % 4).tolist() for n in range(len(pictures))]
    style = draws.integers(0, [3, 3, 2], (len(pictures), 3)).tolist()
    return toys.caption_set(toys.varied_inputs(kind, pictures), sentences, style)


def fresh(kind: Kind, **changes: Any) -> Captioner:
    network = toys.captioner(kind, size=8, **changes)
    network.mean = torch.linspace(-1, 1, GRID[1])
    network.std = torch.linspace(1, 3, GRID[1])
    network.spread = torch.linspace(0.3, 0.9, GRID[1])
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.mul_(1.5)  # so that everything matters to everything behind it
    return network


def check(
    folder: Path,
    network: Captioner,
    comments: CaptionSet,
    kind: Kind,
    doubly_stochastic: float = 0,
) -> None:
    """One step over all comments, and the measure of them, against the plain ones."""
    bank = toys.bank(folder, kind, count=3)
    run = toys.training(
        network,
        comments,
        comments,
        bank,
        batch=len(comments),
        learning_rate=0,
        weight_decay=0,
        doubly_stochastic=doubly_stochastic,
        seed=SEED,
    )
    run.run_epoch()
    (epoch,) = run.epochs
    assert epoch.steps == 1

    (groups,) = comments.plan(len(comments), np.random.default_rng([SEED, 1]))
    shape = (len(groups), len(comments), network.spec.size)
    masks = draw_masks(network.spec.dropout, shape, [SEED, 1, 0], toys.CPU)
    assert (masks is None) == (not network.spec.dropout)
    weights = plain.weights_of(network)
    rows = [group.tolist() for group in groups]
    learned = plain.nats_of(weights, network.spec, comments, rows, bank, masks)
    loss = learned.words + 0.1 * learned.style + doubly_stochastic * learned.neglect
    assert epoch.train_nll == pytest.approx(learned.words.item() / epoch.words, rel=1e-5)

    named = dict(network.named_parameters())
    expected = torch.autograd.grad(
        loss / epoch.words, [weights[name] for name in named], materialize_grads=True
    )
    norm = torch.stack([gradient.norm() for gradient in expected]).norm().item()
    clipped = min(1, CLIP_NORM / norm)
    for (name, parameter), gradient in zip(named.items(), expected, strict=True):
        assert parameter.grad is not None
        # A key's bias adds the same to all logits: where its gradient is zero there is no largest.
        largest = max(clipped * gradient.abs().max().item(), 1e-3)
        assert (parameter.grad - clipped * gradient).abs().max() <= TOLERANCE * largest, name

    measured = plain.nats_of(weights, network.spec, comments, rows, bank)
    assert epoch.dev_nll == pytest.approx(measured.words.item() / epoch.words, rel=1e-5)
    assert epoch.dev_style_nll == pytest.approx(measured.style.item() / len(comments), rel=1e-5)


@pytest.mark.parametrize("dropout", [0, 0.5])
@pytest.mark.parametrize("doubly_stochastic", [0, 1])
@pytest.mark.parametrize("gate", [False, True], ids=["open", "gated"])
@toys.each([toys.ADDITIVE, toys.DOT])
def test_an_attending_lstm_learns_as_the_plain_one(
    tmp_path: Path, kind: Kind, *, gate: bool, doubly_stochastic: float, dropout: float
) -> None:
    network = fresh(kind, gate=gate, dropout=dropout)
    check(tmp_path, network, comments_on(CROWD, kind), kind, doubly_stochastic)


@pytest.mark.parametrize(("doubly_stochastic", "dropout"), [(0, 0), (1, 0.5)])
@toys.each([toys.BLIND, toys.TRANSFORMER, toys.BLIND_TRANSFORMER])
def test_the_others_learn_as_the_plain_ones(
    tmp_path: Path, kind: Kind, doubly_stochastic: float, dropout: float
) -> None:
    network = fresh(kind, dropout=dropout)
    check(tmp_path, network, comments_on(CROWD, kind), kind, doubly_stochastic)


@pytest.mark.parametrize(("time", "rate"), [(False, True), (True, False)])
@toys.all_kinds
def test_facts_that_are_not_known_are_zeros(
    tmp_path: Path, kind: Kind, *, time: bool, rate: bool
) -> None:
    check(tmp_path, fresh(kind, time=time, rate=rate), comments_on(FEW, kind), kind)


@toys.all_kinds
def test_everything_the_plain_one_has_matters_to_it(tmp_path: Path, kind: Kind) -> None:
    """Otherwise the comparisons would mean little."""
    network, comments = fresh(kind), comments_on(FEW, kind)
    weights, bank = plain.weights_of(network), toys.bank(tmp_path, kind, count=3)
    rows = [[row] for row in range(len(comments))]
    found = plain.nats_of(weights, network.spec, comments, rows, bank)
    assert (found.neglect.item() > 0) == kind.attends
    found.words.backward(retain_graph=True)  # type: ignore[no-untyped-call]
    found.style.backward()  # type: ignore[no-untyped-call]
    without = {name for name, tensor in weights.items() if tensor.requires_grad and nothing(tensor)}
    # With one position its attention is 1: queries and keys have no gradient.
    queries_and_keys = {
        f"blocks.{block}.{layer}"
        for block in range(plain.BLOCKS)
        for layer in (
            "to_picture.query.weight",
            "to_picture.query.bias",
            "to_picture.key.weight",
            "norms.2.weight",
            "norms.2.bias",
        )
    }
    assert without == (queries_and_keys if kind == toys.BLIND_TRANSFORMER else set())


def nothing(tensor: torch.Tensor) -> bool:
    return tensor.grad is None or tensor.grad.abs().max().item() < 1e-12
