"""From what a captioner has in mind to words: exact, or cheaper for rare ones.

n  places where a word comes   d  size   v  words
"""

from __future__ import annotations

from typing import Any, Literal

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

Softmax = Literal["full", "adaptive"]
"""Every word alike; or rare words by way of their class, in fewer dimensions (Grave et al.
2017), which is another model with a loss of its own."""

_CHUNK = {"cpu": 256, "cuda": 1024}  # places whose scores of all words exist at once
_CLASSES = (0.06, 0.3)  # of the words, where the classes of rarer ones begin


class FullSoftmax(nn.Module):
    """One linear layer over all words."""

    def __init__(self, size: int, words: int) -> None:
        super().__init__()
        self.out = nn.Linear(size, words)

    def log_chances(self, hidden: Tensor) -> Tensor:
        """Of every word: (n, d) to (n, v), float32."""
        scores: Tensor = self.out(hidden).float()
        return scores.log_softmax(1)

    def losses(self, hidden: Tensor, truth: Tensor) -> Tensor:
        """Negative log-likelihood of true words (n,), in nats, without gradients."""
        found = [
            nn.functional.cross_entropy(self.out(some).float(), true, reduction="none")
            for some, true in _chunked(hidden, truth)
        ]
        return torch.cat(found)

    def total(self, hidden: Tensor, truth: Tensor) -> Tensor:
        """The sum of ``losses``, to be differentiated."""
        if torch.is_autocast_enabled(hidden.device.type):
            hidden = hidden.to(torch.get_autocast_dtype(hidden.device.type))
        total: Tensor = _TotalLoss.apply(  # type: ignore[no-untyped-call]
            hidden, self.out.weight, self.out.bias, truth
        )
        return total


class _TotalLoss(torch.autograd.Function):
    """Linear layer, softmax and cross entropy in one, forward and backward chunk by chunk.

    The scores of all words at all places never exist at once, and none of the passes over them
    is made that autograd would make: the gradient of scores is their softmax, less one at the
    true word, written over them.
    """

    @staticmethod
    def forward(ctx: Any, hidden: Tensor, weight: Tensor, bias: Tensor, truth: Tensor) -> Tensor:
        matrix = weight.to(hidden.dtype)
        total = hidden.new_zeros((), dtype=torch.float32)
        to_hidden = torch.empty_like(hidden)
        to_weight, to_bias = torch.zeros_like(weight), torch.zeros_like(bias)
        for rows in _chunks(hidden):
            some, true = hidden[rows], truth[rows, None]
            scores = torch.addmm(bias.to(hidden.dtype), some, matrix.T).float()
            chances = torch.softmax(scores, 1, out=scores)
            total -= chances.gather(1, true).clamp_min(torch.finfo(torch.float32).tiny).log().sum()
            chances.scatter_add_(1, true, chances.new_full((1, 1), -1).expand_as(true))
            to_bias += chances.sum(0)
            chances = chances.to(hidden.dtype)
            torch.mm(chances, matrix, out=to_hidden[rows])
            if hidden.dtype == weight.dtype:
                to_weight.addmm_(chances.T, some)
            else:
                to_weight += chances.T @ some
        ctx.save_for_backward(to_hidden, to_weight, to_bias)
        return total

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, given: Tensor) -> tuple[Tensor, Tensor, Tensor, None]:
        to_hidden, to_weight, to_bias = ctx.saved_tensors
        return to_hidden * given, to_weight.mul_(given), to_bias.mul_(given), None


class AdaptiveSoftmax(nn.Module):
    """torch's adaptive softmax; ids of words must be in order of frequency."""

    def __init__(self, size: int, words: int) -> None:
        super().__init__()
        begins = sorted({max(1, round(share * words)) for share in _CLASSES} - {words})
        shrink = min(4.0, size**0.5)  # so that the rarest class has a dimension
        self.out = nn.AdaptiveLogSoftmaxWithLoss(size, words, begins, div_value=shrink)

    def log_chances(self, hidden: Tensor) -> Tensor:
        """Of every word: (n, d) to (n, v), float32."""
        with torch.autocast(hidden.device.type, enabled=False):
            chances: Tensor = self.out.log_prob(hidden.float())
        return chances

    def losses(self, hidden: Tensor, truth: Tensor) -> Tensor:
        """Negative log-likelihood of true words (n,), in nats."""
        # torch's layer cannot mix the dtypes of autocast.
        with torch.autocast(hidden.device.type, enabled=False):
            losses: Tensor = -self.out(hidden.float(), truth).output
        return losses

    def total(self, hidden: Tensor, truth: Tensor) -> Tensor:
        """The sum of ``losses``, to be differentiated."""
        return self.losses(hidden, truth).sum()


def _chunks(hidden: Tensor) -> list[slice]:
    size = _CHUNK.get(hidden.device.type, _CHUNK["cuda"])
    return [slice(start, start + size) for start in range(0, len(hidden), size)]


def _chunked(hidden: Tensor, truth: Tensor) -> list[tuple[Tensor, Tensor]]:
    return [(hidden[rows], truth[rows]) for rows in _chunks(hidden)]
