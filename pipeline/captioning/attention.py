"""Logits of additive attention, computed with a product instead of a hyperbolic tangent.

n  captions   u  pictures   p  positions   d  size   r  rows (captions) of a chunk
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

_CLAMP = 40.0  # e⁸⁰ is a float32, and the product of e⁸⁰ and e⁻⁸⁰ is 1; tanh is ±1 long before
CHUNK_BYTES = {"cpu": 2**21, "cuda": 2**28}
"""Of (r, p, d) worked on at once: a core's cache."""


def additive_scores(
    query: Tensor, keys: Tensor, picture: Tensor, score: Tensor, chunk_bytes: int | None = None
) -> Tensor:
    """Σ_d score_d · tanh(key_pd + query_nd) of each caption and position (n, p), float32.

    ``query`` (n, d), ``keys`` (u, p, d), ``picture`` (n,) of each caption, ``score`` (d,). See
    Bahdanau et al. 2015, section A.1.2. With E = exp(-2 ·) it is tanh(k + q) = 2 / (1 + E(k) E(q))
    - 1, so exponentials are taken of d numbers a caption and of p · d numbers a picture, not of
    p · d numbers a caption, and nothing of that size is kept. Sums are right where both parts lie
    within ±40, or one does. ``chunk_bytes`` bounds the memory in use; by default it suits the
    device.
    """
    budget = chunk_bytes or CHUNK_BYTES.get(keys.device.type, CHUNK_BYTES["cuda"])
    scores: Tensor = _AdditiveScores.apply(  # type: ignore[no-untyped-call]
        query.float(), keys.float(), picture, score.float(), budget
    )
    return scores


class _AdditiveScores(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, query: Tensor, keys: Tensor, picture: Tensor, score: Tensor, budget: int
    ) -> Tensor:
        query_exp, key_exp = _exponential(query), _exponential(keys)  # (n, d), (u, p, d)
        ctx.save_for_backward(query_exp, key_exp, picture, score)
        ctx.budget = budget
        scores = query.new_empty(len(query), keys.shape[1])  # (n, p)
        for rows in _chunks(query_exp, key_exp, budget):
            halves = _half_tanh(query_exp[rows], key_exp, picture[rows])  # (r, p, d)
            # tanh = 2 h - 1: the factor goes into the score, the -1 is subtracted below.
            torch.matmul(halves, 2 * score, out=scores[rows])
        return scores.sub_(score.sum())

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, given: Tensor) -> tuple[Tensor, Tensor, None, Tensor, None]:
        query_exp, key_exp, picture, score = ctx.saved_tensors
        to_query, to_keys = torch.empty_like(query_exp), torch.zeros_like(key_exp)
        to_score = torch.zeros_like(score)
        for rows in _chunks(query_exp, key_exp, ctx.budget):
            # Recomputed, for it would be (n, p, d) to keep.
            halves = _half_tanh(query_exp[rows], key_exp, picture[rows])  # (r, p, d)
            upstream = given[rows]  # (r, p)
            to_score.addmv_(halves.flatten(0, 1).T, upstream.flatten(), alpha=2)
            # The derivative of tanh is 1 - tanh² = 4 h (1 - h). The 4 and the score, which are the
            # same at all positions, are multiplied in at the end.
            slopes = torch.addcmul(halves, halves, halves, value=-1, out=halves)
            torch.bmm(upstream[:, None], slopes, out=to_query[rows][:, None])  # (r, 1, d)
            to_keys.index_add_(0, picture[rows], slopes.mul_(upstream[:, :, None]))
        to_score.sub_(given.sum())
        return to_query.mul_(4 * score), to_keys.mul_(4 * score), None, to_score, None


def _exponential(values: Tensor) -> Tensor:
    return values.clamp(-_CLAMP, _CLAMP).mul_(-2).exp_()


def _half_tanh(query_exp: Tensor, key_exp: Tensor, picture: Tensor) -> Tensor:
    """h = (1 + tanh) / 2 = 1 / (1 + E(k) E(q)) of the sums, (r, p, d)."""
    product = key_exp.index_select(0, picture).mul_(query_exp[:, None])
    return product.add_(1).reciprocal_()


def _chunks(query_exp: Tensor, key_exp: Tensor, budget: int) -> list[slice]:
    size = max(1, budget // (key_exp[0].numel() * key_exp.element_size()))
    return [slice(start, start + size) for start in range(0, len(query_exp), size)]
