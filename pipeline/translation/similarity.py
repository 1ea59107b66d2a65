"""How alike pictures are: the mean difference, SSIM, and how much of their edges is the same.

n  pictures   h, w  height and width   All are (n, 3, h, w) in −1…1.
"""

from __future__ import annotations

from functools import cache

import torch
from torch import Tensor
from torch.nn import functional

_WINDOW, _SIGMA = 11, 1.5
_C1, _C2 = 0.01**2, 0.03**2
"""Of SSIM for values from 0 to 1, as its authors have them (Wang et al. 2004)."""
_LUMA = (0.299, 0.587, 0.114)
_NO_EDGES = 1e-6  # the variance of edges of an even picture


def l1(ours: Tensor, truths: Tensor) -> Tensor:
    """(n,) mean differences, as shares of the way from black to white."""
    return (ours - truths).abs().mean((1, 2, 3)) / 2


def ssim(ours: Tensor, truths: Tensor) -> Tensor:
    """(n,) structural similarity, up to 1: Gaussian windows of 11 pixels, each colour by itself."""
    x, y = (ours + 1) / 2, (truths + 1) / 2
    stacked = torch.cat([x, y, x * x, y * y, x * y])
    mean_x, mean_y, xx, yy, xy = _blurred(stacked).chunk(5)
    covariance = xy - mean_x * mean_y
    variances = xx - mean_x**2 + yy - mean_y**2
    likeness = (2 * mean_x * mean_y + _C1) * (2 * covariance + _C2)
    return (likeness / ((mean_x**2 + mean_y**2 + _C1) * (variances + _C2))).mean((1, 2, 3))


def structure(ours: Tensor, others: Tensor) -> Tensor:
    """(n,) the correlation of edges (Sobel's, of luma): 1 where all are in the same places.

    0 where either has none.
    """
    one, two = (_edges(pictures).flatten(1) for pictures in (ours, others))
    one, two = one - one.mean(1, keepdim=True), two - two.mean(1, keepdim=True)
    product = ((one**2).mean(1) * (two**2).mean(1)).sqrt()
    return torch.where(product > _NO_EDGES, (one * two).mean(1) / product, 0.0)


def _blurred(pictures: Tensor) -> Tensor:
    """Means under a Gaussian window, without what it would need of beyond the border."""
    n, c, h, w = pictures.shape
    side = min(_WINDOW, h, w)
    kernel = _gaussian(side).to(pictures)
    flat = pictures.reshape(n * c, 1, h, w)
    flat = functional.conv2d(
        functional.conv2d(flat, kernel[None, None, :, None]), kernel[None, None, None]
    )
    return flat.reshape(n, c, *flat.shape[-2:])


@cache
def _gaussian(side: int) -> Tensor:
    offsets = torch.arange(side) - (side - 1) / 2
    weights = torch.exp(-(offsets**2) / (2 * _SIGMA**2))
    normed: Tensor = weights / weights.sum()
    return normed


def _edges(pictures: Tensor) -> Tensor:
    """(n, h, w) how steep luma is."""
    luma = (pictures * pictures.new_tensor(_LUMA)[:, None, None]).sum(1, keepdim=True)
    sobel = pictures.new_tensor([[1, 0, -1], [2, 0, -2], [1, 0, -1]]) / 8
    both = torch.stack([sobel, sobel.T])[:, None]
    slopes = functional.conv2d(functional.pad(luma, (1, 1, 1, 1), "replicate"), both)
    steepness: Tensor = torch.linalg.vector_norm(slopes, dim=1)
    return steepness
