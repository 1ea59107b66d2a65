"""``training.json``: what a tagger learned from, what was tried, and how good it is."""

from __future__ import annotations

from pathlib import Path

import msgspec

from pipeline.illustrations.tag_measures import TagEvaluation
from pipeline.pictures.features_file import caveat
from pipeline.runtime.atomic_files import write_json
from pipeline.runtime.quantities import counted
from pipeline.runtime.sample_size import is_enough


class Tried(msgspec.Struct, frozen=True):
    """A choice of features and penalty."""

    features: str
    penalty: float
    nats: float
    """A picture, of all its tags; on folds that were not learned from."""


class TagTraining(msgspec.Struct, frozen=True, kw_only=True):
    """A whole training run on tagged pictures."""

    videos: list[str]
    """Names of the folders of the collections that it learned from."""
    fingerprints: list[str]
    """Of these collections."""
    backbone: str
    weights: str
    """The backbone's."""
    pictures: int
    units: int
    """That the pictures belong to; see ``Unit``."""
    tried: list[Tried]
    chosen: Tried
    too_rare: dict[str, int]
    """Tags that were not learned, and on how many units each is."""
    evaluation: TagEvaluation

    @classmethod
    def load(cls, path: Path) -> TagTraining:
        """Read ``training.json``."""
        return msgspec.json.decode(path.read_bytes(), type=cls)

    def save(self, path: Path) -> None:
        """Publish ``training.json``."""
        write_json(path, self)

    @property
    def summary(self) -> str:
        """One line for the terminal."""
        what = f"{counted(len(self.evaluation.tags), 'tag')} of {counted(self.pictures, 'picture')}"
        unknown = sum(not tag.known for tag in self.evaluation.tags)
        left = f"; nothing was learned about {unknown} of them" if unknown else ""
        if not is_enough(self.units):
            return f"{what}{left}; too few to say how well"
        mean = self.evaluation.precision.over_tags.mean
        prior = self.evaluation.baselines["prior"].over_tags.mean
        return (
            f"{what}: mean average precision {mean:.3f} on pictures not learned from, by chance"
            f" {prior:.3f}{left}{caveat(self.weights)}"
        )
