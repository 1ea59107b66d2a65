"""Comments over a whole video: when, how many, and their words.

All that is drawn for a second depends on the seed, the video and that second alone, so
that another length or another start changes nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.artifacts.comments import GeneratedComment
from pipeline.artifacts.frames import Frames
from pipeline.comments.rhythm import Rhythm
from pipeline.nn.captioner import Captioner
from pipeline.nn.dataset import FeatureBank
from pipeline.nn.decoding import (
    continue_greedily,
    first_words_by_frequency,
    first_words_by_model,
)
from pipeline.progress import track
from pipeline.text.vocabulary import Vocabulary, join_words
from pipeline.timebase import MILLISECONDS

_BATCH = 64  # comments decoded together


@dataclass(frozen=True)
class Plan:
    """A comment before it has words."""

    time_ms: int
    frame: int
    picture: int
    commands: list[str]
    draw: float
    """Uniform in [0, 1); decides the first word."""


def plan_comments(rhythm: Rhythm, frames: Frames, rate: float, seed: int) -> list[Plan]:
    """Draw when comments come and which commands they carry, in order of time.

    Each second takes the count of a random second of the training videos, times ``rate``.
    """
    duration_ms = int(frames.times.duration * MILLISECONDS)
    weights = np.array([count for count, _ in rhythm.commands], np.float64)
    plans: list[Plan] = []
    for second in range(-(-duration_ms // MILLISECONDS)):
        draws = np.random.default_rng([seed, int(frames.fingerprint, 16), second])
        expected = rate * rhythm.per_second[draws.integers(len(rhythm.per_second))]
        count = int(expected + draws.random())
        times = second * MILLISECONDS + np.sort(draws.integers(0, MILLISECONDS, count))
        chosen = draws.choice(len(weights), count, p=weights / weights.sum())
        shown = frames.times.frames_at(times)
        plans += [
            Plan(
                time_ms=int(times[i]),
                frame=int(shown[i]),
                picture=int(frames.row[shown[i]]),
                commands=rhythm.commands[chosen[i]][1],
                draw=float(draws.random()),
            )
            for i in range(count)
            if times[i] < duration_ms
        ]
    return plans


def write_comments(
    plans: Sequence[Plan],
    captioner: Captioner,
    vocabulary: Vocabulary,
    features: Path,
    tap: str,
    *,
    most_words: int,
    first_word_by_model: bool,
) -> Iterator[GeneratedComment]:
    """Give every plan its words."""
    bank = FeatureBank([features], tap)
    device = captioner.mean.device
    starts = range(0, len(plans), _BATCH)
    for start in track(starts, len(starts), "generate", f"batches of {_BATCH}"):
        batch = plans[start : start + _BATCH]
        pictures = bank.gather(np.array([plan.picture for plan in batch], np.int64)).to(device)
        draws = np.array([plan.draw for plan in batch])
        first = (
            first_words_by_model(captioner, pictures, draws)
            if first_word_by_model
            else first_words_by_frequency(vocabulary, draws)
        )
        sentences = continue_greedily(captioner, pictures, first, most_words)
        for plan, sentence in zip(batch, sentences, strict=True):
            words = [vocabulary.word(token) for token in sentence]
            yield GeneratedComment(
                time_ms=plan.time_ms,
                text=join_words(words),
                commands=plan.commands,
                words=words,
                frame=plan.frame,
            )
