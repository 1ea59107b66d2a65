"""Comments over a whole video: when, how many, and their words.

A video is written in blocks of half a minute, all at once, each second by second. All chance
belongs to a second: it is drawn from (seed, video, second). What a second says depends on that,
on its pictures and its place in the episode, on the seconds before it in its block, and, where
no comment is to come again soon, on the first ones of the next block. So redoing one scene
leaves the rest as it was.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.captioning.captioner import Captioner
from pipeline.captioning.decoding import Decoding, Draws, decode, first_words_by_frequency
from pipeline.captioning.examples import Moments, Talk, moments_at
from pipeline.danmaku.comments.comments_file import GeneratedComment
from pipeline.danmaku.comments.filters import has_ng_words
from pipeline.danmaku.rate.model import draw_counts
from pipeline.pictures.feature_bank import FeatureBank
from pipeline.pictures.frames_file import Frames
from pipeline.runtime.arrays import Float64s, Int64s
from pipeline.runtime.clock import MILLISECONDS
from pipeline.runtime.progress import track
from pipeline.text.vocabulary import Vocabulary, join_words

BLOCK_S = 30
_BATCH = 256  # comments written together
_ATTEMPTS = 5  # at a comment that may be shown; then its place stays empty
_VIEWERS, _HOW_MANY, _WHEN, _WHAT = range(4)  # what chance is for


@dataclass(frozen=True)
class Plan:
    """Comments before they have words, in order of time."""

    time_ms: Int64s
    """(n,) when they appear."""
    frame: Int64s
    """(n,) what they are about: the frame that was on screen a reaction earlier."""
    counts: Int64s
    """(seconds,) how many each second gets."""
    viewers: Int64s
    """(seconds,) how many viewers would write in it, which is what the captioner is told."""


@dataclass(frozen=True)
class Wishes:
    """What may be written."""

    decoding: Decoding
    first_by_frequency: bool
    """Whether first words are drawn from the training frequencies, symbols left out."""
    ng: re.Pattern[str] | None
    apart_s: float
    """Seconds within which no comment comes twice."""
    seed: int


def counts_as_expected(expected: Float64s, dispersion: float, frames: Frames, seed: int) -> Int64s:
    """(seconds,) what viewers write, drawn about what is ``expected`` of each second."""
    return np.array(
        [
            draw_counts(expected[second : second + 1], dispersion, chance)[0]
            for second, chance in _chances(frames, seed, _VIEWERS)
        ],
        np.int64,
    )


def counts_as_in(per_second: Sequence[int], frames: Frames, seed: int) -> Int64s:
    """(seconds,) what viewers write: in each as many as in a random one of ``per_second``."""
    chances = _chances(frames, seed, _VIEWERS)
    return np.array([per_second[int(chance.integers(len(per_second)))] for _, chance in chances])


def plan_comments(
    wanted: npt.ArrayLike, viewers: Int64s, frames: Frames, delay_ms: int, seed: int
) -> Plan:
    """Spread ``wanted`` (seconds,) comments over their seconds, fractions rounded by chance.

    ``viewers`` (seconds,) would write so many; ``delay_ms`` is how long after what they are
    about comments come.
    """
    wanted = np.broadcast_to(wanted, viewers.shape)
    drawn = [np.empty(0, np.int64)]
    for second, chance in _chances(frames, seed, _WHEN):
        count = int(wanted[second] + _chance(frames, seed, second, _HOW_MANY).random())
        drawn.append(second * MILLISECONDS + np.sort(chance.integers(0, MILLISECONDS, count)))
    time_ms = np.concatenate(drawn)
    time_ms = time_ms[time_ms < int(frames.times.duration * MILLISECONDS)]
    kept = np.bincount(time_ms // MILLISECONDS, minlength=len(viewers))
    frame = frames.times.frames_at(time_ms - delay_ms)
    return Plan(time_ms, frame, kept.astype(np.int64), viewers)


def write_comments(
    plan: Plan,
    frames: Frames,
    captioner: Captioner,
    vocabulary: Vocabulary,
    bank: FeatureBank,
    wishes: Wishes,
) -> list[GeneratedComment]:
    """Give the plan its words; fewer comments where none that may be shown was found."""
    writer = _Writer(plan, frames, captioner, vocabulary, bank, wishes)
    for number in track(range(BLOCK_S), BLOCK_S, "generate", "rounds"):
        writer.write_second(number)
    return [comment for comment in writer.written if comment is not None]


class _Writer:
    """The comments so far."""

    def __init__(
        self,
        plan: Plan,
        frames: Frames,
        captioner: Captioner,
        vocabulary: Vocabulary,
        bank: FeatureBank,
        wishes: Wishes,
    ) -> None:
        self.written: list[GeneratedComment | None] = [None] * len(plan.time_ms)
        self._plan, self._frames, self._bank, self._wishes = plan, frames, bank, wishes
        self._captioner, self._vocabulary = captioner, vocabulary
        self._second = plan.time_ms // MILLISECONDS
        first = np.searchsorted(self._second, self._second, side="left")
        self._place = np.arange(len(self._second)) - first  # within its second
        self._talk: defaultdict[int, Talk] = defaultdict(lambda: Talk(captioner.spec))
        self._said_at: defaultdict[str, list[int]] = defaultdict(list)

    def write_second(self, number: int) -> None:
        """Write this second of every block; what may not be shown is drawn again."""
        chosen = np.flatnonzero(self._second % BLOCK_S == number)
        said: dict[int, list[int]] = {}
        for attempt in range(_ATTEMPTS):
            for some in np.split(chosen, range(_BATCH, len(chosen), _BATCH)):
                if len(some):
                    self._try(some, attempt, said)
            chosen = np.array([i for i in chosen.tolist() if i not in said], np.int64)
        for index in sorted(said):
            second = int(self._second[index])
            self._talk[second // BLOCK_S].say(second, said[index])

    def _try(self, chosen: Int64s, attempt: int, said: dict[int, list[int]]) -> None:
        """Write some comments (n,); the tokens of those that may be shown go to ``said``."""
        decoded = decode(
            self._captioner,
            self._moments(chosen).prompt(self._bank, self._captioner.mean.device),
            self._wishes.decoding,
            draws := self._draws(chosen, attempt),
            first_words_by_frequency(self._vocabulary, draws[:, 0])
            if self._wishes.first_by_frequency
            else None,
        )
        spec = self._captioner.spec
        for index, tokens, looks in zip(chosen.tolist(), *decoded, strict=True):
            words = [self._vocabulary.word(token) for token in tokens]
            comment = GeneratedComment(
                time_ms=int(self._plan.time_ms[index]),
                text=join_words(words),
                commands=spec.looks.commands(looks),
                words=words,
                frame=int(self._plan.frame[index]),
                viewers=int(self._plan.viewers[self._second[index]]),
            )
            if self._may_be_shown(comment):
                self.written[index], said[index] = comment, tokens
                self._said_at[comment.text].append(comment.time_ms)

    def _moments(self, chosen: Int64s) -> Moments:
        context = [
            self._talk[second // BLOCK_S].before(np.array([second]))
            for second in self._second[chosen].tolist()
        ]
        plan = self._plan
        return moments_at(
            plan.time_ms[chosen],
            plan.frame[chosen],
            plan.viewers,
            self._frames,
            0,
            np.concatenate(context),
            self._captioner.spec,
        )

    def _draws(self, chosen: Int64s, attempt: int) -> Draws:
        """(n, decoding.draws) what chance has for each comment at this attempt."""
        wanted = self._wishes.decoding.draws
        found = np.empty((len(chosen), wanted))
        for second in np.unique(self._second[chosen]).tolist():
            here = self._second[chosen] == second
            chance = _chance(self._frames, self._wishes.seed, second, _WHAT, attempt)
            found[here] = chance.random((int(self._plan.counts[second]), wanted))[
                self._place[chosen][here]
            ]
        return found

    def _may_be_shown(self, comment: GeneratedComment) -> bool:
        apart_ms = self._wishes.apart_s * MILLISECONDS
        soon = any(abs(comment.time_ms - t) < apart_ms for t in self._said_at[comment.text])
        return not soon and not has_ng_words(comment.text, self._wishes.ng)


def _chances(frames: Frames, seed: int, purpose: int) -> Iterator[tuple[int, np.random.Generator]]:
    """Every second of the video, the last one perhaps short, and its chance."""
    seconds = -(-int(frames.times.duration * MILLISECONDS) // MILLISECONDS)
    return ((second, _chance(frames, seed, second, purpose)) for second in range(seconds))


def _chance(frames: Frames, seed: int, second: int, *purpose: int) -> np.random.Generator:
    return np.random.default_rng([seed, int(frames.fingerprint, 16), second, *purpose])
