"""Generation: a 24-minute episode at a comment a second, as whole processes of the stage.

By captioners of the article's sizes, 30,000 words and 256 dimensions, over made-up features in
the shape of VGG-19's conv5_3, two pictures a second. Their weights are as drawn, so that no
comment ends before its 20 words: trained ones write shorter. ``one_by_one`` decodes comments
as ``lstm`` does, but each by itself, from a captioner that is loaded already;
``batched_over_one_by_one`` compares with the whole process of ``lstm``.
"""

from __future__ import annotations

import tempfile
from fractions import Fraction
from pathlib import Path

import numpy as np
import torch

from benchmarks._measure import Rounds, interleaved, milliseconds_each, report, speed_ratio, timed
from benchmarks._stages import run_stage
from benchmarks.train import DEFAULT
from pipeline.captioning.build import build_captioner
from pipeline.captioning.captioner import Captioner, CaptionerSpec
from pipeline.captioning.decoding import decode, draw_count
from pipeline.captioning.model_file import Model, ModelCard
from pipeline.danmaku.rate.comment_counts_file import CommentCounts
from pipeline.danmaku.rate.model import RateCard, RateModel
from pipeline.danmaku.rate.seconds import EPISODE, SCENE
from pipeline.danmaku.training.history import CommentHistory
from pipeline.danmaku.training.inputs import inputs_at
from pipeline.danmaku.training.style import style_classes
from pipeline.pictures.feature_bank import FeatureBank
from pipeline.pictures.features_file import building_features
from pipeline.pictures.frames_file import Frames, writing_frames
from pipeline.text.vocabulary import SPECIAL, Vocabulary
from stages.danmaku.generate import Config

SECONDS, FPS = 24 * 60, 2
WORDS = 30_000
TAP, GRID = "conv5_3", (196, 512)
MADE_UP = {"backbone": "made up", "weights": "none"}
FEW = 32  # comments decoded one by one
ROUNDS = 3
CONFIG = Config()


def main() -> None:
    """Measure and report."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        inputs = _episode(folder)
        models = {decoder: _model(folder, decoder) for decoder in ("lstm", "transformer")}

        def stage(decoder: str) -> None:
            files = inputs | {"model": models[decoder]}
            run_stage("generate", files, {"generated": folder / "out.jsonl"}, {"count": 1.0})

        captioner = Model.load(models["lstm"]).captioner
        frames, bank = Frames.load(inputs["frames"]), FeatureBank([inputs["features"]], TAP)
        ways = {
            "lstm": timed(lambda: stage("lstm")),
            "transformer": timed(lambda: stage("transformer")),
            "one_by_one": timed(lambda: _one_by_one(captioner, frames, bank)),
        }
        report("generate", _figures(interleaved(ways, ROUNDS)))


def _figures(seconds: dict[str, Rounds]) -> dict[str, Rounds]:
    each = [spent * SECONDS / FEW for spent in seconds["one_by_one"]]
    stages = ("lstm", "transformer")
    return {
        **{f"{name}_s": seconds[name] for name in stages},
        **{f"{name}_ms_per_comment": milliseconds_each(SECONDS, seconds[name]) for name in stages},
        "batched_over_one_by_one": speed_ratio(seconds["lstm"], over=each),
    }


def _one_by_one(captioner: Captioner, frames: Frames, bank: FeatureBank) -> None:
    decoding = CONFIG.decoding
    draws = np.random.default_rng(CONFIG.seed)
    for second in range(FEW):
        prompt = inputs_at(
            np.array([1000 * second]),
            np.array([FPS * second]),
            np.ones(SECONDS, np.int64),
            frames,
            0,
            CommentHistory(captioner.spec).context_before(np.array([second])),
            captioner.spec,
        ).prompt(bank, torch.device("cpu"))
        decode(
            captioner,
            prompt,
            decoding,
            draws.random((1, draw_count(captioner.spec, decoding))),
            None,
        )


def _model(folder: Path, decoder: str) -> Path:
    """A captioner of the stage's default settings, as drawn."""
    path = folder / f"{decoder}.safetensors"
    torch.manual_seed(CONFIG.seed)
    spec = CaptionerSpec(
        **DEFAULT | {"decoder": decoder},
        channels=GRID[1],
        words=len(SPECIAL) + WORDS,
        style=style_classes([]),
    )
    vocabulary = Vocabulary(
        words=[f"語{number}" for number in range(WORDS)],
        counts=[1] * WORDS,
        parts=["名詞"] * WORDS,
        symbols=[False] * WORDS,
        distinct=WORDS,
        total=WORDS,
    )
    Model(build_captioner(spec), ModelCard(spec, **MADE_UP, tap=TAP), vocabulary).save(path)
    return path


def _episode(folder: Path) -> dict[str, Path]:
    """The inputs of the stage but for the model."""
    names = {
        "frames": "frames.h5",
        "features": "features.h5",
        "counts": "comment_counts.json",
        "rate": "rate.safetensors",
    }
    paths = {name: folder / file for name, file in names.items()}
    draws = np.random.default_rng(CONFIG.seed)
    about = {"fingerprint": "0", "width": 8, "height": 8}
    with (
        writing_frames(paths["frames"], 8, **about) as frames,
        building_features(paths["features"], SECONDS * FPS, {TAP: GRID}, MADE_UP) as features,
    ):
        for number in range(SECONDS * FPS):
            frames.add(number, Fraction(1, FPS), np.zeros((8, 8, 3), np.uint8))
            grid = np.maximum(draws.standard_normal((1, *GRID), np.float32), 0)
            features.append({TAP: grid.astype(np.float16)})
    CommentCounts([1], 1000).save(paths["counts"])
    _constant_rate().save(paths["rate"])
    return paths


def _constant_rate() -> RateModel:
    """A comment a second, whatever is shown."""
    card = RateCard(
        tap=TAP,
        backbone=MADE_UP["backbone"],
        weights=MADE_UP["weights"],
        delay_ms=1000,
        seconds=1,
        groups=(),
        deviance_explained=0.0,
        dispersion=0.0,
        max_per_second=1.0,
    )
    picture, scene, episode = (np.zeros(size) for size in (GRID[1], len(SCENE), len(EPISODE)))
    return RateModel(card, picture, scene, episode, bias=0.0)


if __name__ == "__main__":
    main()
