"""A network for each fold, which has not seen it, and one that has seen all."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from pipeline.faces.scores.settings import FineTuning
from pipeline.faces.scores.tuning.network import ScoreNetwork, pretrained_network
from pipeline.faces.scores.tuning.rated_pictures import RatedPictures
from pipeline.faces.scores.tuning.task import ScoreTask, logits_of
from pipeline.learning.heads.cross_validation import Trial, trial_of
from pipeline.learning.settings import Schedule
from pipeline.learning.team import joined
from pipeline.learning.training import Training
from pipeline.pictures.backbones.choice import Choice
from pipeline.runtime.arrays import Bools, Int64s
from pipeline.runtime.logs import log

FINE_TUNED = "fine-tuned"
"""What the trial of such networks is called, before what they look at."""


@dataclass(frozen=True)
class Tuner:
    """Trains networks on pictures; what is done of it is found again in ``folder``."""

    choice: Choice
    """The network that they begin with."""
    pictures: RatedPictures
    questions: Bools
    """(n, k)"""
    settings: FineTuning
    seed: int
    folder: Path
    """For checkpoints, to be removed by the caller once the result is safe."""
    key: str
    """What the result is a function of."""

    def trial(self, fold: Int64s) -> Trial:
        """What networks say that have not seen the ``fold`` (n,) of an example."""
        logits = np.empty(self.questions.shape, np.float32)
        for number in np.unique(fold).tolist():
            log.info("fine-tuning without fold %d of %d", number + 1, int(fold.max()) + 1)
            out = np.flatnonzero(fold == number)
            network = self._trained(f"fold-{number}", np.flatnonzero(fold != number))
            logits[out] = logits_of(network, self.pictures, out.tolist())
        name = f"{FINE_TUNED} {self.pictures.view}"
        return trial_of(name, 0.0, logits, self.questions, fold)

    def network(self) -> ScoreNetwork:
        """One that has learned from all examples."""
        log.info("fine-tuning on all examples")
        return self._trained("all", np.arange(len(self.questions)))

    def _trained(self, name: str, learned: Int64s) -> ScoreNetwork:
        torch.set_flush_denormal(True)  # see stages.danmaku.train
        questions, view = self.questions.shape[1], self.pictures.view
        network = pretrained_network(self.choice._replace(seed=self.seed), questions, view)
        with joined() as team:
            task = ScoreTask(
                network, self.pictures, self.questions, learned, self.settings, self.seed, team
            )
            schedule = Schedule(epochs=self.settings.epochs)
            training = Training(task, schedule, team, recipes=task.recipes)
            training.run(self.folder / name, self.key)
        return network
