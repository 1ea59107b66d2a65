"""What training leaves behind while it goes on: checkpoints, and curves for TensorBoard."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from tensorboardX import SummaryWriter

from pipeline.captioning.training import Trainer
from pipeline.runtime.torchrun import is_first

_SECONDS_BETWEEN_POINTS = 5.0


class Checkpoints:
    """Saves a trainer's state now and then, and resumes from what a killed run saved.

    Curves go to ``logs/tensorboard`` below ``folder``. Only the leading process writes.
    """

    def __init__(self, folder: Path, key: str, trainer: Trainer, seconds_between: float) -> None:
        """Resume ``trainer`` if ``folder`` holds a checkpoint of the same ``key``."""
        self._path = folder / ".checkpoint.safetensors"
        self._key, self._trainer, self._seconds_between = key, trainer, seconds_between
        self.resumed = trainer.resume(self._path, key)
        """Whether there was one."""
        self._saved = self._drawn = time.monotonic()
        self._curves: SummaryWriter | None = None
        if is_first():
            curves = folder / "logs" / "tensorboard"
            if not self.resumed:
                shutil.rmtree(curves, ignore_errors=True)
            self._curves = SummaryWriter(str(curves), purge_step=trainer.steps)

    def after_step(self) -> None:
        """Save if it is time."""
        now = time.monotonic()
        if self._curves is None:
            return
        if now - self._drawn >= _SECONDS_BETWEEN_POINTS:
            self._drawn = now
            self._curves.add_scalar("nll/train", self._trainer.epoch_nll, self._trainer.steps)
        if now - self._saved >= self._seconds_between:
            self._save()

    def after_epoch(self) -> None:
        """Save, and draw what the epoch came to."""
        if self._curves is None:
            return
        epoch, steps = self._trainer.history[-1], self._trainer.steps
        points = {
            "nll/train": epoch.train_nll,
            "nll/dev": epoch.dev_nll,
            "nll/dev_looks": epoch.dev_looks_nll,
            "words_per_second": epoch.words / epoch.seconds,
        }
        for name, value in points.items():
            self._curves.add_scalar(name, value, steps)
        self._curves.flush()
        self._save()

    def _save(self) -> None:
        self._trainer.save(self._path, self._key)
        self._saved = time.monotonic()

    def remove(self) -> None:
        """Remove the checkpoint of a run that is done."""
        self._path.unlink(missing_ok=True)
