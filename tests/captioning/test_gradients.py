"""What a captioner can learn from."""

from pathlib import Path

import pytest
import torch
from torch import Tensor

from pipeline.captioning.captioner import Captioner, Reading
from pipeline.captioning.prompt import PackedWords
from tests.captioning import toys
from tests.captioning.reading import (
    FULL,
    LENGTHS,
    PICTURES,
    RAGGED,
    bank,
    captions,
    read_alone,
    sensitive,
)
from tests.captioning.toys import Kind

sentences = pytest.mark.parametrize("sentences", [RAGGED, FULL], ids=["ragged", "full"])


def loss(network: Captioner, reading: Reading, words: PackedWords) -> Tensor:
    """In picture everything that was read counts, each word for itself."""
    words_loss = network.softmax.total_loss(reading.hidden, words.targets)
    style = torch.cat(network.style_logits(reading.end), 1)
    return words_loss + (style**2).sum() + (reading.coverage**2).sum()


@toys.all_kinds
@sentences
def test_the_gradient_reaches_every_parameter_and_the_picture(
    tmp_path: Path, kind: Kind, sentences: list[list[int]]
) -> None:
    network = sensitive(kind)
    prompt, words = toys.reading(captions(kind, sentences), bank(tmp_path, kind))
    features = prompt.features.float().requires_grad_()
    loss(network, network.read(prompt._replace(features=features), words), words).backward()  # type: ignore[no-untyped-call]
    without_gradient = [  # with one position its attention is 1 whatever the query
        f"blocks.{block}.{parameter}"
        for block in (0, 1)
        for layer in ("norms.2", "to_picture.query", "to_picture.key")
        for parameter in (f"{layer}.weight", f"{layer}.bias")
    ]
    for name, parameter in network.named_parameters():
        assert parameter.grad is not None, name
        has_gradient = kind is not toys.BLIND_TRANSFORMER or name not in without_gradient
        assert bool(parameter.grad.any()) == has_gradient, name
    assert features.grad is not None
    assert features.grad.flatten(1).any(1).all()


@toys.all_kinds
def test_the_gradient_is_the_sum_of_those_of_the_captions_alone(tmp_path: Path, kind: Kind) -> None:
    network, shown = toys.captioner(kind), bank(tmp_path, kind)
    parameters = list(network.parameters())

    def gradients(total: Tensor) -> tuple[Tensor, ...]:
        return torch.autograd.grad(total, parameters, materialize_grads=True)

    alone = []
    for row in range(len(PICTURES)):
        _, words = toys.reading(captions(kind), shown, [row])
        hidden, weights = read_alone(network, captions(kind), shown, row)
        coverage = weights.sum(0, keepdim=True)
        if kind is toys.BLIND_TRANSFORMER:
            coverage = torch.full((1, 1), float(LENGTHS[row]))
        alone.append(gradients(loss(network, Reading(hidden, hidden[-1:], coverage), words)))
    prompt, words = toys.reading(captions(kind), shown)
    together = gradients(loss(network, network.read(prompt, words), words))
    for whole, parts in zip(together, zip(*alone, strict=True), strict=True):
        torch.testing.assert_close(whole, torch.stack(parts).sum(0), atol=1e-4, rtol=1e-4)
