"""Made-up figures of a translator, all of them good."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from pipeline.evaluation.intervals import Interval
from pipeline.learning.epoch import Epoch
from pipeline.translation.evaluation_file import Evaluation, Measures, OfTarget, Scores
from pipeline.translation.sections.summary import TranslationSummary
from pipeline.translation.training_record import TrainingRecord
from tests.translation import toys

GAIN = {"l1": Interval(0.1, 0.05, 0.15), "ssim": Interval(0.2, 0.1, 0.3)}


def near(mean: float) -> Interval:
    return Interval(mean, mean - 0.01, mean + 0.01)


def scores(target: float, structure: float, l1: float, kid: float) -> Scores:
    measures = Measures(
        target=near(target), structure=near(structure), l1=near(l1), ssim=near(1 - l1)
    )
    return Scores(measures, {name: OfTarget(measures, near(kid)) for name in toys.DOMAINS})


def evaluation(**changes: Any) -> Evaluation:
    good = Evaluation(
        domains=toys.DOMAINS,
        pictures=40,
        translations=80,
        pairs=80,
        extractor="efficientnet_lite0, imagenet, 128 pixels",
        real_kid=dict.fromkeys(toys.DOMAINS, near(0.02)),
        judge=near(0.97),
        cycle=near(0.03),
        scores={
            "model": scores(0.96, 0.8, 0.05, 0.1),
            "identity": scores(0.02, 1.0, 0.3, 0.6),
            "colour": scores(0.4, 0.9, 0.2, 0.4),
            "nearest": scores(0.95, 0.3, 0.15, 0.05),
        },
        gains=dict.fromkeys(("identity", "colour", "nearest"), GAIN),
    )
    return replace(good, **changes)


def training(epochs: int = 3) -> TrainingRecord:
    names = [f"generator/{name}" for name in ("adversarial", "classification", "cycle")]
    names += [f"discriminator/{name}" for name in ("real", "made", "classification")]
    names += ["discriminator/gradient_penalty"]
    return TrainingRecord(
        videos=["food"],
        fingerprints=["00ff"],
        domains=toys.DOMAINS,
        exclusive=True,
        size=toys.SIZE,
        pictures=dict.fromkeys(toys.DOMAINS, 4),
        held_out=dict.fromkeys(toys.DOMAINS, 1),
        kept_back=3,
        parameters={"generator": 1234, "discriminator": 567},
        samples=[f"{domain}/4.png" for domain in toys.DOMAINS],
        device="cpu",
        processes=1,
        epochs=[
            Epoch(
                {name: 1 / (n + k) for k, name in enumerate(names, 1)},
                {"cycle": 0.5 / n, "target": 0.9, "own": 1.0},
                1.0,
                4,
                12,
            )
            for n in range(1, epochs + 1)
        ],
    )


def summary(measured: Evaluation) -> TranslationSummary:
    return TranslationSummary("food", "default", 15, toys.DOMAINS, training(), measured)
