"""An independent judge: a small network that learns to tell the domains of real pictures.

It has seen no translation, so that a translator cannot have learned to deceive it.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from pipeline.translation.losses import classification_loss, share_right
from pipeline.translation.training_set import TrainingSet

_CHANNELS = (16, 32, 64, 64)
_BATCH, _RATE = 32, 2e-3


class Judge:
    """A trained judge."""

    def __init__(
        self, pictures: TrainingSet, device: torch.device, *, steps: int, seed: int
    ) -> None:
        """Learn from the pictures that are not held out, in so many ``steps``."""
        self._exclusive = pictures.exclusive
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            self._network = _network(len(pictures.domain_names)).to(device).train()
        rows = pictures.rows(held_out=False)
        draws = torch.Generator().manual_seed(seed)
        optimizer = torch.optim.AdamW(self._network.parameters(), _RATE, fused=True)
        schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.0, steps)
        for _ in range(steps):
            chosen = rows[torch.randint(len(rows), (_BATCH,), generator=draws).numpy()]
            batch = pictures.pictures(chosen, device)
            if torch.rand((), generator=draws) < 0.5:
                batch = batch.flip(3)
            own = torch.from_numpy(pictures.domains[chosen]).to(device)
            optimizer.zero_grad()
            loss = classification_loss(self._network(batch), own, exclusive=self._exclusive)
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
        self._network.eval()

    def right(self, pictures: Tensor, targets: Tensor) -> Tensor:
        """(n,) the share of domains (n, d) that pictures (n, 3, s, s) are rightly taken for."""
        with torch.inference_mode():
            logits = torch.cat([self._network(some) for some in torch.split(pictures, 256)])
            return share_right(logits, targets, exclusive=self._exclusive)


def _network(domains: int) -> nn.Module:
    layers: list[nn.Module] = []
    read = 3
    for made in _CHANNELS:
        layers += [nn.Conv2d(read, made, 3, 2, 1, bias=False), nn.BatchNorm2d(made), nn.ReLU()]
        read = made
    pooled = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(read, domains)]
    return nn.Sequential(*layers, *pooled)
