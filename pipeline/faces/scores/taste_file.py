"""``taste.safetensors``: a learned taste; the header names its scale and its features."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import torch

from pipeline.faces.scores.learning import Lesson, learned_head
from pipeline.faces.scores.settings import Best
from pipeline.faces.scores.tuning.network import NetworkCard, ScoreNetwork, network_of
from pipeline.learning.card_file import opened_with_card, save_with_card
from pipeline.learning.device import best_device
from pipeline.learning.heads.calibration import Calibration
from pipeline.learning.heads.logistic import LogisticHead
from pipeline.learning.heads.ordinal import Scale
from pipeline.learning.heads.prepared import joined
from pipeline.runtime.arrays import Float32s, Float64s
from pipeline.runtime.errors import ExitCode, PipelineError

_DIRECTIONS = 64
"""Of the features, by which examples are compared."""
_NETWORK = "network."
"""Before the names of its arrays."""


class TasteCard(msgspec.Struct, frozen=True, kw_only=True):
    """What a taste looks at, and what it says."""

    levels: list[float]
    """Of the scale, rising."""
    best: Best
    reach: float | None
    """Spreads that an interval reaches on either side; None for the whole scale."""
    taps: tuple[str, ...]
    """Called by what is looked at, as ``crop pooled``."""
    backbone: str
    weights: str
    """The backbone's; see ``FeatureStore``."""
    examples: list[str]
    """Names of those it was learned from."""
    network: NetworkCard | None = None
    """Of the fine-tuned network, if that foretells scores better than a head."""


@dataclass(frozen=True)
class Judgement:
    """What a taste says of n subjects."""

    scores: Float64s
    """(n,)"""
    low: Float64s
    """(n,) of the interval that holds in 90 % of cases."""
    high: Float64s
    logits: Float32s
    """(n, k) before calibration."""


@dataclass(frozen=True)
class Taste:
    """A head on frozen features, and the examples that it was learned from.

    With a network, that is what says scores, and the features only tell what is alike.
    """

    card: TasteCard
    head: LogisticHead
    """Of the signed roots of the taps' values, one tap after the other."""
    calibration: Calibration
    axes: Float32s
    """(d, f) directions of the features by which examples are compared."""
    mean: Float32s
    """(f,)"""
    vectors: Float32s
    """(m, d) of the examples along these."""
    scores: Float64s
    """(m,) that people gave them."""
    network: ScoreNetwork | None = None

    @classmethod
    def of(
        cls,
        lesson: Lesson,
        examples: Sequence[str],
        network: tuple[str, str],
        best: Best,
        tuned: ScoreNetwork | None = None,
    ) -> Taste:
        """What a ``lesson`` taught, with the names of its examples."""
        head, calibration = learned_head(lesson)
        reach = lesson.reach
        card = TasteCard(
            levels=lesson.scale.levels.tolist(),
            best=best,
            reach=reach if np.isfinite(reach) else None,
            taps=lesson.taps,
            backbone=network[0],
            weights=network[1],
            examples=list(examples),
            network=tuned.card if tuned else None,
        )
        components = lesson.prepared.components
        return cls(
            card,
            head,
            calibration,
            components.axes[:_DIRECTIONS].astype(np.float32),
            components.mean.astype(np.float32),
            lesson.prepared.values[:, :_DIRECTIONS],
            lesson.scores,
            tuned,
        )

    @property
    def views(self) -> frozenset[str]:
        """What is looked at: ``crop``, ``picture`` or both."""
        network = {self.card.network.view} if self.card.network else set()
        return frozenset(tap.partition(" ")[0] for tap in self.card.taps) | network

    def require_match(self, network: tuple[str, str]) -> None:
        """Raise PipelineError BAD_ARTIFACT for features that the taste was not learned from."""
        own = (self.card.backbone, self.card.weights)
        if network != own:
            raise PipelineError(
                ExitCode.BAD_ARTIFACT,
                f"these pictures were seen by {' with '.join(network)}, and the taste was learned"
                f" from what {' with '.join(own)} sees",
                "Use the same `features:` settings for both, or learn another taste with"
                " `make faces-taste PICTURES=…`",
            )

    def features(self, taps: Mapping[str, Float32s]) -> Float32s:
        """(n, f) what heads read, from the values (n, c) of each of the card's taps."""
        return joined(taps, self.card.taps)

    def judge(self, logits: Float32s) -> Judgement:
        """Scores with intervals, for the ``logits`` (n, k) of the head or of the network."""
        scale = Scale(np.array(self.card.levels))
        probabilities = self.calibration(logits)
        scores, spreads = scale.scores(probabilities), scale.spreads(probabilities)
        reach = np.inf if self.card.reach is None else self.card.reach
        low, high = (scale.clipped(scores + side * reach * spreads) for side in (-1, 1))
        return Judgement(scores, low, high, logits)

    def compared(self, features: Float32s) -> Float32s:
        """(n, d) vectors by which subjects are compared with ``vectors``."""
        return np.asarray((features - self.mean) @ self.axes.T, np.float32)

    def save(self, path: Path) -> None:
        """Publish weights and card."""
        arrays = {
            "weights": self.head.weights,
            "bias": self.head.bias,
            "axes": self.axes,
            "mean": self.mean,
            "vectors": self.vectors,
            "scores": self.scores,
            **self.calibration.arrays,
        }
        if self.network:
            state = self.network.state_dict()
            arrays |= {f"{_NETWORK}{name}": tensor.cpu().numpy() for name, tensor in state.items()}
        save_with_card(path, arrays, self.card)

    @classmethod
    def load(cls, path: Path) -> Taste:
        """Read weights and card; raises PipelineError BAD_ARTIFACT for what is no taste."""
        again = "learn the taste again"
        with opened_with_card(path, TasteCard, "numpy", again) as (card, array):
            head = LogisticHead(array["weights"], array["bias"])
            return cls(
                card,
                head,
                Calibration.from_arrays(array),
                array["axes"],
                array["mean"],
                array["vectors"],
                array["scores"],
                _network_of(card.network, array) if card.network else None,
            )


def _network_of(card: NetworkCard, arrays: Mapping[str, npt.NDArray[Any]]) -> ScoreNetwork:
    """Raises KeyError or RuntimeError where its arrays are not there, or not its."""
    network = network_of(card)
    network.load_state_dict(
        {name: torch.from_numpy(arrays[f"{_NETWORK}{name}"]) for name in network.state_dict()}
    )
    return network.to(best_device()).eval()
