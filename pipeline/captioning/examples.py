"""When and where comments are written, as numbers; see ``prompt.py`` for the letters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from pipeline.captioning.captioner import CaptionerSpec
from pipeline.captioning.prompt import AROUND, CONTEXT_COMMENTS, CONTEXT_WORDS, Prompt, Seating
from pipeline.pictures.feature_bank import FeatureBank
from pipeline.pictures.frames_file import Frames
from pipeline.runtime.arrays import Float32s, Int64s
from pipeline.runtime.clock import MILLISECONDS
from pipeline.text.vocabulary import PADDING

_NEAR_S = 10.0  # how far from its start or end an episode is said to begin or end


@dataclass(frozen=True)
class Moments:
    """One row for each comment that is, or is to be, written."""

    picture: Int64s
    """(n,) rows of the feature bank."""
    facts: Float32s
    """(n, f); see ``prompt.FACTS``."""
    around: Int64s
    """(n, w) rows of the feature bank; w is 0 for a decoder that does not read them."""
    context: npt.NDArray[np.int32]
    """(n, k, l) words of comments of earlier seconds; k is 0 for a decoder that reads none."""

    def __len__(self) -> int:
        return len(self.picture)

    def take(self, rows: Int64s) -> Moments:
        """Some of them."""
        return Moments(self.picture[rows], self.facts[rows], self.around[rows], self.context[rows])

    def prompt(self, bank: FeatureBank, device: torch.device) -> Prompt:
        """All of them as one prompt, every picture once."""
        pictures, which = np.unique(self.picture, return_inverse=True)
        return self.prompt_of(pictures, which.astype(np.int64), bank, device)

    def prompt_of(
        self, pictures: Int64s, which: Int64s, bank: FeatureBank, device: torch.device
    ) -> Prompt:
        """The prompt with these pictures (u,) in this order, ``which`` (n,) of them for each."""
        shape = (len(self), self.around.shape[1], bank.row_shape[-1])
        around = bank.means[self.around] if shape[1] else np.empty(shape, np.float16)
        context, context_of = np.unique(self.context, axis=0, return_inverse=True)
        return Prompt(
            bank.gather(pictures).to(device, non_blocking=True),
            Seating.of(which, device),
            torch.from_numpy(self.facts).to(device),
            torch.from_numpy(around).to(device),
            torch.from_numpy(context.astype(np.int64)).to(device),
            torch.from_numpy(context_of.reshape(-1)).to(device),
        )


def moments_at(
    time_ms: Int64s,
    frame: Int64s,
    counts: Int64s,
    frames: Frames,
    first_row: int,
    context: npt.NDArray[np.int32],
    spec: CaptionerSpec,
) -> Moments:
    """The moments of comments that appear at ``time_ms`` (n,) and are about ``frame`` (n,).

    ``counts`` (seconds,) is how many comments each second of the video gets; ``first_row``
    where the video begins in the feature bank; ``context`` (n, k, l), see ``Talk``.
    """
    duration = float(frames.times.duration)
    seconds = time_ms / MILLISECONDS
    second = np.clip(time_ms // MILLISECONDS, 0, len(counts) - 1)
    facts = [
        np.clip(seconds / duration, 0, 1),
        np.exp(-np.maximum(seconds, 0) / _NEAR_S),
        np.exp(-np.maximum(duration - seconds, 0) / _NEAR_S),
        np.log1p(counts[second]),
    ]
    notes = spec.decoder == "transformer"
    offsets = MILLISECONDS * np.array(AROUND if notes else ())
    asked = frames.times.milliseconds(frame)[:, None] + offsets
    nearby = frames.times.frames_at(asked.astype(np.int64).ravel()).reshape(asked.shape)
    return Moments(
        first_row + frames.row[frame],
        np.stack(facts, 1).astype(np.float32),
        first_row + frames.row[nearby],
        context,
    )


class Talk:
    """What was said in a video so far, to be asked for the comments before a second."""

    def __init__(self, spec: CaptionerSpec) -> None:
        self._reads = spec.decoder == "transformer"
        self._words: list[list[int]] = []
        self._second: list[int] = []

    def say(self, second: int, words: Sequence[int]) -> None:
        """Add a comment; seconds must not decrease. ``words`` are ids without an end mark."""
        self._second.append(second)
        self._words.append(list(words[:CONTEXT_WORDS]))

    def before(self, seconds: Int64s) -> npt.NDArray[np.int32]:
        """(n, k, l) the last comments of seconds before each of ``seconds`` (n,)."""
        shape = (CONTEXT_COMMENTS, CONTEXT_WORDS) if self._reads else (0, 0)
        found = np.full((len(seconds), *shape), PADDING, np.int32)
        if not self._reads:
            return found
        said = np.searchsorted(self._second, seconds, side="left")
        for row, end in enumerate(said.tolist()):
            last = self._words[max(0, end - CONTEXT_COMMENTS) : end]
            for place, words in enumerate(last, CONTEXT_COMMENTS - len(last)):
                found[row, place, : len(words)] = words
        return found
