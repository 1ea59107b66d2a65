"""``rate.safetensors``: a learned rate of comments; the header says what it was learned from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np

from pipeline.danmaku.rate.seconds import EPISODE, SCENE, Seconds
from pipeline.learning.card_file import opened_with_card, save_with_card
from pipeline.pictures.features_file import FeatureStore
from pipeline.pictures.frames_file import Frames
from pipeline.runtime.arrays import Float16s, Float64s, Int64s
from pipeline.runtime.errors import ExitCode, PipelineError


class RateCard(msgspec.Struct, frozen=True):
    """What a rate was learned from, how well, and which features it needs."""

    tap: str
    backbone: str
    weights: str
    """Of the backbone; see FeatureStore."""
    delay_ms: int
    """How long comments come after what they are about."""
    seconds: int
    """How many seconds it was learned from."""
    groups: tuple[str, ...]
    """The feature groups that it uses of ``scene``, ``episode`` and ``picture``; none where the
    rate is a constant."""
    deviance_explained: float | None
    """Share of the deviance from each video's mean that it explains, cross-validated; None where
    there are too few blocks to tell."""
    dispersion: float
    """The variance of a count is expected + dispersion · expected²; 0 is Poisson's distribution."""
    max_per_second: float
    """Upper limit of the expected comments per second: the most that any training second had."""
    scene: tuple[str, ...] = SCENE
    """Features that the weights ``scene`` belong to."""
    episode: tuple[str, ...] = EPISODE
    """Features that the weights ``episode`` belong to."""


@dataclass(frozen=True)
class RateModel:
    """Expected comments per second: exp(bias + weights · features)."""

    card: RateCard
    picture: Float64s
    """(c,)"""
    scene: Float64s
    """(7,)"""
    episode: Float64s
    """(5,)"""
    bias: float

    @property
    def dispersion(self) -> float:
        """See ``RateCard``; for ``draw_counts``."""
        return self.card.dispersion

    def expected(self, frames: Frames, means: Float16s) -> Float64s:
        """(seconds,) the expected comments in each second of a video.

        ``means`` (pictures, c) are the mean positions of the tap ``card.tap``.
        """
        return self.expected_of(Seconds.from_frames(frames, means, self.card.delay_ms))

    def expected_of(self, seconds: Seconds) -> Float64s:
        """(n,) the same for seconds whose features are known."""
        logarithm = (
            seconds.picture @ self.picture
            + seconds.scene @ self.scene
            + seconds.episode @ self.episode
            + self.bias
        )
        # An unusual picture must not lead to thousands of comments.
        return np.exp(np.minimum(logarithm, np.log(self.card.max_per_second)))

    def require_match(self, features: FeatureStore, path: Path) -> None:
        """Raise PipelineError BAD_ARTIFACT for features of another kind than the rate needs."""
        theirs = (features.backbone, features.weights)
        ours = (self.card.backbone, self.card.weights)
        channels = features.taps.get(self.card.tap, (0,))[-1]
        if theirs != ours or channels != len(self.picture):
            raise PipelineError(
                ExitCode.BAD_ARTIFACT,
                f"{path} holds {features.backbone} ({features.weights}), but the rate of comments"
                f" was learned from {self.card.tap} of {self.card.backbone} ({self.card.weights})",
                "Use the same `features:` settings for both, or run `make rate` again",
            )

    def save(self, path: Path) -> None:
        """Publish weights and card."""
        arrays = {
            "picture": self.picture,
            "scene": self.scene,
            "episode": self.episode,
            "bias": np.array(self.bias),
        }
        save_with_card(path, arrays, self.card)

    @classmethod
    def load(cls, path: Path) -> RateModel:
        """Read weights and card.

        Raises PipelineError BAD_ARTIFACT for what is no rate, or belongs to other features than
        ``seconds`` makes.
        """
        with opened_with_card(path, RateCard, "numpy", "run `make rate` again") as (card, array):
            if (card.scene, card.episode) != (SCENE, EPISODE):
                raise PipelineError(
                    ExitCode.BAD_ARTIFACT,
                    f"{path} was learned from other features: {card.scene}, {card.episode}",
                    "Run `make rate` again",
                )
            bias = float(array["bias"])
            return cls(card, array["picture"], array["scene"], array["episode"], bias)


def draw_counts(expected: Float64s, dispersion: float, rng: np.random.Generator) -> Int64s:
    """Draw counts (n,) with mean ``expected`` (n,).

    They are negative binomial, or Poisson if ``dispersion`` is 0.
    """
    if dispersion > 0:
        expected = expected * rng.gamma(1 / dispersion, dispersion, len(expected))
    return rng.poisson(expected)
