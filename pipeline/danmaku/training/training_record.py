"""``training.json``: what a model learned from, and how well; the article's tables."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np

from pipeline.captioning.training_record import CaptionerTraining
from pipeline.danmaku.alignment.aligned_file import Aligned
from pipeline.danmaku.statistics.split import Split
from pipeline.runtime.atomic_files import write_json
from pipeline.text.vocabulary import Vocabulary


class CommentTable(msgspec.Struct, frozen=True):
    """The article's counts of its material."""

    distinct_words: int
    kept_words: int
    frames: int
    silent_frames: int
    """Frames without a comment."""
    max_on_a_frame: int
    split: Split

    @classmethod
    def from_videos(cls, videos: Sequence[Aligned], vocabulary: Vocabulary) -> CommentTable:
        """Count the comments of all ``videos``."""
        per_frame = np.concatenate([np.bincount(v.frame, minlength=v.frames) for v in videos])
        numbers: dict[str, int] = {}  # of each text; numpy would pad all of them to the longest
        texts = (" ".join(words) for video in videos for words in video.words)
        unique = np.array([numbers.setdefault(text, len(numbers)) for text in texts], np.int64)
        return cls(
            distinct_words=vocabulary.distinct,
            kept_words=len(vocabulary.words),
            frames=len(per_frame),
            silent_frames=int((per_frame == 0).sum()),
            max_on_a_frame=int(per_frame.max()),
            split=Split.count(unique, np.concatenate([video.dev for video in videos])),
        )


class TrainingRecord(CaptionerTraining, frozen=True, kw_only=True):
    """A whole training run on comments of videos."""

    videos: list[str]
    """Names of the folders of those that it learned from."""
    fingerprints: list[str]
    """Of the video files of ``videos``."""
    table: CommentTable

    @classmethod
    def load(cls, path: Path) -> TrainingRecord:
        """Read ``training.json``."""
        return msgspec.json.decode(path.read_bytes(), type=cls)

    def save(self, path: Path) -> None:
        """Publish ``training.json``."""
        write_json(path, self)
