"""The parts of StarGAN's losses; each is a mean over pictures."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from pipeline.translation.networks import Discriminator
from pipeline.translation.similarity import ssim


def gradient_penalty(
    discriminator: Discriminator, real: Tensor, made: Tensor, shares: Tensor
) -> Tensor:
    """How far the gradient's length is from 1 between pictures (Gulrajani et al. 2017).

    ``shares`` (n,) of real pictures (n, 3, s, s) are mixed with made ones. Always in float32: in
    half the precision squares of small gradients are lost.
    """
    with torch.autocast(real.device.type, enabled=False):
        shares = shares.view(-1, 1, 1, 1)
        mixed = torch.lerp(made.detach().float(), real.float(), shares).requires_grad_()
        scores = discriminator.scores(discriminator.features(mixed))
        (gradient,) = torch.autograd.grad(scores.sum(), mixed, create_graph=True)
        lengths: Tensor = torch.linalg.vector_norm(gradient, dim=(1, 2, 3))
        return ((lengths - 1) ** 2).mean()


def classification_loss(logits: Tensor, domains: Tensor, *, exclusive: bool) -> Tensor:
    """Nats of the true domains (n, d), of which pictures have one if they are ``exclusive``.

    Otherwise they are attributes, whose nats are summed.
    """
    logits = logits.float()
    if exclusive:
        return functional.cross_entropy(logits, domains.argmax(1))
    nats = functional.binary_cross_entropy_with_logits(logits, domains, reduction="sum")
    return nats / len(logits)


def paired_loss(made: Tensor, truths: Tensor, known: Tensor) -> Tensor:
    """How far pictures are from the true ones (n, 3, s, s), of those that are ``known`` (n,).

    The mean difference, and half of what is missing to structural similarity: by the first alone
    a network would rather blur than guess (after Zhao et al. 2017).
    """
    differences = (made - truths).abs().mean((1, 2, 3)).float()
    unlike = 1 - ssim(made.float(), truths)
    return ((differences + unlike / 2) * known).mean()


def share_right(logits: Tensor, domains: Tensor, *, exclusive: bool) -> Tensor:
    """(n,) the share of domains that logits (n, d) tell rightly: 0 or 1 if they are exclusive."""
    if exclusive:
        return (logits.argmax(1) == domains.argmax(1)).double()
    return ((logits > 0) == (domains > 0.5)).double().mean(1)
