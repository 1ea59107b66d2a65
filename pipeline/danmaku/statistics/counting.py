"""The numbers of one commented episode, those of the 2017 article's tables."""

from __future__ import annotations

import heapq
from array import array
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from math import ceil
from pathlib import Path

import h5py
import msgspec
import numpy as np

from pipeline.danmaku.alignment.delay_file import Delay
from pipeline.danmaku.comments.comments_file import read_lines
from pipeline.danmaku.comments.import_report_file import ImportReport
from pipeline.danmaku.statistics.split import Split
from pipeline.media.frame_times import FrameTimes
from pipeline.pictures.frames_file import Frames
from pipeline.runtime.arrays import Int64s
from pipeline.runtime.clock import MILLISECONDS, clock_text
from pipeline.text.vocabulary import Vocabulary, join_words

_MOST_FREQUENT = 20
"""Words and comments listed."""
_BUSIEST = 10
"""Frames listed."""

_NOUN = "名詞"
"""How the part of speech of nouns begins."""


class Ranked(msgspec.Struct, frozen=True):
    """A word or a comment, and how often it occurs."""

    text: str
    count: int


class Words(msgspec.Struct, frozen=True):
    """What the comments are made of."""

    running: int
    distinct: int
    once: int
    """Words that occur once."""
    all: list[Ranked]
    """The most frequent, as are the next two."""
    without_symbols: list[Ranked]
    nouns: list[Ranked]
    """Empty for languages whose parts of speech are not told."""
    rank_frequency: list[tuple[int, int]]
    """Ranks from 1 and their frequencies, at both ends of every run of equal frequencies."""

    @classmethod
    def of(cls, vocabulary: Vocabulary) -> Words:
        """Sum up a vocabulary without a limit of size."""
        ranked = list(map(Ranked, vocabulary.words, vocabulary.counts))
        told = zip(ranked, vocabulary.parts, vocabulary.symbols, strict=True)
        saying = [(word, part) for word, part, symbol in told if not symbol]
        return cls(
            running=vocabulary.total,
            distinct=vocabulary.distinct,
            once=vocabulary.counts.count(1),
            all=ranked[:_MOST_FREQUENT],
            without_symbols=[word for word, _ in saying][:_MOST_FREQUENT],
            nouns=[word for word, part in saying if part.startswith(_NOUN)][:_MOST_FREQUENT],
            rank_frequency=_corners(vocabulary.counts),
        )


class BusyFrame(msgspec.Struct, frozen=True):
    """A frame with many comments."""

    frame: int
    time: str
    """When it begins, such as 1:05.250."""
    comments: int
    most_frequent: Ranked
    thumbnail: bytes
    """A JPEG."""


