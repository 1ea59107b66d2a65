"""``statistics.json``: the numbers of one commented episode, as in the article's tables."""

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
from pipeline.danmaku.statistics.split import Split
from pipeline.media.frame_times import FrameTimes
from pipeline.pictures.frames_file import Frames
from pipeline.reading.import_report_file import ImportReport
from pipeline.runtime.arrays import Int64s
from pipeline.runtime.clock import MILLISECONDS, clock_text
from pipeline.runtime.json_lines import read_lines
from pipeline.text.vocabulary import Vocabulary, join_words

_MAX_LISTED = 20  # words or comments
_MAX_BUSIEST = 10  # frames
_NOUN = "名詞"
"""The parts of speech of all nouns begin with it."""


class TextCount(msgspec.Struct, frozen=True):
    """A word or a comment, and how often it occurs."""

    text: str
    count: int


class Words(msgspec.Struct, frozen=True):
    """The words of all comments."""

    tokens: int
    """Words, repetitions included."""
    distinct: int
    once: int
    """Words that occur only once."""
    most_frequent: list[TextCount]
    without_symbols: list[TextCount]
    """The most frequent words that are not symbols."""
    nouns: list[TextCount]
    """The most frequent nouns; empty where the splitter knows no parts of speech."""
    rank_frequency: list[tuple[int, int]]
    """Ranks from 1 and their frequencies, at both ends of every run of equal frequencies: enough
    to draw the curve, and short."""

    @classmethod
    def from_vocabulary(cls, vocabulary: Vocabulary) -> Words:
        """Sum up a vocabulary of unlimited size."""
        ranked = list(map(TextCount, vocabulary.words, vocabulary.counts))
        words = zip(ranked, vocabulary.parts, vocabulary.symbols, strict=True)
        without_symbols = [(word, part) for word, part, is_symbol in words if not is_symbol]
        nouns = [word for word, part in without_symbols if part.startswith(_NOUN)]
        return cls(
            tokens=vocabulary.total,
            distinct=vocabulary.distinct,
            once=vocabulary.counts.count(1),
            most_frequent=ranked[:_MAX_LISTED],
            without_symbols=[word for word, _ in without_symbols[:_MAX_LISTED]],
            nouns=nouns[:_MAX_LISTED],
            rank_frequency=_corners(vocabulary.counts),
        )


class BusyFrame(msgspec.Struct, frozen=True):
    """A frame with many comments."""

    frame: int
    time: str
    """When it begins, such as 1:05.250."""
    comments: int
    most_frequent: TextCount
    """The most frequent comment on it."""
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
    """Comments with a time after the last frame, aligned to it or not."""
    before_start: int
    """Comments with a negative time, aligned to the first frame or not."""
    words: Words
    most_frequent: list[TextCount]
    """Whole comments."""
    frames: int
    scenes: int
    silent_frames: int
    """Frames without a comment."""
    mean_per_frame: float
    busiest: list[BusyFrame]
    per_second: list[int]
    """Comments in each second of the video, without those before its start or after its end."""

    @classmethod
    def load(cls, path: Path) -> Statistics:
        """Read ``statistics.json``."""
        return msgspec.json.decode(path.read_bytes(), type=cls)

    @classmethod
    def count(
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
        busiest = np.argsort(-per_frame, kind="stable")[:_MAX_BUSIEST]
        return cls(
            video=video,
            duration=_clock(frames.times.duration),
            import_report=import_report,
            delay=delay,
            split=Split.count(unique, dev),
            past_end=past_end,
            before_start=before_start,
            words=Words.from_vocabulary(Vocabulary.from_counts(tokens, len(tokens))),
            most_frequent=_most_frequent_comments(unique, texts),
            frames=len(per_frame),
            scenes=len(frames.cuts) + 1,
            silent_frames=int((per_frame == 0).sum()),
            mean_per_frame=float(per_frame.mean()),
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
    """The fields of a TokenizedComment that are counted."""

    words: list[str]
    parts: list[str]


def _read(comments: Path, line: Int64s) -> tuple[Int64s, list[str], Counter[tuple[str, str]]]:
    """The comments on the lines ``line`` (comments,), ascending.

    Returns (comments,) a number for the words of each comment, equal for equal words; the words
    by these numbers, joined by blanks; and how often each pair of a word and its part of speech
    occurs.
    """
    is_aligned = np.zeros(int(line[-1]) + 1, bool)
    is_aligned[line] = True
    numbers: dict[str, int] = {}
    unique = array("q")
    tokens: Counter[tuple[str, str]] = Counter()
    for comment, counts in zip(read_lines(comments, _Line), is_aligned.tolist(), strict=False):
        if counts:
            unique.append(numbers.setdefault(" ".join(comment.words), len(numbers)))
            tokens.update(zip(comment.words, comment.parts, strict=True))
    return np.array(unique, np.int64), list(numbers), tokens


def _most_frequent_comments(unique: Int64s, texts: list[str]) -> list[TextCount]:
    """The most frequent of the comments with the numbers ``unique`` (comments,) of ``texts``."""
    numbers, counts = (array.tolist() for array in np.unique(unique, return_counts=True))
    ranked = _most_frequent(dict(zip((texts[n] for n in numbers), counts, strict=True)))
    return [TextCount(join_words(comment.text.split()), comment.count) for comment in ranked]


def _most_frequent(counts: Mapping[str, int]) -> list[TextCount]:
    """The entries with the largest ``counts``, ties in order of their texts."""
    first = heapq.nsmallest(_MAX_LISTED, counts.items(), key=lambda item: (-item[1], item[0]))
    return [TextCount(text, count) for text, count in first]


def _corners(counts: Sequence[int]) -> list[tuple[int, int]]:
    """Rank and count at both ends of every run of equal ``counts``, which descend."""
    last = np.flatnonzero(np.diff(counts, append=0))
    places = np.union1d(last, np.append(0, last[:-1] + 1)).tolist()
    return [(place + 1, counts[place]) for place in places]


def _per_second(time_ms: Int64s, times: FrameTimes) -> list[int]:
    inside = time_ms[times.inside(time_ms)]
    counts: list[int] = np.bincount(inside // MILLISECONDS, minlength=ceil(times.duration)).tolist()
    return counts


def _clock(seconds: Fraction) -> str:
    return clock_text(round(seconds * MILLISECONDS), digits=3)
