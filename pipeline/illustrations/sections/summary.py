"""The figures of a report on tags, and those of them that the table over all reports shows."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import ClassVar

import msgspec

from pipeline.illustrations.collection_evaluation import CollectionEvaluation
from pipeline.illustrations.map.map_file import Distortion
from pipeline.illustrations.tag_measures import Calibrated, Precision
from pipeline.illustrations.tagger_record import TaggerRecord
from pipeline.pictures.features_file import caveat, is_random
from pipeline.report.language import Message, Phrases
from pipeline.report.summary import Column
from pipeline.runtime.sample_size import is_enough

WEB = Path(__file__).parent / "web"


class Doubles(msgspec.Struct, frozen=True):
    """Pictures of a collection that nearly equal others."""

    pictures: int
    groups: int


class TagsSummary(msgspec.Struct, frozen=True, kw_only=True):
    """The tags of one collection, in ``illustrations.report.json``."""

    system: ClassVar[str] = "illustrations"

    collection: str
    tagger: TaggerRecord
    evaluation: CollectionEvaluation
    """By the tags that people gave this collection."""
    pictures: int
    """Stills, or distinct pictures of a video."""
    untagged: int
    """Pictures of which no tag holds."""
    tags: int
    """Different ones that hold of any."""
    doubles: Doubles | None
    """None for a video, whose pictures are alike by nature."""
    distortion: Distortion
    """What the map says of neighbours."""

    @property
    def subtitle(self) -> Message:
        """What the page says below its title."""
        values = {
            "pictures": f"{self.pictures:,}",
            "tags": f"{self.tags:,}",
            "tagger": self.tagger.name,
        }
        return Message("pictures.subtitle", values)

    @property
    def headline(self) -> str:
        """The result in one line."""
        training = self.tagger.training
        tags = f"{self.tags:,} tags on {self.pictures - self.untagged:,} of {self.pictures:,}"
        weights = training.weights if training else ""
        return f"{tags} pictures; {self._measured}{caveat(weights)}"

    @property
    def _measured(self) -> str:
        training = self.tagger.training
        if training and not self.evaluation.is_fair:
            return training.summary.removesuffix(caveat(training.weights))
        return self.evaluation.summary

    @property
    def is_random(self) -> bool:
        """Whether the network that sees was never trained, which all figures suffer from."""
        training = self.tagger.training
        return training is not None and is_random(training.weights)

    @property
    def units(self) -> int:
        """How many things the figures of ``precision`` are from."""
        if self.evaluation.is_fair or not self.tagger.training:
            return self.evaluation.units
        return self.tagger.training.units

    @property
    def precision(self) -> Precision | None:
        """On pictures that were not learned from: these, or else those of the training."""
        if self.evaluation.is_fair and self.evaluation.figures:
            return self.evaluation.figures.precision
        training = self.tagger.training
        return training.evaluation.precision if training else None

    @property
    def calibrated(self) -> Calibrated | None:
        """On the same pictures as ``precision``."""
        if self.evaluation.is_fair and self.evaluation.figures:
            return self.evaluation.figures.calibrated
        training = self.tagger.training
        return training.evaluation.after_calibration if training else None

    def columns(self) -> list[Column]:
        """Its row in the table over all reports."""
        precision, calibrated = self.precision, self.calibrated
        few = not is_enough(self.units)
        mean = precision.over_tags.mean if precision else None
        error = calibrated.error if calibrated else None
        doubles = self.doubles.pictures if self.doubles else None
        return [
            _column("tagger", self.tagger.name, self.tagger.name),
            _column("pictures", self.pictures, f"{self.pictures:,}"),
            _column("tags", self.tags, f"{self.tags:,}"),
            _column("precision", mean, "" if mean is None else f"{mean:.3f}", few),
            _column("error", error, "" if error is None else f"{error:.3f}", few),
            _column("doubles", doubles, "" if doubles is None else f"{doubles:,}"),
        ]


def _column(name: str, value: float | str | None, text: str, is_too_little: bool = False) -> Column:
    return Column(name, _headings()[f"illustrations.{name}"], text, value, is_too_little)


@cache
def _headings() -> Phrases:
    return Phrases.load([WEB])
