"""From the decoder's state to words: an exact softmax, or one that is cheaper for rare words.

n  places where a word comes next   d  size   v  words   r  places of a chunk
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

_CHUNK = {"cpu": 256, "cuda": 1024}  # places whose logits of all words exist at once
_CUTOFFS = (0.06, 0.3)  # shares of the words at which the classes of rarer ones begin


class FullSoftmax(nn.Module):
    """One linear layer over all words."""

    def __init__(self, size: int, words: int, chunk: int | None = None) -> None:
        """``chunk`` places are worked on at once; by default as many as suit the device."""
        super().__init__()
        self.out = nn.Linear(size, words)
        self._chunk = chunk

    def log_probs(self, hidden: Tensor) -> Tensor:
        """Log-probabilities of every word: (n, d) to (n, v), float32."""
        logits: Tensor = self.out(hidden).float()
        return logits.log_softmax(1)

    def losses(self, hidden: Tensor, targets: Tensor) -> Tensor:
        """Negative log-likelihood of the target words (n,), in nats; not to be differentiated."""
        losses = [
            nn.functional.cross_entropy(
                self.out(hidden[rows]).float(), targets[rows], reduction="none"
            )
            for rows in _chunks(hidden, self._chunk)
        ]
        return torch.cat(losses)

    def total_loss(self, hidden: Tensor, targets: Tensor, weights: Tensor | None = None) -> Tensor:
        """The sum of ``losses``, to be differentiated; each times its weight (n,), if given."""
        if torch.is_autocast_enabled(hidden.device.type):
            hidden = hidden.to(torch.get_autocast_dtype(hidden.device.type))
        total: Tensor = _TotalLoss.apply(  # type: ignore[no-untyped-call]
            hidden, self.out.weight, self.out.bias, targets, weights, _chunks(hidden, self._chunk)
        )
        return total


class _TotalLoss(torch.autograd.Function):
    """Linear layer, softmax and cross entropy in one, forward and backward chunk by chunk.

    The logits (n, v) never exist at once, and the passes over them that autograd would make are
    saved: the gradient of the logits is their softmax, less one at the target, written in place.
    """

    @staticmethod
    def forward(
        ctx: Any,
        hidden: Tensor,
        weight: Tensor,
        bias: Tensor,
        targets: Tensor,
        weights: Tensor | None,
        chunks: list[slice],
    ) -> Tensor:
        matrix = weight.to(hidden.dtype)  # (v, d)
        total = hidden.new_zeros((), dtype=torch.float32)
        to_hidden = torch.empty_like(hidden)
        to_weight, to_bias = torch.zeros_like(weight), torch.zeros_like(bias)
        for rows in chunks:
            inputs, target = hidden[rows], targets[rows, None]  # (r, d), (r, 1)
            logits = torch.addmm(bias.to(hidden.dtype), inputs, matrix.T).float()  # (r, v)
            probs = torch.softmax(logits, 1, out=logits)
            # A probability may round to zero, whose logarithm would be infinite.
            tiny = torch.finfo(torch.float32).tiny
            log_probs = probs.gather(1, target).clamp_min(tiny).log()  # (r, 1)
            # From here on ``probs`` is the gradient of the logits: softmax - one-hot.
            probs.scatter_add_(1, target, probs.new_full((1, 1), -1).expand_as(target))
            if weights is not None:
                log_probs = log_probs * weights[rows, None]
                probs.mul_(weights[rows, None])
            total -= log_probs.sum()
            to_bias += probs.sum(0)
            probs = probs.to(hidden.dtype)
            torch.mm(probs, matrix, out=to_hidden[rows])
            if hidden.dtype == weight.dtype:
                to_weight.addmm_(probs.T, inputs)
            else:
                to_weight += probs.T @ inputs  # added up in the weight's float32
        ctx.save_for_backward(to_hidden, to_weight, to_bias)
        return total

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, given: Tensor) -> tuple[Tensor, Tensor, Tensor, None, None, None]:
        to_hidden, to_weight, to_bias = ctx.saved_tensors
        return to_hidden * given, to_weight.mul_(given), to_bias.mul_(given), None, None, None


class AdaptiveSoftmax(nn.Module):
    """torch's adaptive softmax (Grave et al. 2017); word ids must be in order of frequency."""

    def __init__(self, size: int, words: int) -> None:
        super().__init__()
        cutoffs = sorted({max(1, round(share * words)) for share in _CUTOFFS} - {words})
        shrink = min(4.0, size**0.5)  # so that even the rarest class has one dimension
        self.out = nn.AdaptiveLogSoftmaxWithLoss(size, words, cutoffs, div_value=shrink)

    def log_probs(self, hidden: Tensor) -> Tensor:
        """Log-probabilities of every word: (n, d) to (n, v), float32."""
        with torch.autocast(hidden.device.type, enabled=False):
            log_probs: Tensor = self.out.log_prob(hidden.float())
        return log_probs

    def losses(self, hidden: Tensor, targets: Tensor) -> Tensor:
        """Negative log-likelihood of the target words (n,), in nats."""
        # torch's layer cannot mix the dtypes of autocast.
        with torch.autocast(hidden.device.type, enabled=False):
            losses: Tensor = -self.out(hidden.float(), targets).output
        return losses

    def total_loss(self, hidden: Tensor, targets: Tensor, weights: Tensor | None = None) -> Tensor:
        """The sum of ``losses``, to be differentiated; each times its weight (n,), if given."""
        losses = self.losses(hidden, targets)
        return (losses if weights is None else losses * weights).sum()


def _chunks(hidden: Tensor, chunk: int | None) -> list[slice]:
    size = chunk or _CHUNK.get(hidden.device.type, _CHUNK["cuda"])
    return [slice(start, start + size) for start in range(0, len(hidden), size)]
