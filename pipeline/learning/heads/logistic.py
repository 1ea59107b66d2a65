"""Logistic regression of many tags at once, with a ridge penalty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import torch
from torch.nn.functional import softplus

from pipeline.learning.heads.components import Components
from pipeline.runtime.arrays import Bools, Float32s

_MAX_STEPS = 200
_TOLERANCE = 1e-5  # of the largest gradient, in nats an example


@dataclass(frozen=True)
class LogisticHead:
    """A tag's log-odds are linear in the features."""

    weights: Float32s
    """(f, k)"""
    bias: Float32s
    """(k,)"""

    def logits(self, features: Float32s) -> Float32s:
        """(n, k) log-odds of each tag, for ``features`` (n, f)."""
        return features @ self.weights + self.bias

    def before(self, components: Components) -> Self:
        """The same head for features that are not projected on ``components`` first."""
        weights = components.axes.T @ self.weights
        bias = self.bias - components.mean @ weights
        return type(self)(weights.astype(np.float32), bias.astype(np.float32))


def fit_logistic(
    features: Float32s,
    targets: Bools,
    penalty: float,
    *,
    start: LogisticHead | None = None,
    device: torch.device | None = None,
) -> LogisticHead:
    """Fit to ``features`` (n, f) and which tags hold (n, k), all tags in one pass.

    ``penalty`` is the inverse of the variance expected of weights; the bias is free. It is
    quicker from a ``start`` that is near, such as the fit with a slightly larger penalty. A tag
    that holds of none or of all examples keeps a finite bias.
    """
    n = len(features)
    x = torch.from_numpy(np.ascontiguousarray(features, np.float32)).to(device)
    y = torch.from_numpy(targets.astype(np.float32)).to(device)
    held = (y.sum(0) + 0.5) / (n + 1)
    if start is None:
        weights, bias = torch.zeros(x.shape[1], y.shape[1], device=device), torch.logit(held)
    else:
        weights, bias = (torch.tensor(part, device=device) for part in (start.weights, start.bias))
    constant = (y == y[:1]).all(0)
    solver = torch.optim.LBFGS(
        [weights, bias],
        max_iter=_MAX_STEPS,
        tolerance_grad=_TOLERANCE,
        tolerance_change=1e-9,
        line_search_fn="strong_wolfe",
    )

    def loss() -> torch.Tensor:
        logits = x @ weights + bias
        # Its own gradient spares autograd's copies of (n, k).
        residual = (torch.sigmoid(logits) - y).masked_fill(constant, 0) / n
        weights.grad = x.T @ residual + penalty / n * weights
        bias.grad = residual.sum(0)
        surprise = (softplus(logits) - y * logits).masked_fill(constant, 0).sum()
        return (surprise + penalty / 2 * weights.square().sum()) / n

    with torch.no_grad():
        solver.step(loss)  # type: ignore[no-untyped-call]
    bias = torch.where(constant, torch.logit(held), bias)
    return LogisticHead(weights.cpu().numpy(), bias.cpu().numpy())


def nats(logits: Float32s, targets: Bools) -> Float32s:
    """(n, k) −ln of the probability that ``logits`` (n, k) give to what holds or does not."""
    return np.logaddexp(0, np.where(targets, -logits, logits), dtype=np.float32)
