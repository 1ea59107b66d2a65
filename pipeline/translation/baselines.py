"""Simple ways to translate a picture, which a translator should beat.

n  pictures   s  the side of a picture   Pictures are (n, 3, s, s) in −1…1.
"""

from __future__ import annotations

import torch
from torch import Tensor

_COMPONENTS = 128  # of PCA, at most
_RIDGE = 1.0  # times the mean variance of a component
_CHUNK = 256  # pictures that are compared at once


def colour_transfer(pictures: Tensor, targets: Tensor) -> Tensor:
    """Mean and spread of each colour as those of the ``targets`` on average.

    After Reinhard et al. (2001), who take lαβ instead of RGB.
    """
    mean, spread = pictures.mean((2, 3), keepdim=True), pictures.std((2, 3), keepdim=True)
    wanted_mean = targets.mean((2, 3)).mean(0)[:, None, None]
    wanted_spread = targets.std((2, 3)).mean(0)[:, None, None]
    return ((pictures - mean) / (spread + 1e-6) * wanted_spread + wanted_mean).clamp(-1, 1)


def nearest(pictures: Tensor, known: Tensor, shown: Tensor) -> Tensor:
    """For each picture the one of ``shown`` (m, 3, s, s) at the place of the nearest ``known``."""
    flat = known.flatten(1)
    found = [torch.cdist(some.flatten(1), flat).argmin(1) for some in torch.split(pictures, _CHUNK)]
    return shown[torch.cat(found)]


class LinearTranslation:
    """PCA of pictures and of their translations, and ridge regression from one to the other."""

    def __init__(self, pictures: Tensor, truths: Tensor) -> None:
        """Learn from pairs (m, 3, s, s)."""
        x, y = pictures.flatten(1), truths.flatten(1)
        self._x_mean, self._y_mean = x.mean(0), y.mean(0)
        rank = min(_COMPONENTS, len(x) - 1)
        self._x_axes, self._y_axes = _axes(x - self._x_mean, rank), _axes(y - self._y_mean, rank)
        a, b = (x - self._x_mean) @ self._x_axes, (y - self._y_mean) @ self._y_axes
        scatter = a.T @ a
        scatter += torch.eye(len(scatter)).to(scatter) * _RIDGE * scatter.diagonal().mean()
        self._weights = torch.linalg.solve(scatter, a.T @ b)

    def __call__(self, pictures: Tensor) -> Tensor:
        """Pictures (n, 3, s, s), translated."""
        found = (pictures.flatten(1) - self._x_mean) @ self._x_axes @ self._weights
        made: Tensor = found @ self._y_axes.T + self._y_mean
        return made.clamp(-1, 1).view(pictures.shape)


def _axes(centred: Tensor, rank: int) -> Tensor:
    """(features, rank) principal axes of (m, features)."""
    gram = centred @ centred.T
    values, vectors = torch.linalg.eigh(gram)
    values, vectors = values[-rank:].clamp_min(1e-6), vectors[:, -rank:]
    axes: Tensor = centred.T @ vectors / values.sqrt()
    return axes
