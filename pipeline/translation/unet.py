"""A generator that keeps what a picture shows sharp: a U-Net (Ronneberger et al. 2015).

What is halved is handed on to where it is doubled again. The target scales and shifts each
normalised layer (Dumoulin et al. 2017): beside the colours, as StarGAN has it, a constant is
normalised away everywhere but at the border.
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from pipeline.translation.settings import NetworkSettings

_RGB = 3


class _Layer(nn.Module):
    """A convolution, normalised for each picture, as the target wants it, and rectified."""

    def __init__(self, convolution: nn.Conv2d, domains: int) -> None:
        super().__init__()
        self.convolution = convolution
        self.style = nn.Linear(domains, 2 * convolution.out_channels)
        nn.init.zeros_(self.style.weight)
        nn.init.zeros_(self.style.bias)

    def forward(self, x: Tensor, targets: Tensor, *, rectified: bool = True) -> Tensor:
        x = self.convolution(x)
        x = functional.group_norm(x, x.shape[1])
        scale, shift = self.style(targets)[:, :, None, None].chunk(2, 1)
        x = torch.addcmul(shift, x, 1 + scale)
        return functional.relu(x, inplace=True) if rectified else x


class UNet(nn.Module):
    """From pictures whose sides are multiples of ``multiple``, and targets, to pictures."""

    multiple = 8

    def __init__(self, domains: int, settings: NetworkSettings) -> None:
        super().__init__()
        c = settings.channels
        widths = [c, 2 * c, 4 * c, 4 * c]

        def layer(read: int, made: int, side: int = 3, stride: int = 1) -> _Layer:
            convolution = nn.Conv2d(read, made, side, stride, 1, bias=False)
            return _Layer(convolution, domains)

        self.stem = layer(_RGB, c)
        self.down = nn.ModuleList(layer(read, made, 4, 2) for read, made in pairwise(widths))
        self.first, self.second = (
            nn.ModuleList(layer(widths[-1], widths[-1]) for _ in range(settings.blocks))
            for _ in range(2)
        )
        """Of residual blocks."""
        self.up = nn.ModuleList(
            layer(read + made, made)
            for read, made in zip(widths[:0:-1], widths[-2::-1], strict=True)
        )
        self.out = nn.Conv2d(c + _RGB, _RGB, 3, padding=1)

    def forward(self, pictures: Tensor, targets: Tensor) -> Tensor:
        """Pictures (n, 3, h, w) in −1…1, as targets (n, d) want them."""
        x = self.stem(pictures, targets)
        kept = []
        for layer in self.down:
            kept.append(x)
            x = layer(x, targets)
        for first, second in zip(self.first, self.second, strict=True):
            x = x + second(first(x, targets), targets, rectified=False)
        for layer in self.up:
            x = functional.interpolate(x, scale_factor=2.0, mode="nearest")
            x = layer(torch.cat([x, kept.pop()], 1), targets)
        made: Tensor = torch.tanh(self.out(torch.cat([x, pictures], 1)))
        return made
