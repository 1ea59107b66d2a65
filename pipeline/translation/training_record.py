"""``training.json``: what a translator learned from, and how its training went."""

from __future__ import annotations

from pathlib import Path

import msgspec

from pipeline.learning.epoch import Epoch
from pipeline.runtime.atomic_files import write_json
from pipeline.runtime.sample_size import is_enough


class TrainingRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A whole training run."""

    videos: list[str]
    """Names of the folders of the collections that it learned from."""
    fingerprints: list[str]
    """Of these collections."""
    domains: list[str]
    exclusive: bool
    """Whether a picture is in one domain; otherwise they are attributes."""
    size: int
    """The side of a picture in pixels."""
    pictures: dict[str, int]
    """That were learned from, by domain."""
    held_out: dict[str, int]
    """That were kept back, by domain."""
    kept_back: int
    """Pictures that were, of all domains; one may have several attributes."""
    parameters: dict[str, int]
    """Weights of each network."""
    samples: list[str]
    """The pictures on the sheet of samples."""
    device: str
    processes: int
    """That trained together."""
    epochs: list[Epoch]

    @classmethod
    def load(cls, path: Path) -> TrainingRecord:
        """Read ``training.json``."""
        return msgspec.json.decode(path.read_bytes(), type=cls)

    def save(self, path: Path) -> None:
        """Publish ``training.json``."""
        write_json(path, self)

    @property
    def summary(self) -> str:
        """The result in one line: of the last epoch, which is the one that is kept."""
        last = self.epochs[-1].held_out
        begun = f"{len(self.epochs)} epochs over {len(self.domains)} domains; the last is kept: "
        if not is_enough(self.kept_back):
            return f"{begun}too few pictures were kept back to measure it ({self.kept_back})"
        return (
            f"{begun}{last['target']:.0%} of translations are taken for their target by its own"
            f" discriminator, which tells {last['own']:.0%} of real ones"
        )
