"""How much two pictures differ once one is laid over the other.

One may show a part of the other: their aspects may differ, but nothing is turned. The part is
found by Gauss and Newton's method (Lucas and Kanade 1981): from what a picture would change by if
it were moved or stretched a little, and what it differs by, follows how far to move and to stretch
it. Small pictures come first, in which nothing is far away.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

SIDE = 56
"""Pixels across and down of the pictures that are compared."""
_BLOCKS = 14  # across and down, of which colours are compared
_COARSE = 2  # how many times smaller they are at first
_STEPS = 4  # of each size
_COARSE_FACTOR = 6  # times the limit, above which a coarse difference ends the comparison
_DAMPING = 1e-3  # of the normal equations' mean diagonal, for pictures without features
_MOST = 0.15  # part of a picture by which it may be moved or stretched
_COVERED = 0.5  # least share of a block that both pictures show


class Laid(NamedTuple):
    """Where pictures lie over others: x of the one is scale · x + shift of the other, in −1 … 1."""

    scale: Tensor
    """(n, 2) across and down."""
    shift: Tensor
    """(n, 2)."""


def differences(ones: Tensor, others: Tensor, limit: float) -> Tensor:
    """(n,) by how many grey levels that block differs most that does, once they are laid.

    ``ones`` and ``others`` are (n, 3, 56, 56) float32. Infinite where nothing fits, or where the
    difference is far beyond ``limit``.
    """
    # Either may be the one that shows a part of the other.
    return torch.minimum(_in_others(ones, others, limit), _in_others(others, ones, limit))


def _in_others(ones: Tensor, others: Tensor, limit: float) -> Tensor:
    """(n,) the same for ``ones`` that may be parts of ``others``."""
    small, smaller = (functional.avg_pool2d(pictures, _COARSE) for pictures in (ones, others))
    at_first = Laid(torch.ones(len(ones), 2), torch.zeros(len(ones), 2))
    laid = _lay(small, smaller, at_first, _STEPS)
    likely = _difference(small, smaller, laid) <= _COARSE_FACTOR * limit
    found = torch.full((len(ones),), torch.inf)
    ones, others = ones[likely], others[likely]
    laid = _lay(ones, others, Laid(laid.scale[likely], laid.shift[likely]), _STEPS)
    found[likely] = _difference(ones, others, laid)
    return found


def _difference(ones: Tensor, others: Tensor, laid: Laid) -> Tensor:
    moved, seen = _moved(others, laid)
    far = functional.adaptive_avg_pool2d((ones - moved) * seen, _BLOCKS)
    covered = functional.adaptive_avg_pool2d(seen, _BLOCKS)
    blocks = far.abs().mean(1, keepdim=True) / covered.clamp(min=_COVERED)
    blocks = torch.where(covered >= _COVERED, blocks, 0)
    fits = ((laid.scale - 1).abs() <= _MOST).all(1) & (laid.shift.abs() <= _MOST).all(1)
    return torch.where(fits, blocks.flatten(1).amax(1), torch.inf)


def _lay(ones: Tensor, others: Tensor, laid: Laid, steps: int) -> Laid:
    """Find where ``ones`` (n, 3, s, s) lie in ``others``, from where they are ``laid``."""
    slopes = _slopes(others)
    for _ in range(steps):
        laid = _step(ones, others, slopes, laid)
    return laid


def _step(ones: Tensor, others: Tensor, slopes: Tensor, laid: Laid) -> Laid:
    """Solve once for how far to move and stretch; ``slopes`` (n, 6, s, s) are those of others."""
    count, side = len(ones), ones.shape[-1]
    moved, seen = _moved(torch.cat([others, slopes], 1), laid)
    left = ((ones - moved[:, :3]) * seen).flatten(1)
    across, down = moved[:, 3:6] * seen, moved[:, 6:] * seen
    places = _places(side)
    by = [across * places, across, down * places[:, None], down]  # of each parameter
    slope = torch.stack([one.flatten(1) for one in by], 2)
    normal = slope.mT @ slope
    damping = _DAMPING * normal.diagonal(dim1=1, dim2=2).mean(1).clamp(min=1)
    normal = normal + damping[:, None, None] * torch.eye(4)
    change = torch.linalg.solve(normal, (slope.mT @ left[..., None])).view(count, 2, 2)
    change = change.clamp(-_MOST, _MOST)
    return Laid(laid.scale + change[..., 0], laid.shift + change[..., 1])


def _moved(pictures: Tensor, laid: Laid) -> tuple[Tensor, Tensor]:
    """``pictures`` (n, c, s, s) where they are laid, and (n, 1, s, s) 1 where there is any."""
    places = _places(pictures.shape[-1])
    across, down = (laid.scale[:, k, None] * places + laid.shift[:, k, None] for k in (0, 1))
    grid = torch.stack(
        [
            across[:, None, :].expand(-1, len(places), -1),
            down[:, :, None].expand(-1, -1, len(places)),
        ],
        3,
    )
    seen = (grid.abs() <= 1).all(3)[:, None].float()
    moved = functional.grid_sample(pictures, grid, padding_mode="border", align_corners=False)
    return moved, seen


def _slopes(pictures: Tensor) -> Tensor:
    """(n, 6, s, s) how colours change across, and down, per unit of −1 … 1."""
    padded = functional.pad(pictures, (1, 1, 1, 1), mode="replicate")
    across = padded[:, :, 1:-1, 2:] - padded[:, :, 1:-1, :-2]
    down = padded[:, :, 2:, 1:-1] - padded[:, :, :-2, 1:-1]
    return torch.cat([across, down], 1) * (pictures.shape[-1] / 4)


def _places(side: int) -> Tensor:
    """(s,) the middles of pixels, in −1 … 1."""
    return (torch.arange(side) * 2 + 1) / side - 1
