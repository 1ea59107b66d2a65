"""The figures by which taggers are judged: how pictures rank, and what probabilities are worth."""

from __future__ import annotations

import msgspec
import numpy as np

from pipeline.evaluation.calibration import Bin, calibration_error, reliability
from pipeline.evaluation.intervals import Interval, ratio_interval
from pipeline.runtime.arrays import Bools, Floats, Int64s

SURE = 0.5
"""A prediction is sure from this probability on."""


class Precision(msgspec.Struct, frozen=True):
    """Mean average precision: 1 ranks all pictures with a tag before all others."""

    over_tags: Interval
    """Resampled: tags."""
    over_units: Interval
    """Resampled: units, such as things."""


class Decisions(msgspec.Struct, frozen=True):
    """Which tags hold, of all tags and pictures together."""

    f1: float
    precision: float
    recall: float

    @classmethod
    def of(cls, decided: Bools, holds: Bools) -> Decisions:
        """From what was ``decided`` and what ``holds``, both (n, k)."""
        right, said, true = int((decided & holds).sum()), int(decided.sum()), int(holds.sum())
        return cls(2 * right / max(1, said + true), right / max(1, said), right / max(1, true))


class SurePredictions(msgspec.Struct, frozen=True):
    """Those of at least ``SURE``: few among all, but the ones that people see."""

    count: int
    said: float
    """Their mean probability."""
    came: Interval
    """The share of them that came true; units are resampled."""


class Calibrated(msgspec.Struct, frozen=True):
    """Whether probabilities mean what they say."""

    error: float
    """Expected calibration error of all predictions."""
    bins: list[Bin]
    sure: SurePredictions | None
    """None where no prediction is."""

    @classmethod
    def of(cls, probabilities: Floats, holds: Bools, units: Int64s) -> Calibrated:
        """Of ``probabilities`` and what ``holds``, both (n, k), for pictures of ``units`` (n,)."""
        sure = probabilities >= SURE
        count, found = int(sure.sum()), None
        if count:
            came = ratio_interval((sure & holds).sum(1), sure.sum(1), units)
            said = float(probabilities[sure].mean(dtype=np.float64))
            found = SurePredictions(count, said, came)
        error = calibration_error(probabilities, holds)
        return cls(error, reliability(probabilities, holds), found)


class TagResult(msgspec.Struct, frozen=True):
    """One tag."""

    name: str
    group: str
    pictures: int
    average_precision: float
    known: bool
    """Whether it says more than how frequent the tag is."""


class Point(msgspec.Struct, frozen=True):
    """One point of the learning curve."""

    units: int
    average_precision: float
    """Mean over tags and draws."""
    lowest: float
    """Of the draws."""
    highest: float


class TagEvaluation(msgspec.Struct, frozen=True, kw_only=True):
    """All figures are of pictures whose fold neither the head nor any choice has seen."""

    precision: Precision
    by_group: dict[str, float]
    """Mean average precision of the tags of each group."""
    baselines: dict[str, Precision]
    """``prior`` knows how frequent tags are, ``pixels`` sees 16 × 16 of them, and ``colours``
    counts them."""
    decisions: Decisions
    """With the threshold of each tag that is best for F1 elsewhere."""
    before_calibration: Calibrated
    after_calibration: Calibrated
    learning_curve: list[Point]
    tags: list[TagResult]
    """The best first."""
