"""A model's results on a video, as they are compared with those of others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from pipeline.danmaku.comments.comments_file import GeneratedComment
from pipeline.danmaku.evaluation.evaluation_file import Evaluation
from pipeline.danmaku.evaluation.values_file import Values
from pipeline.danmaku.explanation.explained_file import Explained
from pipeline.danmaku.training.training_record import TrainingRecord
from pipeline.runtime.json_lines import read_lines

NEEDED = ("generated.jsonl", "explained.h5", "evaluation.json", "evaluation.h5")
"""The files of a folder with results that are compared."""


@dataclass(frozen=True)
class Compared:
    """One of several models."""

    name: str
    comments: Sequence[GeneratedComment]
    explained: Explained
    evaluation: Evaluation
    values: Values
    training: TrainingRecord | None
    """None where the model is gone."""

    @classmethod
    def load(cls, name: str, folder: Path, training: Path) -> Self:
        """Read the ``NEEDED`` files of ``folder``, and the model's ``training.json``."""
        return cls(
            name,
            list(read_lines(folder / "generated.jsonl", GeneratedComment)),
            Explained.load(folder / "explained.h5"),
            Evaluation.load(folder / "evaluation.json"),
            Values.load(folder / "evaluation.h5"),
            TrainingRecord.load(training) if training.exists() else None,
        )
