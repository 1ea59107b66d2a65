"""What the 2017 article told of its model and its material, row by row beside what was found here.

Show, Attend and Tell on the comments of one episode of 24 minutes, learned on one TITAN X.
"""

from __future__ import annotations

from statistics import median
from typing import NamedTuple

from pipeline.danmaku.statistics.split import Split
from pipeline.danmaku.training.training_record import CommentTable, TrainingRecord

_MATERIAL = CommentTable(
    distinct_words=75_356,
    kept_words=30_000,
    frames=42_469,
    silent_frames=513,
    max_on_a_frame=1_482,
    split=Split(
        comments=427_364,
        unique=202_671,
        train=384_922,
        train_unique=185_094,
        dev=42_442,
        dev_unique=26_682,
        unique_in_both=9_105,
    ),
)


class _Training(NamedTuple):
    best_epoch: int
    epoch_seconds: int
    step_ms: int


_TRAININGS = {"conv5_3": _Training(25, 1500, 997), "relu7": _Training(19, 450, 299)}
"""By the layer of VGG-19 that the captioner reads: a grid with attention, or a vector without."""


class Row(NamedTuple):
    """One figure of both."""

    name: str
    """The phrase ``article.NAME`` says it in words."""
    said: int
    found: int


def article_rows(training: TrainingRecord) -> list[Row]:
    """All figures that the article gives; none for a captioner that is not the article's."""
    article = _TRAININGS.get(training.tap)
    if article is None or (training.backbone, training.decoder) != ("vgg19", "lstm"):
        return []
    ours = _Training(
        training.best_epoch,
        round(median(epoch.seconds for epoch in training.epochs)),
        round(median(1000 * epoch.seconds / epoch.steps for epoch in training.epochs)),
    )
    pairs = [(_MATERIAL, training.table), (_MATERIAL.split, training.table.split), (article, ours)]
    names = [
        ("frames", "silent_frames", "max_on_a_frame", "distinct_words", "kept_words"),
        Split.__struct_fields__,
        _Training._fields,
    ]
    return [
        Row(name, getattr(said, name), getattr(found, name))
        for (said, found), fields in zip(pairs, names, strict=True)
        for name in fields
    ]
