"""``training.json``: what a model learned from, and how well; the article's tables."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np

from pipeline.danmaku.alignment.aligned_file import Aligned
from pipeline.runtime.atomic_files import write_json
from pipeline.text.vocabulary import Vocabulary


class CommentTable(msgspec.Struct, frozen=True):
    """The article's counts of its material."""

    distinct_words: int
    kept_words: int
    frames: int
    silent_frames: int
    """Frames without a comment."""
    most_on_a_frame: int
    comments: int
    unique: int
    train: int
    train_unique: int
    dev: int
    dev_unique: int
    unique_in_both: int

    @classmethod
    def of(cls, videos: Sequence[Aligned], vocabulary: Vocabulary) -> CommentTable:
        """Count; comments of the same words are one unique comment."""
        train, dev = ([" ".join(w) for w in _words(videos, held_out)] for held_out in (False, True))
        per_frame = np.concatenate([np.bincount(v.frame, minlength=v.frames) for v in videos])
        return cls(
            distinct_words=vocabulary.distinct,
            kept_words=len(vocabulary.words),
            frames=len(per_frame),
            silent_frames=int((per_frame == 0).sum()),
            most_on_a_frame=int(per_frame.max()),
            comments=len(train) + len(dev),
            unique=len({*train, *dev}),
            train=len(train),
            train_unique=len(set(train)),
            dev=len(dev),
            dev_unique=len(set(dev)),
            unique_in_both=len(set(train) & set(dev)),
        )


class Epoch(msgspec.Struct, frozen=True):
    """What one pass over the training comments came to."""

    train_nll: float
    """Mean negative log-likelihood a word, end mark included, in nats."""
    dev_nll: float
    """The same over all held-out comments."""
    dev_looks_nll: float
    """Mean nats a held-out comment for its place, size and colour together."""
    seconds: float
    steps: int
    words: int


class TrainingRecord(msgspec.Struct, frozen=True):
    """A whole training run."""

    videos: list[str]
    """Names of the folders of those that it learned from."""
    fingerprints: list[str]
    """Of the video files of ``videos``."""
    decoder: str
    attention: str
    backbone: str
    weights: str
    tap: str
    device: str
    processes: int
    """That trained together."""
    table: CommentTable
    epochs: list[Epoch]
    best_epoch: int
    dev_nll: float
    """Mean nats a word at the best epoch, over all held-out comments."""
    dev_nll_shuffled: float
    """The same with every comment given another one's picture."""
    dev_nll_unigram: float
    """The same by word frequencies alone."""

    @classmethod
    def load(cls, path: Path) -> TrainingRecord:
        """Read ``training.json``."""
        return msgspec.json.decode(path.read_bytes(), type=cls)

    def save(self, path: Path) -> None:
        """Publish ``training.json``."""
        write_json(path, self)


def _words(videos: Sequence[Aligned], held_out: bool) -> list[list[str]]:
    return [v.words[i] for v in videos for i in np.flatnonzero(v.dev == held_out).tolist()]
