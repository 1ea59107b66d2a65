"""What each model, and viewers, wrote of the same seconds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import msgspec
import numpy as np

from pipeline.danmaku.comparison.compared import Compared
from pipeline.lettering.glyphs import clean_text
from pipeline.pictures.frames_file import Frames
from pipeline.runtime.arrays import Int64s
from pipeline.runtime.clock import MILLISECONDS


class Written(msgspec.Struct, frozen=True, omit_defaults=True):
    """A comment of a model."""

    text: str
    words: list[str]
    probabilities: list[float]
    """Of each word, given the picture and the words before it."""
    nats: float
    """-log p a word, end mark included."""
    copied: bool = False
    """Whether a viewer wrote just this in training."""


class Second(msgspec.Struct, frozen=True):
    """What was written of the pictures that one second shows."""

    second: int
    viewers: list[str]
    by: list[list[Written]]
    """Of each model."""


def seconds_of(
    models: Sequence[Compared], frames: Frames, viewers: Sequence[tuple[int, str]]
) -> list[Second]:
    """The seconds that any model wrote of, in order; ``viewers`` have the frame that they mean."""
    written = [_by_second(model, frames) for model in models]
    said: defaultdict[int, list[str]] = defaultdict(list)
    shown = _seconds(frames, np.array([frame for frame, _ in viewers], np.int64))
    for second, (_, text) in zip(shown.tolist(), viewers, strict=True):
        said[second].append(clean_text(text))
    return [
        Second(second, said.get(second, []), [own.get(second, []) for own in written])
        for second in sorted({second for own in written for second in own})
    ]


def _by_second(model: Compared, frames: Frames) -> dict[int, list[Written]]:
    found: defaultdict[int, list[Written]] = defaultdict(list)
    explained = model.explained
    shown = _seconds(frames, np.array([comment.frame for comment in model.comments], np.int64))
    for number, rows in enumerate(explained.places_of_words()):
        nats = explained.word_nats[rows]
        found[int(shown[number])].append(
            Written(
                text=clean_text(model.comments[number].text),
                words=[clean_text(word) for word in explained.words[number]],
                probabilities=np.exp(-nats[:-1].astype(float)).round(4).tolist(),
                nats=round(float(nats.mean()), 3),
                copied=bool(explained.copies[number] > 0),
            )
        )
    return found


def _seconds(frames: Frames, numbers: Int64s) -> Int64s:
    return (frames.times.milliseconds(numbers) // MILLISECONDS).astype(np.int64)
