from collections.abc import Callable

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from pipeline.captioning.softmax import AdaptiveSoftmax, FullSoftmax

SIZE, WORDS = 16, 40
COUNTS = [1, 4, 5, 11]

both = pytest.mark.parametrize("kind", [FullSoftmax, AdaptiveSoftmax])
Kind = Callable[[int, int], FullSoftmax | AdaptiveSoftmax]


def layer(kind: Kind, words: int = WORDS) -> FullSoftmax | AdaptiveSoftmax:
    torch.manual_seed(0)
    return FullSoftmax(SIZE, words, chunk=4) if kind is FullSoftmax else kind(SIZE, words)


def places(count: int, words: int = WORDS) -> tuple[Tensor, Tensor]:
    draws = torch.Generator().manual_seed(count)
    hidden = torch.randn(count, SIZE, generator=draws) * 3
    return hidden.requires_grad_(), torch.randint(words, (count,), generator=draws)


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("scale", [1, 0.01])
def test_the_total_and_its_gradients_are_those_of_a_cross_entropy(count: int, scale: float) -> None:
    full, (hidden, targets) = layer(FullSoftmax), places(count)
    to = [hidden, *full.parameters()]
    expected = functional.cross_entropy(full.out(hidden), targets, reduction="sum")
    result = full.total_loss(hidden, targets)
    torch.testing.assert_close(result, expected)
    for one, other in zip(
        torch.autograd.grad(result * scale, to),
        torch.autograd.grad(expected * scale, to),
        strict=True,
    ):
        torch.testing.assert_close(one, other, atol=1e-5 * scale, rtol=1e-4)


@both
@pytest.mark.parametrize("count", COUNTS)
def test_weighted_totals_and_gradients_are_those_of_weighted_losses(kind: Kind, count: int) -> None:
    network, (hidden, targets) = layer(kind), places(count)
    weights = torch.linspace(0, 2, count)
    to = [hidden, *network.parameters()]
    losses = -network.log_probs(hidden).gather(1, targets[:, None])[:, 0]
    expected = (losses * weights).sum()
    result = network.total_loss(hidden, targets, weights)
    torch.testing.assert_close(result, expected)
    gradients, plain = (
        torch.autograd.grad(total, to, allow_unused=True, materialize_grads=True)
        for total in (result, expected)
    )
    for one, other in zip(gradients, plain, strict=True):
        torch.testing.assert_close(one, other, atol=1e-5, rtol=1e-4)
    assert not gradients[0][0].any(), "what has no weight has no gradient"


def test_confident_and_mistaken_totals_are_finite_and_right() -> None:
    full, (hidden, targets) = layer(FullSoftmax), places(6)
    expected = functional.cross_entropy(full.out(10 * hidden), targets, reduction="sum")
    assert expected > 6 * 10
    torch.testing.assert_close(full.total_loss(10 * hidden, targets), expected)


def test_chances_of_next_to_nothing_are_finite_and_have_a_gradient() -> None:
    full, (hidden, targets) = layer(FullSoftmax), places(6)
    result = full.total_loss(1000 * hidden, targets)
    assert result.isfinite()
    (gradient,) = torch.autograd.grad(result, hidden)
    assert gradient.isfinite().all()
    assert gradient.any()


@both
@pytest.mark.parametrize("words", [2, 5, 10, WORDS])
def test_chances_of_all_words_sum_to_one(kind: Kind, words: int) -> None:
    log_probs = layer(kind, words).log_probs(places(7)[0])
    assert log_probs.shape == (7, words)
    assert log_probs.dtype == torch.float32
    torch.testing.assert_close(log_probs.exp().sum(1), torch.ones(7))


@both
@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("words", [2, 5, WORDS])
def test_losses_are_the_negative_chances_of_the_true_words(
    kind: Kind, count: int, words: int
) -> None:
    network, (hidden, targets) = layer(kind, words), places(count, words)
    losses = network.losses(hidden, targets)
    log_probs = network.log_probs(hidden)
    torch.testing.assert_close(losses, -log_probs.gather(1, targets[:, None])[:, 0])
    assert losses.dtype == torch.float32
    torch.testing.assert_close(network.total_loss(hidden, targets), losses.sum())


@both
def test_every_word_is_in_reach(kind: Kind) -> None:
    network = layer(kind)
    hidden, targets = torch.randn(WORDS, SIZE), torch.arange(WORDS)
    network.total_loss(hidden, targets).backward()  # type: ignore[no-untyped-call]
    for name, parameter in network.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.any(), name


@both
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("count", COUNTS)
def test_bfloat16_comes_close(kind: Kind, dtype: torch.dtype, count: int) -> None:
    network, (hidden, targets) = layer(kind), places(count)
    with torch.autocast("cpu", torch.bfloat16):
        half = hidden.to(dtype)
        total, losses = network.total_loss(half, targets), network.losses(half, targets)
        log_probs = network.log_probs(half)
    for result in (total, losses, log_probs):
        assert result.dtype == torch.float32
    torch.testing.assert_close(losses, network.losses(hidden, targets), atol=0.05, rtol=0.02)
    torch.testing.assert_close(total, losses.sum(), atol=0.05, rtol=0.01)
    torch.testing.assert_close(log_probs.exp().sum(1), torch.ones(count), atol=1e-4, rtol=0)
    (gradient,) = torch.autograd.grad(total, hidden)
    (expected,) = torch.autograd.grad(network.total_loss(hidden, targets), hidden)
    torch.testing.assert_close(gradient, expected, atol=0.02, rtol=0.02)
