"""``taste.json``: what a taste was learned from, what was tried, and how good it is."""

from __future__ import annotations

from pathlib import Path

import msgspec

from pipeline.faces.scores.evaluation import ScoreEvaluation
from pipeline.faces.scores.raters import Noise
from pipeline.pictures.features_file import caveat
from pipeline.runtime.atomic_files import write_json
from pipeline.runtime.quantities import counted
from pipeline.runtime.sample_size import is_enough


class Tried(msgspec.Struct, frozen=True):
    """A choice of features and penalty."""

    features: str
    penalty: float
    """0 of a fine-tuned network."""
    nats: float
    """An example, of all steps of the scale; on folds that were not learned from."""


class TasteTraining(msgspec.Struct, frozen=True, kw_only=True):
    """How a taste was learned."""

    videos: list[str]
    """Names of the folders of the collections that it learned from."""
    fingerprints: list[str]
    """Of these collections."""
    backbone: str
    weights: str
    """The backbone's."""
    examples: int
    units: int
    """That the examples belong to; see ``Unit``."""
    levels: list[float]
    """Of the scale."""
    raters: dict[str, float]
    """How much higher each rater scores than others do."""
    contrary: list[str]
    """Raters whose scores run against those of the others, and do not count."""
    left_out: int
    """Ratings of pictures in which no such face was found."""
    noise: Noise | None
    """None where too few examples were rated again to tell."""
    tried: list[Tried]
    chosen: Tried
    evaluation: ScoreEvaluation

    @classmethod
    def load(cls, path: Path) -> TasteTraining:
        """Read ``taste.json``."""
        return msgspec.json.decode(path.read_bytes(), type=cls)

    def save(self, path: Path) -> None:
        """Publish ``taste.json``."""
        write_json(path, self)

    @property
    def summary(self) -> str:
        """One line for the terminal."""
        what = counted(self.examples, "score")
        if self.left_out:
            what += f" ({counted(self.left_out, 'rating')} of no face that was found)"
        if self.contrary:
            what += f"; those of {' and '.join(self.contrary)} look reversed and do not count"
        spearman = self.evaluation.taste.spearman
        if not is_enough(self.units) or spearman is None:
            return f"{what}; too few to say how well they are foretold"
        pixels = self.evaluation.baselines["pixels"].spearman
        beside = f", by pixels {pixels.mean:.2f}" if pixels else ""
        ceiling = f", at best {self.noise.ceiling:.2f}" if self.noise else ""
        return (
            f"{what}: rank correlation {spearman.mean:.2f} with those not learned from{beside}"
            f"{ceiling}{caveat(self.weights)}"
        )
