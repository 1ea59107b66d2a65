"""One file of tensors and a few words, from which a killed run goes on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

from pipeline.runtime.atomic_files import published


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint of one run; another run's, with another ``key``, counts as none."""

    path: Path
    key: str
    """What the run is a function of: code, settings and inputs."""

    def save(self, tensors: Mapping[str, Tensor], words: Mapping[str, str]) -> None:
        """Publish the file, whole or not at all."""
        contiguous = {name: tensor.contiguous() for name, tensor in tensors.items()}
        with published(self.path) as temporary:
            save_file(contiguous, temporary, {"key": self.key, **words})

    def load(self, device: torch.device) -> tuple[dict[str, Tensor], dict[str, str]] | None:
        """Tensors on ``device`` and words; None where there is no file of this ``key``."""
        if not self.path.exists():
            return None
        with safe_open(self.path, framework="pt", device=str(device)) as file:
            words = file.metadata()
            if words.get("key") != self.key:
                return None
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        return tensors, words

    def remove(self) -> None:
        """Remove the file of a run that is complete."""
        self.path.unlink(missing_ok=True)


def prefixed(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The same tensors as ``prefix.name``."""
    return {f"{prefix}.{name}": tensor for name, tensor in tensors.items()}


def without_prefix(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Those tensors that ``prefixed`` named so, by their own names."""
    start = f"{prefix}."
    return {
        name.removeprefix(start): tensor
        for name, tensor in tensors.items()
        if name.startswith(start)
    }
