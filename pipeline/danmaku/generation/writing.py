"""The words of planned comments.

A video is written in blocks of half a minute, all at once, each second by second. What a second
says depends on its own random numbers, on its pictures and its place in the video, on the seconds
before it in its block, and, where no comment may be repeated soon, on the first ones of the next
block. So redoing one scene leaves the rest as it was.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from pipeline.captioning.decoding import Draws, decode, draw_count, first_words_by_frequency
from pipeline.captioning.inputs import CaptionInputs
from pipeline.captioning.model_file import Model
from pipeline.captioning.settings import DecodingSettings
from pipeline.danmaku.comments.comments_file import GeneratedComment
from pipeline.danmaku.generation.draws import Purpose, generator
from pipeline.danmaku.generation.plan import Plan
from pipeline.danmaku.training.history import CommentHistory
from pipeline.danmaku.training.inputs import inputs_at
from pipeline.danmaku.training.style import commands_of
from pipeline.pictures.feature_bank import FeatureBank
from pipeline.pictures.frames_file import Frames
from pipeline.runtime.arrays import Int64s
from pipeline.runtime.clock import MILLISECONDS
from pipeline.runtime.progress import track
from pipeline.text.vocabulary import join_words
from pipeline.text.word_lists import has_ng_words

_BLOCK_S = 30
_BATCH = 256  # comments written together
_ATTEMPTS = 5  # at a comment that is allowed; then its place stays empty


@dataclass(frozen=True)
class GenerationOptions:
    """How comments are written, and which are allowed."""

    decoding: DecodingSettings
    ng_words: re.Pattern[str] | None
    """No comment may match."""
    min_repeat_gap_s: float
    """Seconds within which no comment is repeated."""
    seed: int
    block_s: int = _BLOCK_S
    batch_size: int = _BATCH


def write_comments(
    plan: Plan, frames: Frames, model: Model, bank: FeatureBank, options: GenerationOptions
) -> list[GeneratedComment]:
    """Give the plan its words; fewer comments where no allowed one was found."""
    writer = _Writer(plan, frames, model, bank, options)
    for number in track(range(options.block_s), options.block_s, "generate", "rounds"):
        writer.write_second(number)
    return [comment for comment in writer.written if comment is not None]


class _Writer:
    """The comments so far."""

    def __init__(
        self,
        plan: Plan,
        frames: Frames,
        model: Model,
        bank: FeatureBank,
        options: GenerationOptions,
    ) -> None:
        self.written: list[GeneratedComment | None] = [None] * len(plan.time_ms)
        self._plan, self._frames, self._options = plan, frames, options
        self._model, self._bank, self._spec = model, bank, model.captioner.spec
        self._second = plan.time_ms // MILLISECONDS
        first = np.searchsorted(self._second, self._second, side="left")
        self._place = np.arange(len(self._second)) - first  # of a comment within its second
        # Of each block by itself: blocks are written at once.
        self._history: defaultdict[int, CommentHistory] = defaultdict(
            lambda: CommentHistory(self._spec)
        )
        self._times_of: defaultdict[str, list[int]] = defaultdict(list)

    def write_second(self, number: int) -> None:
        """Write this second of every block; what is not allowed is drawn again."""
        remaining = np.flatnonzero(self._second % self._options.block_s == number)
        accepted: dict[int, list[int]] = {}
        for attempt in range(_ATTEMPTS):
            size = self._options.batch_size
            for batch in np.split(remaining, range(size, len(remaining), size)):
                if len(batch):
                    self._write(batch, attempt, accepted)
            remaining = np.array([i for i in remaining.tolist() if i not in accepted], np.int64)
        # Only now, since comments of one second are no context of one another.
        for index in sorted(accepted):
            second = int(self._second[index])
            self._history_of(second).append(second, accepted[index])

    def _write(self, batch: Int64s, attempt: int, accepted: dict[int, list[int]]) -> None:
        """Write some comments (n,); the word ids of allowed ones go to ``accepted``."""
        decoding = self._options.decoding
        draws = self._draws(batch, attempt)
        first = (
            first_words_by_frequency(self._model.vocabulary, draws[:, 0])
            if decoding.first_word == "frequency"
            else None
        )
        captioner = self._model.captioner
        prompt = self._inputs(batch).prompt(self._bank, captioner.mean.device)
        decoded = decode(captioner, prompt, decoding, draws, first)
        for index, ids, style in zip(batch.tolist(), *decoded, strict=True):
            words = self._model.vocabulary.decode(ids)
            comment = GeneratedComment(
                time_ms=int(self._plan.time_ms[index]),
                text=join_words(words),
                commands=commands_of(style, self._spec.style),
                words=words,
                frame=int(self._plan.frame[index]),
                viewers=int(self._plan.viewers[self._second[index]]),
            )
            if self._is_allowed(comment):
                self.written[index], accepted[index] = comment, ids
                self._times_of[comment.text].append(comment.time_ms)

    def _inputs(self, batch: Int64s) -> CaptionInputs:
        contexts = [
            self._history_of(second).context_before(np.array([second]))
            for second in self._second[batch].tolist()
        ]
        plan = self._plan
        return inputs_at(
            plan.time_ms[batch],
            plan.frame[batch],
            plan.viewers,
            self._frames,
            0,
            np.concatenate(contexts),
            self._spec,
        )

    def _history_of(self, second: int) -> CommentHistory:
        """The comments so far of the block that a second is in."""
        return self._history[second // self._options.block_s]

    def _draws(self, batch: Int64s, attempt: int) -> Draws:
        """(n, draw_count) the random numbers of each comment at this attempt."""
        count = draw_count(self._spec, self._options.decoding)
        draws = np.empty((len(batch), count))
        for second in np.unique(self._second[batch]).tolist():
            here = self._second[batch] == second
            stream = generator(self._frames, self._options.seed, second, Purpose.WORDS, attempt)
            # Drawn for all comments of the second, also those that need none at this attempt, so
            # that a comment's numbers do not depend on what was allowed.
            whole = stream.random((int(self._plan.counts[second]), count))
            draws[here] = whole[self._place[batch][here]]
        return draws

    def _is_allowed(self, comment: GeneratedComment) -> bool:
        gap_ms = self._options.min_repeat_gap_s * MILLISECONDS
        times = self._times_of[comment.text]
        repeated = any(abs(comment.time_ms - time) < gap_ms for time in times)
        return not repeated and not has_ng_words(comment.text, self._options.ng_words)