class Statistics(msgspec.Struct, frozen=True):
    """``statistics.json``: the numbers of the comments that were aligned to frames."""

    video: str
    duration: str
    """Such as 24:10.125."""
    import_report: ImportReport
    delay: Delay
    split: Split
    past_end: int
    """Comments whose time lies behind the last frame, those without a frame among them."""
    before_start: int
    """The same for negative times."""
    words: Words
    most_frequent: list[Ranked]
    """Whole comments."""
    frames: int
    scenes: int
    silent_frames: int
    """Frames without a comment."""
    mean_on_a_frame: float
    busiest: list[BusyFrame]
    per_second: list[int]
    """Comments in each second; those before the start and behind the end are left out."""

    @classmethod
    def load(cls, path: Path) -> Statistics:
        """Read ``statistics.json``."""
        return msgspec.json.decode(path.read_bytes(), type=cls)

    @classmethod
    def of(
        cls,
        video: str,
        frames: Frames,
        comments: Path,
        aligned: Path,
        import_report: ImportReport,
        delay: Delay,
        thumbnail_of: Callable[[int], bytes],
    ) -> Statistics:
        """Count ``comments.jsonl``, read line by line, and ``aligned.h5``.

        ``thumbnail_of`` gives the JPEG of a frame by its number. The words in ``aligned.h5`` are
        not read: as Python strings they would need more memory than all that is kept here.
        """
        with h5py.File(aligned, "r") as file:
            line, time_ms, frame, dev = (
                file[name][:] for name in ("line", "time_ms", "frame", "dev")
            )
            past_end, before_start = (int(file.attrs[n]) for n in ("past_end", "before_start"))
        unique, texts, tokens = _read(comments, line)
        per_frame = np.bincount(frame, minlength=len(frames.row))
        busiest = np.argsort(-per_frame, kind="stable")[:_BUSIEST]
        return cls(
            video=video,
            duration=_clock(frames.times.duration),
            import_report=import_report,
            delay=delay,
            split=Split.count(unique, dev),
            past_end=past_end,
            before_start=before_start,
            words=Words.of(Vocabulary.from_counts(tokens, len(tokens))),
            most_frequent=_most_frequent_comments(unique, texts),
            frames=len(per_frame),
            scenes=len(frames.cuts) + 1,
            silent_frames=int((per_frame == 0).sum()),
            mean_on_a_frame=float(per_frame.mean()),
            busiest=[
                BusyFrame(
                    frame=number,
                    time=_clock(frames.times.seconds(number)),
                    comments=int(per_frame[number]),
                    most_frequent=_most_frequent_comments(unique[frame == number], texts)[0],
                    thumbnail=thumbnail_of(number),
                )
                for number in busiest.tolist()
                if per_frame[number]
            ],
            per_second=_per_second(time_ms, frames.times),
        )


class _Line(msgspec.Struct):
    """What is needed of a TokenizedComment."""

    words: list[str]
    parts: list[str]


def _read(comments: Path, line: Int64s) -> tuple[Int64s, list[str], Counter[tuple[str, str]]]:
    """The comments on ``line`` (comments,), ascending.

    Returns (comments,) the number of each one's text, the texts by number, and how often
    each pair of a word and a part of speech occurs.
    """
    wanted = np.zeros(int(line[-1]) + 1, bool)
    wanted[line] = True
    numbers: dict[str, int] = {}
    unique = array("q")
    tokens: Counter[tuple[str, str]] = Counter()
    for comment, aligned in zip(read_lines(comments, _Line), wanted.tolist(), strict=False):
        if aligned:
            unique.append(numbers.setdefault(" ".join(comment.words), len(numbers)))
            tokens.update(zip(comment.words, comment.parts, strict=True))
    return np.array(unique, np.int64), list(numbers), tokens


def _most_frequent_comments(unique: Int64s, texts: list[str]) -> list[Ranked]:
    """Of comments with the numbers ``unique``, those of the most frequent words."""
    numbers, counts = (found.tolist() for found in np.unique(unique, return_counts=True))
    ranked = _most_frequent(dict(zip((texts[n] for n in numbers), counts, strict=True)))
    return [Ranked(join_words(comment.text.split()), comment.count) for comment in ranked]


def _most_frequent(counts: Mapping[str, int]) -> list[Ranked]:
    """The first of ``counts``, ties by text."""
    first = heapq.nsmallest(_MOST_FREQUENT, counts.items(), key=lambda item: (-item[1], item[0]))
    return [Ranked(text, count) for text, count in first]


def _corners(counts: Sequence[int]) -> list[tuple[int, int]]:
    """The ends of every run of equal ``counts``, which descend."""
    last = np.flatnonzero(np.diff(counts, append=0))
    places = np.union1d(last, np.append(0, last[:-1] + 1)).tolist()
    return [(place + 1, counts[place]) for place in places]


def _per_second(time_ms: Int64s, times: FrameTimes) -> list[int]:
    inside = time_ms[times.inside(time_ms)]
    counts: list[int] = np.bincount(inside // MILLISECONDS, minlength=ceil(times.duration)).tolist()
    return counts


def _clock(seconds: Fraction) -> str:
    return clock_text(round(seconds * MILLISECONDS), digits=3)
