"""Training steps: the three kinds of attention, and what reading a picture once a batch saves.

Every way learns from the same 256 comments, about ten a picture, one step a round, over
made-up features in the shapes of VGG-19's conv5_3 and relu7. The plain
peer is the same captioner without the grouping: each comment brings a copy of its picture's
features and is attended to alone, as ordinary captioning code does it.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import torch

from benchmarks._measure import Way, interleaved, milliseconds_each, report, speed_ratio
from pipeline.artifacts.features import building_features
from pipeline.nn.captioner import Attention, Captioner, CaptionerSpec
from pipeline.nn.dataset import CommentSet, FeatureBank
from pipeline.nn.device import best_device
from pipeline.nn.training import Schedule, Trainer
from pipeline.text.vocabulary import END
from pipeline.timebase import Int64s
from stages.train import Config

TAPS = {"conv5_3": (196, 512), "relu7": (4096,)}
WORDS = 4000
LONGEST = 8  # words of a comment, from one up
CONFIG = Config()
COMMENTS = CONFIG.batch  # one step
PICTURES = round(COMMENTS / 10)


class PerCommentBank(FeatureBank):
    """A row for each comment: a copy of its picture's, made when it is read."""

    def __init__(self, path: Path, tap: str, picture: Int64s) -> None:
        super().__init__([path], tap)
        self._picture = picture

    def gather(self, rows: Int64s) -> torch.Tensor:
        """Rows by comment."""
        return super().gather(self._picture[rows])


def main() -> None:
    """Measure and report."""
    comments = _comments()
    alone = CommentSet(np.arange(COMMENTS), comments.sentences)
    with tempfile.TemporaryDirectory() as folder:
        path = _features_file(Path(folder))
        grid, vector = FeatureBank([path], "conv5_3"), FeatureBank([path], "relu7")
        copied = PerCommentBank(path, "conv5_3", comments.picture)
        seconds = interleaved(
            {
                "additive": _step("additive", grid, comments),
                "additive_plain": _step("additive", copied, alone),
                "dot": _step("dot", grid, comments),
                "dot_plain": _step("dot", copied, alone),
                "none": _step("none", vector, comments),
            }
        )
    report(
        "train",
        {
            **{f"{way}_ms_per_step": milliseconds_each(1, seconds[way]) for way in seconds},
            "dot_over_additive": speed_ratio(seconds["dot"], over=seconds["additive"]),
            "grouped_over_plain": speed_ratio(seconds["additive"], over=seconds["additive_plain"]),
            "grouped_over_plain_dot": speed_ratio(seconds["dot"], over=seconds["dot_plain"]),
        },
    )


def _step(attention: Attention, bank: FeatureBank, comments: CommentSet) -> Way:
    """Seconds of one more epoch, which is one step; measuring on held-out comments is left out."""
    torch.manual_seed(CONFIG.seed)
    channels = TAPS["relu7" if attention == "none" else "conv5_3"][-1]
    spec = CaptionerSpec(attention, channels, WORDS, CONFIG.size, CONFIG.dropout)
    schedule = Schedule(
        CONFIG.batch,
        CONFIG.epochs,
        CONFIG.patience,
        CONFIG.learning_rate,
        CONFIG.weight_decay,
        CONFIG.seed,
    )
    trainer = Trainer(Captioner(spec), bank, schedule, best_device())
    held_out = CommentSet(comments.picture[:1], comments.sentences[:1])
    return lambda: trainer.run_epoch(comments, held_out).seconds


def _comments() -> CommentSet:
    draws = np.random.default_rng(CONFIG.seed)
    lengths = draws.integers(1, LONGEST + 1, COMMENTS).tolist()
    sentences = [[*draws.integers(END + 1, WORDS, length).tolist(), END] for length in lengths]
    return CommentSet(draws.integers(0, PICTURES, COMMENTS), sentences)


def _features_file(folder: Path) -> Path:
    path = folder / "features.h5"
    draws = np.random.default_rng(CONFIG.seed)
    with building_features(path, PICTURES, TAPS, {}) as builder:
        builder.append(
            {
                tap: draws.standard_normal((PICTURES, *shape), np.float32).astype(np.float16)
                for tap, shape in TAPS.items()
            }
        )
    return path


if __name__ == "__main__":
    main()
