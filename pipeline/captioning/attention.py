"""Scores of additive attention, at the cost of a product instead of a hyperbolic tangent.

n  comments   u  pictures   p  positions   d  size
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

_LARGEST = 40.0  # e⁸⁰ is a float32, and the product of e⁸⁰ and e⁻⁸⁰ is 1; tanh is ±1 long before
_CHUNK_BYTES = {"cpu": 2**21, "cuda": 2**28}  # of (rows, p, d) worked on at once: a core's cache


def additive_scores(query: Tensor, keys: Tensor, which: Tensor, score: Tensor) -> Tensor:
    """Σ_d score_d · tanh(key_pd + query_nd) of each comment and position (n, p).

    ``query`` (n, d), ``keys`` (u, p, d), ``which`` (n,) the picture of each comment, ``score``
    (d,). Bahdanau et al. 2015, section A.1.2. With E = exp(-2 ·) it is
    tanh(k + q) = 2 / (1 + E(k) E(q)) - 1, so exponentials are taken of d numbers a comment and
    of p · d numbers a picture, and not of p · d a comment. Nothing of that size is kept. Sums are
    right where both parts lie within ±40, or one does.
    """
    scores: Tensor = _AdditiveScores.apply(  # type: ignore[no-untyped-call]
        query.float(), keys.float(), which, score.float()
    )
    return scores


class _AdditiveScores(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, query: Tensor, keys: Tensor, which: Tensor, score: Tensor) -> Tensor:
        of_queries, of_keys = _exponential(query), _exponential(keys)
        ctx.save_for_backward(of_queries, of_keys, which, score)
        found = query.new_empty(len(query), keys.shape[1])
        for rows in _chunks(of_queries, of_keys):
            halves = _half_tanh(of_queries[rows], of_keys, which[rows])
            torch.matmul(halves, 2 * score, out=found[rows])
        return found.sub_(score.sum())

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, given: Tensor) -> tuple[Tensor, Tensor, None, Tensor]:
        of_queries, of_keys, which, score = ctx.saved_tensors
        to_query, to_keys = torch.empty_like(of_queries), torch.zeros_like(of_keys)
        to_score = torch.zeros_like(score)
        for rows in _chunks(of_queries, of_keys):
            halves = _half_tanh(of_queries[rows], of_keys, which[rows])
            wanted = given[rows]
            to_score.addmv_(halves.flatten(0, 1).T, wanted.flatten(), alpha=2)
            # The derivative of tanh: 1 - tanh² = 4 h (1 - h).
            slopes = torch.addcmul(halves, halves, halves, value=-1, out=halves)
            torch.bmm(wanted[:, None], slopes, out=to_query[rows][:, None])
            to_keys.index_add_(0, which[rows], slopes.mul_(wanted[:, :, None]))
        to_score.sub_(given.sum())
        return to_query.mul_(4 * score), to_keys.mul_(4 * score), None, to_score


def _exponential(values: Tensor) -> Tensor:
    return values.clamp(-_LARGEST, _LARGEST).mul_(-2).exp_()


def _half_tanh(of_queries: Tensor, of_keys: Tensor, which: Tensor) -> Tensor:
    """(1 + tanh) / 2 of the sums, (rows, p, d)."""
    product = of_keys.index_select(0, which).mul_(of_queries[:, None])
    return product.add_(1).reciprocal_()


def _chunks(of_queries: Tensor, of_keys: Tensor) -> list[slice]:
    budget = _CHUNK_BYTES.get(of_keys.device.type, _CHUNK_BYTES["cuda"])
    size = max(1, budget // (of_keys[0].numel() * of_keys.element_size()))
    return [slice(start, start + size) for start in range(0, len(of_queries), size)]
