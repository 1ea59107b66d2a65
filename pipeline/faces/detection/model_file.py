"""``detector.safetensors``: a detector of one's own; its header says what it learned from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import msgspec
from msgspec.structs import replace
from torch import nn

from pipeline.faces.detection.network import build_detector
from pipeline.faces.detection.settings import NetworkSettings
from pipeline.learning.card_file import opened_with_card, save_with_card


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
        again = "train it again: `make faces-train PICTURES=…`"
        with opened_with_card(path, DetectorCard, "pt", again) as (card, tensors):
            detector = build_detector(replace(card.network, weights="random")).detector
            detector.load_state_dict(tensors)
        return cls(detector.eval(), card)

    def save(self, path: Path) -> None:
        """Publish weights and card."""
        save_with_card(path, self.detector.state_dict(), self.card)
