"""StarGAN's two networks (Choi et al. 2018): a generator and a discriminator.

The generator is Johnson's (2016): two halvings, residual blocks, two doublings. It reads the
target beside the colours. The discriminator is a PatchGAN with a head that tells domains.

n  pictures   c  channels   d  domains   h, w  height and width   s  the side of training pictures
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.nn import functional

from pipeline.translation.settings import NetworkSettings
from pipeline.translation.unet import UNet

RGB = 3
_HALVINGS = 2  # of the generator
_MULTIPLE = 2**_HALVINGS  # of pixels that it works on
_SLOPE = 0.01  # of the discriminator's rectifiers below 0


class InstanceNorm(nn.Module):
    """Instance normalisation with scale and shift, as one group for each channel.

    So computed it is faster than torch's own, which has no kernel for channels that come last.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x: Tensor) -> Tensor:
        """Normalise (n, c, h, w)."""
        return functional.group_norm(x, len(self.weight), self.weight, self.bias)


class _Residual(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(channels, channels, 3, padding=1, bias=False),
            InstanceNorm(channels),
            nn.ReLU(inplace=True),
            nn.Conv2d(channels, channels, 3, padding=1, bias=False),
            InstanceNorm(channels),
        )

    def forward(self, x: Tensor) -> Tensor:
        changed: Tensor = self.body(x)
        return changed.add_(x)


class Generator(nn.Module):
    """From pictures of any size, and targets, to pictures of the same size."""

    def __init__(self, domains: int, settings: NetworkSettings) -> None:
        super().__init__()
        if settings.generator == "unet":
            self.body: nn.Module = UNet(domains, settings)
            self.multiple = UNet.multiple
        else:
            self.body, self.multiple = _Johnson(domains, settings), _MULTIPLE
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def forward(self, pictures: Tensor, targets: Tensor) -> Tensor:
        """Pictures (n, 3, h, w) in −1…1, as targets (n, d) want them.

        Sides are filled up by reflection to what can be halved, and the result is cut back.
        """
        h, w = pictures.shape[-2:]
        x = pictures.contiguous(memory_format=torch.channels_last)
        down, right = (_missing(side, self.multiple) for side in (h, w))
        if down or right:
            # A picture of a few pixels has too few of them to be reflected.
            how = "reflect" if down < h and right < w else "replicate"
            x = functional.pad(x, (0, right, 0, down), how)
        made: Tensor = self.body(x, targets)
        return made[..., :h, :w]


class _Johnson(nn.Sequential):
    """StarGAN's generator, which reads the target beside the colours."""

    def __init__(self, domains: int, settings: NetworkSettings) -> None:
        c = settings.channels
        layers = _normalised(nn.Conv2d(RGB + domains, c, 7, padding=3, bias=False), c)
        for _ in range(_HALVINGS):
            layers += _normalised(nn.Conv2d(c, 2 * c, 4, 2, 1, bias=False), 2 * c)
            c *= 2
        layers += [_Residual(c) for _ in range(settings.blocks)]
        for _ in range(_HALVINGS):
            layers += _normalised(nn.ConvTranspose2d(c, c // 2, 4, 2, 1, bias=False), c // 2)
            c //= 2
        layers += [nn.Conv2d(c, RGB, 7, padding=3, bias=False), nn.Tanh()]
        super().__init__(*layers)

    def forward(self, pictures: Tensor, targets: Tensor) -> Tensor:  # type: ignore[override]
        """As the generator's, of sides that are halved twice."""
        maps = targets[:, :, None, None].expand(-1, -1, *pictures.shape[-2:])
        x = torch.cat([pictures, maps.to(pictures.dtype)], 1)
        x = x.contiguous(memory_format=torch.channels_last)
        for layer in self:
            x = layer(x)
        return x


def _normalised(layer: nn.Module, channels: int) -> list[nn.Module]:
    return [layer, InstanceNorm(channels), nn.ReLU(inplace=True)]


def _missing(side: int, multiple: int) -> int:
    """Pixels up to what can be halved to at least two, for one cannot be normalised."""
    return max(-side % multiple, 2 * multiple - side)


class Discriminator(nn.Module):
    """Says of each patch of a picture how real it is, and of the picture its domain."""

    def __init__(self, domains: int, size: int, settings: NetworkSettings) -> None:
        """``size`` is the side of the pictures, of which 2^halvings must be a divisor."""
        super().__init__()
        c, read = settings.channels, RGB
        layers: list[nn.Module] = []
        for _ in range(settings.halvings):
            layers += [nn.Conv2d(read, c, 4, 2, 1), nn.LeakyReLU(_SLOPE)]
            read, c = c, 2 * c
        left = size >> settings.halvings
        self.body = nn.Sequential(*layers)
        self.score = nn.Conv2d(read, 1, 3, padding=1, bias=False)
        self.domain = nn.Conv2d(read, domains, left, bias=False)
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def features(self, pictures: Tensor) -> Tensor:
        """(n, c, h, w) of pictures (n, 3, s, s), for ``scores`` and ``logits``."""
        found: Tensor = self.body(pictures.contiguous(memory_format=torch.channels_last))
        return found

    def scores(self, features: Tensor) -> Tensor:
        """How real patches look (n, 1, h, w), the more the better."""
        found: Tensor = self.score(features)
        return found

    def logits(self, features: Tensor) -> Tensor:
        """Of domains (n, d)."""
        found: Tensor = self.domain(features)
        return found.flatten(1)


@contextmanager
def frozen(network: nn.Module) -> Iterator[None]:
    """What is computed within the block has no gradient for the weights of ``network``."""
    network.requires_grad_(False)
    try:
        yield
    finally:
        network.requires_grad_(True)
