"""``rate.safetensors``: a learned rate of comments, and in its header what it belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
from safetensors import safe_open
from safetensors.numpy import save_file

from pipeline.danmaku.rate.seconds import EPISODE, SCENE, Pictures, Seconds
from pipeline.pictures.features_file import FeatureStore
from pipeline.pictures.frames_file import Frames
from pipeline.runtime.arrays import Float64s, Int64s
from pipeline.runtime.atomic_files import published
from pipeline.runtime.errors import ExitCode, PipelineError


class RateCard(msgspec.Struct, frozen=True):
    """What a rate was learned from, how well, and what it must be fed."""

    tap: str
    backbone: str
    weights: str
    """Of the backbone; see FeatureStore."""
    delay_ms: int
    """How long after what they are about comments come."""
    seconds: int
    """How many it was learned from."""
    uses: tuple[str, ...]
    """Of scene, episode and picture; none where the rate is a constant."""
    explained: float | None
    """Share of the deviance about each video's mean that it explains, cross-validated; None
    where there are too few blocks to tell."""
    dispersion: float
    """Counts vary by expected + dispersion * expected²; 0 is Poisson's distribution."""
    most: float
    """Comments a second; no more are ever expected."""
    scene: tuple[str, ...] = SCENE
    """What the weights ``scene`` belong to."""
    episode: tuple[str, ...] = EPISODE
    """What the weights ``episode`` belong to."""


@dataclass(frozen=True)
class RateModel:
    """Comments a second as exp(bias + weights · features)."""

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
        """For ``draw_counts``."""
        return self.card.dispersion

    def expected(self, frames: Frames, means: Pictures) -> Float64s:
        """(seconds,) comments that each second of a video can expect.

        ``means`` (pictures, c) are the mean positions of the tap ``card.tap``.
        """
        return self.expected_of(Seconds.of(frames, means, self.card.delay_ms))

    def expected_of(self, seconds: Seconds) -> Float64s:
        """(n,) the same of seconds whose features are known."""
        logarithm = (
            seconds.picture @ self.picture
            + seconds.scene @ self.scene
            + seconds.episode @ self.episode
            + self.bias
        )
        # A picture like none before must not call for thousands.
        return np.exp(np.minimum(logarithm, np.log(self.card.most)))

    def require_match(self, features: FeatureStore, path: Path) -> None:
        """Raise PipelineError BAD_ARTIFACT for features that the rate was not learned from."""
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
        metadata = {"card": msgspec.json.encode(self.card).decode()}
        with published(path) as temporary:
            save_file(arrays, temporary, metadata)

    @classmethod
    def load(cls, path: Path) -> RateModel:
        """Read them.

        Raises PipelineError BAD_ARTIFACT where they belong to other features than ours.
        """
        with safe_open(path, framework="numpy") as file:
            card = msgspec.json.decode(file.metadata()["card"], type=RateCard)
            if (card.scene, card.episode) != (SCENE, EPISODE):
                raise PipelineError(
                    ExitCode.BAD_ARTIFACT,
                    f"{path} was learned from other features: {card.scene}, {card.episode}",
                    "Run `make rate` again",
                )
            picture, scene, episode, bias = (
                file.get_tensor(name) for name in ("picture", "scene", "episode", "bias")
            )
        return cls(card, picture, scene, episode, float(bias))


def draw_counts(expected: Float64s, dispersion: float, rng: np.random.Generator) -> Int64s:
    """(n,) counts with mean ``expected`` (n,), negative binomial, or Poisson's if it is 0."""
    if dispersion > 0:
        expected = expected * rng.gamma(1 / dispersion, dispersion, len(expected))
    return rng.poisson(expected)
