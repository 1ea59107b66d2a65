"""``training.json``: what a detector learned from, and how its training went."""

from __future__ import annotations

from pathlib import Path

import msgspec

from pipeline.learning.epoch import Epoch
from pipeline.runtime.atomic_files import write_json
from pipeline.runtime.quantities import counted
from pipeline.runtime.sample_size import is_enough


class DetectorTraining(msgspec.Struct, frozen=True, kw_only=True):
    """A whole training run."""

    videos: list[str]
    """Names of the folders of the collections that it learned from."""
    fingerprints: list[str]
    """Of these collections."""
    label: str
    """The class of the boxes."""
    people: int
    """Pictures with a person's boxes, or without faces as a person says."""
    models: int
    """Pictures with boxes of a model that is sure of them."""
    faces: int
    """Boxes that were learned from."""
    held_out: int
    """Pictures that were kept back."""
    held_out_faces: int
    backbone: str
    weights: str
    """That the backbone began with."""
    parameters: int
    device: str
    epochs: list[Epoch]

    @classmethod
    def load(cls, path: Path) -> DetectorTraining:
        """Read ``training.json``."""
        return msgspec.json.decode(path.read_bytes(), type=cls)

    def save(self, path: Path) -> None:
        """Publish ``training.json``."""
        write_json(path, self)

    @property
    def summary(self) -> str:
        """The result in one line: of the last epoch, which is the one that is kept."""
        taught = f"{counted(self.faces, 'face')} on {counted(self.people, 'picture')}"
        taught += f" and {self.models:,} that a model boxed" * bool(self.models)
        if not is_enough(self.held_out_faces):
            kept_back = f"{counted(self.held_out_faces, 'face')}"
            return f"learned {taught}; too little was kept back to measure it ({kept_back})"
        last = self.epochs[-1].held_out
        return (
            f"learned {taught}; AP50 {last['ap50']:.3f} on"
            f" {counted(self.held_out, 'picture')} kept back"
        )
