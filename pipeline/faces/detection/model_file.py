"""``detector.safetensors``: a detector of one's own; its header says what it learned from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import msgspec
from msgspec.structs import replace
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import nn

from pipeline.faces.detection.network import build_detector
from pipeline.faces.detection.settings import NetworkSettings
from pipeline.runtime.atomic_files import published
from pipeline.runtime.errors import ExitCode, PipelineError


class DetectorCard(msgspec.Struct, frozen=True, kw_only=True):
    """What a detector is."""

    network: NetworkSettings
    backbone: str
    """The weights that its backbone began with."""
    label: str
    """The class of the boxes that it learned from."""
    collections: list[str]
    fingerprints: list[str]
    """Of these collections."""
    people: int
    """Pictures with a person's boxes, or without faces as a person says."""
    models: int
    """Pictures with a model's boxes."""


@dataclass(frozen=True)
class DetectorFile:
    """A network with all that is needed to use it."""

    detector: nn.Module
    card: DetectorCard

    @classmethod
    def load(cls, path: Path) -> DetectorFile:
        """Build the network that ``path`` describes, in evaluation mode, on the CPU.

        Raises PipelineError BAD_ARTIFACT for a file that is no detector.
        """
        try:
            with safe_open(path, framework="pt") as file:
                card = msgspec.json.decode(file.metadata()["card"], type=DetectorCard)
                tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            detector = build_detector(replace(card.network, weights="random")).detector
            detector.load_state_dict(tensors)
        except (SafetensorError, TypeError, KeyError, msgspec.DecodeError, RuntimeError):
            raise PipelineError(
                ExitCode.BAD_ARTIFACT,
                f"{path} is damaged, or of another version",
                "Copy the model again, or train it again: `make faces-train PICTURES=…`",
            ) from None
        return cls(detector.eval(), card)

    def save(self, path: Path) -> None:
        """Publish weights and card."""
        tensors = {n: t.detach().cpu().contiguous() for n, t in self.detector.state_dict().items()}
        with published(path) as temporary:
            save_file(tensors, temporary, {"card": msgspec.json.encode(self.card).decode()})
