"""A translator's training step as StarGAN's authors write it.

In the manner of yunjey/stargan's ``model.py`` and ``solver.py``: channels come first, instance
norms keep running statistics, the discriminator reads real and made pictures one after the other
with both heads, pictures are made anew for each of the two losses and with gradients for either,
and the generator's loss also computes the gradients of the discriminator's weights.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from pipeline.translation.settings import LossSettings, NetworkSettings
from pipeline.translation.task import DISCRIMINATOR, GENERATOR, Part, TranslatorTask

Losses = dict[str, Tensor]
"""The parts of a loss, as means over pictures, by the names that ours has for them."""


class _Residual(nn.Module):
    def __init__(self, dim: int) -> None:
        super().__init__()
        self.main = nn.Sequential(
            nn.Conv2d(dim, dim, 3, 1, 1, bias=False),
            _norm(dim),
            nn.ReLU(inplace=True),
            nn.Conv2d(dim, dim, 3, 1, 1, bias=False),
            _norm(dim),
        )

    def forward(self, x: Tensor) -> Tensor:
        changed: Tensor = self.main(x)
        return x + changed


class PlainGenerator(nn.Module):
    """Of square pictures alone."""

    def __init__(self, domains: int, settings: NetworkSettings) -> None:
        super().__init__()
        dim = settings.channels
        layers: list[nn.Module] = [nn.Conv2d(3 + domains, dim, 7, 1, 3, bias=False)]
        layers += [_norm(dim), nn.ReLU(inplace=True)]
        for _ in range(2):
            layers += [nn.Conv2d(dim, dim * 2, 4, 2, 1, bias=False)]
            layers += [_norm(dim * 2), nn.ReLU(inplace=True)]
            dim *= 2
        layers += [_Residual(dim) for _ in range(settings.blocks)]
        for _ in range(2):
            layers += [nn.ConvTranspose2d(dim, dim // 2, 4, 2, 1, bias=False)]
            layers += [_norm(dim // 2), nn.ReLU(inplace=True)]
            dim //= 2
        layers += [nn.Conv2d(dim, 3, 7, 1, 3, bias=False), nn.Tanh()]
        self.main = nn.Sequential(*layers)

    def forward(self, x: Tensor, c: Tensor) -> Tensor:
        """Pictures (n, 3, s, s) as domains (n, d) want them."""
        c = c.view(c.size(0), c.size(1), 1, 1).repeat(1, 1, x.size(2), x.size(3))
        made: Tensor = self.main(torch.cat([x, c], dim=1))
        return made


class PlainDiscriminator(nn.Module):
    """With a head for patches and one for domains."""

    def __init__(self, domains: int, size: int, settings: NetworkSettings) -> None:
        super().__init__()
        dim = settings.channels
        layers: list[nn.Module] = [nn.Conv2d(3, dim, 4, 2, 1), nn.LeakyReLU(0.01)]
        for _ in range(settings.halvings - 1):
            layers += [nn.Conv2d(dim, dim * 2, 4, 2, 1), nn.LeakyReLU(0.01)]
            dim *= 2
        self.main = nn.Sequential(*layers)
        self.conv1 = nn.Conv2d(dim, 1, 3, 1, 1, bias=False)
        self.conv2 = nn.Conv2d(dim, domains, size // 2**settings.halvings, bias=False)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Scores of patches (n, 1, h, w) and logits of domains (n, d)."""
        h = self.main(x)
        out_cls = self.conv2(h)
        return self.conv1(h), out_cls.view(out_cls.size(0), out_cls.size(1))


def _norm(dim: int) -> nn.Module:
    return nn.InstanceNorm2d(dim, affine=True, track_running_stats=True)


class PlainTrainer:
    """Steps of both networks, from copies of a task's weights; each picture has one domain."""

    def __init__(
        self,
        task: TranslatorTask,
        size: int,
        networks: NetworkSettings,
        losses: LossSettings,
        learning_rate: float = 1e-4,
    ) -> None:
        domains = task.discriminator.domain.out_channels
        device = next(task.generator.parameters()).device
        self.generator = PlainGenerator(domains, networks).to(device)
        self.discriminator = PlainDiscriminator(domains, size, networks).to(device)
        _copy(task.generator, self.generator)
        _copy(task.discriminator, self.discriminator)
        self._losses = losses
        self._optimizers = {
            name: torch.optim.Adam(network.parameters(), learning_rate, (0.5, 0.999))
            for name, network in ((DISCRIMINATOR, self.discriminator), (GENERATOR, self.generator))
        }

    def discriminator_step(self, part: Part, alpha: Tensor) -> Losses:
        """Let the discriminator learn; ``alpha`` (n,) is what is taken of real pictures."""
        x_real = part.pictures
        out_src, out_cls = self.discriminator(x_real)
        d_loss_real = -torch.mean(out_src)
        d_loss_cls = functional.cross_entropy(out_cls, part.own.argmax(1))
        x_fake = self.generator(x_real, part.targets)
        out_src, out_cls = self.discriminator(x_fake.detach())
        d_loss_fake = torch.mean(out_src)
        alpha = alpha.view(-1, 1, 1, 1)
        x_hat = (alpha * x_real.data + (1 - alpha) * x_fake.data).requires_grad_(True)
        out_src, _ = self.discriminator(x_hat)
        d_loss_gp = _gradient_penalty(out_src, x_hat)
        weights = self._losses
        d_loss = (
            d_loss_real
            + d_loss_fake
            + weights.classification * d_loss_cls
            + weights.gradient_penalty * d_loss_gp
        )
        self._step(DISCRIMINATOR, d_loss)
        names = ("real", "made", "classification", "gradient_penalty")
        return dict(zip(names, (d_loss_real, d_loss_fake, d_loss_cls, d_loss_gp), strict=True))

    def generator_step(self, part: Part) -> Losses:
        """Let the generator learn."""
        x_real = part.pictures
        x_fake = self.generator(x_real, part.targets)
        out_src, out_cls = self.discriminator(x_fake)
        g_loss_fake = -torch.mean(out_src)
        g_loss_cls = functional.cross_entropy(out_cls, part.targets.argmax(1))
        x_reconst = self.generator(x_fake, part.own)
        g_loss_rec = torch.mean(torch.abs(x_real - x_reconst))
        weights = self._losses
        g_loss = g_loss_fake + weights.cycle * g_loss_rec + weights.classification * g_loss_cls
        self._step(GENERATOR, g_loss)
        names = ("adversarial", "classification", "cycle")
        return dict(zip(names, (g_loss_fake, g_loss_cls, g_loss_rec), strict=True))

    def _step(self, name: str, loss: Tensor) -> None:
        for optimizer in self._optimizers.values():
            optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        self._optimizers[name].step()


def _gradient_penalty(y: Tensor, x: Tensor) -> Tensor:
    weight = torch.ones_like(y)
    (dydx,) = torch.autograd.grad(
        outputs=y, inputs=x, grad_outputs=weight, retain_graph=True, create_graph=True
    )
    dydx = dydx.reshape(dydx.size(0), -1)
    dydx_l2norm = torch.sqrt(torch.sum(dydx**2, dim=1))
    return torch.mean((dydx_l2norm - 1) ** 2)


@torch.no_grad()
def _copy(ours: nn.Module, plain: nn.Module) -> None:
    """Give a plain network our weights; both have them in the same order."""
    for weight, copied in zip(ours.parameters(), plain.parameters(), strict=True):
        copied.copy_(weight)
