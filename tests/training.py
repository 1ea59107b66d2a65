"""A training run made up."""

from typing import Any

from pipeline.captioning.training_record import Epoch
from pipeline.danmaku.statistics.split import Split
from pipeline.danmaku.training.training_record import CommentTable, TrainingRecord


def training_record(**changes: Any) -> TrainingRecord:
    fields: dict[str, Any] = {
        "videos": ["ep1"],
        "fingerprints": ["00ff"],
        "decoder": "lstm",
        "attention": "additive",
        "backbone": "vgg19",
        "weights": "imagenet",
        "tap": "conv5_3",
        "device": "cpu",
        "processes": 1,
        "table": CommentTable(1, 2, 3, 4, 5, Split(*range(6, 13))),
        "epochs": [Epoch(3.5, 3.25, 0.25, 0.5, 7, 99)],
        "best_epoch": 1,
        "dev_nll": 3.25,
        "dev_nll_shuffled": 3.5,
        "dev_nll_unigram": 4.0,
    }
    return TrainingRecord(**fields | changes)
