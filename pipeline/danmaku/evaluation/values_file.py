"""``evaluation.h5``: the values that the figures of ``evaluation.json`` are means of.

With them two models are compared comment by comment. Comments are the viewers' that were measured,
queries are seconds of the ranking, and names are those that the model wrote.

::

    comments/line     (comments,) int64     in comments.jsonl, from 0
    comments/block    (comments,) int64     of seconds, which intervals resample
    comments/words    (comments,) int64     end mark included
    comments/nats, mean_nats  (comments,) float64   -log p with its picture, and with the mean one
    queries/second, block     (queries,) int64
    queries/hit_1, hit_5, hit_10, rank, reciprocal_rank   (queries,) float64
    names/scene       (names,) int64        in which each was written
    names/is_right    (names,) bool         whether that character is on screen
    attribute basis: ``Basis`` as JSON
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import h5py
import msgspec
import numpy as np

from pipeline.danmaku.alignment.aligned_file import Aligned
from pipeline.danmaku.evaluation.evaluation_file import MeasuredOn
from pipeline.runtime.arrays import Bools, Float64s, Int64s
from pipeline.runtime.atomic_files import published


class CommentValues(NamedTuple):
    """See the table above."""

    line: Int64s
    block: Int64s
    words: Int64s
    nats: Float64s
    mean_nats: Float64s


class QueryValues(NamedTuple):
    """See the table above."""

    second: Int64s
    block: Int64s
    hit_1: Float64s
    hit_5: Float64s
    hit_10: Float64s
    rank: Float64s
    reciprocal_rank: Float64s


class NameValues(NamedTuple):
    """See the table above."""

    scene: Int64s
    is_right: Bools


class Basis(msgspec.Struct, frozen=True):
    """What was measured, so that values of two models are told apart if they are of two things."""

    frames: str
    """The fingerprint of the video file."""
    measured_on: MeasuredOn
    block_s: float
    """Length of the blocks."""
    comments: str
    """Digest of the comments that were measured."""
    vocabulary: str
    """Digest of the words that the model knows."""
    candidates: str
    """Digest of the queries, each with what was ranked."""


@dataclass(frozen=True)
class Values:
    """The content of ``evaluation.h5``."""

    basis: Basis
    comments: CommentValues
    """None of them where there are too few for a likelihood."""
    queries: QueryValues
    names: NameValues

    def save(self, path: Path) -> None:
        """Publish ``evaluation.h5``."""
        with published(path) as temporary, h5py.File(temporary, "w") as file:
            file.attrs["basis"] = msgspec.json.encode(self.basis).decode()
            for group in ("comments", "queries", "names"):
                for name, array in getattr(self, group)._asdict().items():
                    file[f"{group}/{name}"] = array

    @classmethod
    def load(cls, path: Path) -> Values:
        """Read ``evaluation.h5``."""
        with h5py.File(path, "r") as file:

            def group(kind: Any, name: str) -> Any:
                return kind(*(file[f"{name}/{field}"][:] for field in kind._fields))

            return cls(
                msgspec.json.decode(file.attrs["basis"], type=Basis),
                group(CommentValues, "comments"),
                group(QueryValues, "queries"),
                group(NameValues, "names"),
            )


def digest_of_comments(aligned: Aligned, lines: Int64s) -> str:
    """Of those of the ``lines`` (n,) of comments.jsonl, with their times, frames and words."""
    return digest(
        (int(aligned.time_ms[index]), int(aligned.frame[index]), aligned.words[index])
        for index in np.flatnonzero(np.isin(aligned.line, lines)).tolist()
    )


def digest(texts: Iterable[object]) -> str:
    """Equal for equal texts, or lists of texts, in the same order."""
    return hashlib.sha256(msgspec.json.encode(list(texts))).hexdigest()


NO_COMMENTS = CommentValues(*(np.zeros(0, np.int64),) * 3, *(np.zeros(0),) * 2)
NO_NAMES = NameValues(np.zeros(0, np.int64), np.zeros(0, bool))
