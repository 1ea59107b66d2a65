import pytest
import torch
from torch import Tensor

from pipeline.captioning.attention import additive_scores

P, D = 5, 3
WHICH = torch.tensor([1, 0, 0, 2, 1, 0, 1])
"""Of a comment; nobody is about the last of four pictures."""

a_chunk_of = pytest.mark.parametrize("rows", [1, 2, 3, 7, 1000])


ROW_BYTES = P * D * 4


def drawn(scale: float = 1) -> tuple[Tensor, Tensor, Tensor]:
    """Queries, keys and score."""
    draws = torch.Generator().manual_seed(0)
    shapes = [(len(WHICH), D), (4, P, D), (D,)]
    query, keys, score = (torch.randn(shape, generator=draws) for shape in shapes)
    return query * scale, keys * scale, score


def by_tanh(query: Tensor, keys: Tensor, picture: Tensor, score: Tensor) -> Tensor:
    return torch.tanh(keys[picture] + query[:, None]) @ score


def learning(*tensors: Tensor, dtype: torch.dtype = torch.float32) -> list[Tensor]:
    return [tensor.detach().to(dtype).requires_grad_() for tensor in tensors]


def check(query: Tensor, keys: Tensor, score: Tensor, rows: int | None = None) -> None:
    """Scores and gradients against those by tanh in float64."""
    fast = learning(query, keys, score)
    slow = learning(query, keys, score, dtype=torch.float64)
    chunk = None if rows is None else rows * ROW_BYTES
    scores = additive_scores(fast[0], fast[1], WHICH, fast[2], chunk)
    wanted = by_tanh(slow[0], slow[1], WHICH, slow[2])
    torch.testing.assert_close(scores.double(), wanted, atol=1e-5, rtol=1e-5)
    given = torch.randn(scores.shape, generator=torch.Generator().manual_seed(1))
    gradients = torch.autograd.grad(scores, fast, given)
    for found, right in zip(
        gradients, torch.autograd.grad(wanted, slow, given.double()), strict=True
    ):
        assert found.isfinite().all()
        torch.testing.assert_close(found.double(), right, atol=1e-5, rtol=1e-5)


@a_chunk_of
@pytest.mark.parametrize("scale", [0.01, 1, 5])
def test_scores_are_those_of_a_hyperbolic_tangent(scale: float, rows: int) -> None:
    check(*drawn(scale), rows)


@a_chunk_of
def test_chunks_change_nothing(rows: int) -> None:
    query, keys, score = drawn()
    together = additive_scores(query, keys, WHICH, score)
    chunked = additive_scores(query, keys, WHICH, score, rows * ROW_BYTES)
    torch.testing.assert_close(chunked, together)


@pytest.mark.parametrize("query_by", [-100, -30, 0, 30, 100])
@pytest.mark.parametrize("keys_by", [-100, -30, 0, 30, 100])
def test_extreme_values_are_no_trouble(query_by: float, keys_by: float) -> None:
    query, keys, score = drawn()
    if query_by * keys_by == -(100**2):
        query, keys = query * 0, keys * 0  # they cancel, and only so are not beyond the largest
    check(query + query_by, keys + keys_by, score)


def test_numbers_beyond_the_largest_that_cancel_are_finite() -> None:
    query, keys, score = learning(*drawn(100))
    scores = additive_scores(query, keys, WHICH, score)
    assert (scores.abs() <= score.abs().sum() + 1e-5).all()
    for gradient in torch.autograd.grad(scores.sum(), [query, keys, score]):
        assert gradient.isfinite().all()


def test_the_slope_is_that_of_small_steps() -> None:
    query, keys, score = learning(*drawn())
    gradients = torch.autograd.grad(
        additive_scores(query, keys, WHICH, score).sum(), [query, keys, score]
    )
    parts = [query.detach(), keys.detach(), score.detach()]
    for place, gradient in enumerate(gradients):
        for index in range(0, gradient.numel(), 5):
            step = torch.zeros(gradient.numel())
            step[index] = 0.01
            ends = []
            for sign in (-1, 1):
                moved = [*parts]
                moved[place] = parts[place] + sign * step.view_as(parts[place])
                ends.append(additive_scores(moved[0], moved[1], WHICH, moved[2]).double().sum())
            slope = (ends[1] - ends[0]) / 0.02
            assert gradient.flatten()[index].item() == pytest.approx(slope.item(), abs=2e-3)


def test_a_picture_that_nobody_is_about_gets_no_gradient() -> None:
    query, keys, score = learning(*drawn())
    additive_scores(query, keys, WHICH, score).sum().backward()  # type: ignore[no-untyped-call]
    assert keys.grad is not None
    assert not keys.grad[3].any()
    assert keys.grad[:3].flatten(1).any(1).all()


def test_half_precision_is_scored_in_float32() -> None:
    query, keys, score = drawn()
    scores = additive_scores(query.bfloat16(), keys.bfloat16(), WHICH, score)
    assert scores.dtype == torch.float32
    wanted = by_tanh(query.bfloat16().float(), keys.bfloat16().float(), WHICH, score)
    torch.testing.assert_close(scores, wanted, atol=1e-5, rtol=1e-5)
