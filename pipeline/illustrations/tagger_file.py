"""``tagger.safetensors``: own tags learned; the header says which, and from which features."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np

from pipeline.learning.card_file import opened_with_card, save_with_card
from pipeline.learning.heads.calibration import Calibration
from pipeline.learning.heads.components import Components, rooted
from pipeline.learning.heads.logistic import LogisticHead
from pipeline.pictures.cells import cell_means
from pipeline.pictures.features_file import FeatureStore
from pipeline.runtime.arrays import Float32s, Floats
from pipeline.runtime.errors import ExitCode, PipelineError


class LearnedTag(msgspec.Struct, frozen=True):
    """A tag of the tagger."""

    name: str
    group: str
    pictures: int
    """That it was learned from."""
    units: int
    """That these belong to; see ``Unit``."""
    known: bool
    """Whether it says more about unseen pictures than how frequent the tag is."""


class TaggerCard(msgspec.Struct, frozen=True):
    """What a tagger knows, and the features that it reads."""

    tags: list[LearnedTag]
    backbone: str
    weights: str
    """The backbone's; see ``FeatureStore``."""
    taps: tuple[str, ...]

    def require_match(self, features: FeatureStore, path: Path) -> None:
        """Raise PipelineError BAD_ARTIFACT for features that the tagger was not trained on."""
        theirs = (features.backbone, features.weights)
        if theirs != (self.backbone, self.weights) or not features.taps.keys() >= {*self.taps}:
            raise PipelineError(
                ExitCode.BAD_ARTIFACT,
                f"{path} holds {', '.join(features.taps)} of {features.backbone}"
                f" ({features.weights}), but the tagger was trained on {' and '.join(self.taps)}"
                f" of {self.backbone} ({self.weights})",
                "Use the same `features:` settings for both, or train another tagger with"
                " `make illustrations-train PICTURES=…`",
            )


@dataclass(frozen=True)
class Tagger:
    """A head on frozen features with calibrated probabilities."""

    card: TaggerCard
    head: LogisticHead
    """Of the signed roots of the taps' values, one tap after the other."""
    calibration: Calibration
    thresholds: Float32s
    """(k, 3) from which probability on a tag holds, by each of ``MEASURES``."""

    @classmethod
    def of(
        cls,
        card: TaggerCard,
        head: LogisticHead,
        components: Components,
        calibration: Calibration,
        thresholds: Float32s,
    ) -> Tagger:
        """A tagger from a ``head`` of ``components``, whose axes go into its weights."""
        return cls(card, head.before(components), calibration, thresholds)

    def probabilities(self, features: Sequence[Floats]) -> Float32s:
        """(n, k) of pictures with the values (n, c) of each tap; see ``cell_means``."""
        return self.calibration(self.head.logits(np.concatenate([*map(rooted, features)], 1)))

    def probabilities_of(self, path: Path) -> Float32s:
        """(pictures, k) of all pictures of a feature file.

        Raises PipelineError BAD_ARTIFACT for features of another kind.
        """
        with FeatureStore(path) as store:
            self.card.require_match(store, path)
        return self.probabilities([cell_means([path], tap) for tap in self.card.taps])

    def save(self, path: Path) -> None:
        """Publish weights and card."""
        arrays = {
            "weights": self.head.weights,
            "bias": self.head.bias,
            **self.calibration.arrays,
            "thresholds": self.thresholds,
        }
        save_with_card(path, arrays, self.card)

    @classmethod
    def load(cls, path: Path) -> Tagger:
        """Read weights and card; raises PipelineError BAD_ARTIFACT for what is no tagger."""
        with opened_with_card(path, TaggerCard, "numpy", "train it again") as (card, array):
            head = LogisticHead(array["weights"], array["bias"])
            return cls(card, head, Calibration.from_arrays(array), array["thresholds"])
