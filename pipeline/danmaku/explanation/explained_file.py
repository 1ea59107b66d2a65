"""``explained.h5``: why the model wrote each comment of ``generated.jsonl``, in the same order.

::

    seen_s            (comments,) float64       second at which its picture is on screen
    words             (comments,) UTF-8         a JSON list
    first_map         (comments + 1,) int64     comment n has the maps first_map[n]:first_map[n + 1]
    attention         (maps, p) uint8           where the model looked for each word
    saliency          (maps, p) uint8           where more attention would have favoured the word
    attention_peak    (maps,) float32           share of attention of the hottest position
    saliency_peak     (maps,) float32           the same of saliency
    nats              (comments,) float32       negative log-likelihood, end mark included
    mean_nats         (comments,) float32       the same with the mean picture in place of its own
    word_nats         (words,) float32          the same of each word and end mark in turn
    word_rank         (words,) int64            their ranks among all words by likelihood, from 1
    rank              (comments,) int64         rank among candidates, from 1; 0: not ranked
    candidates        (comments,) int64         how many, the comment included; 0: not ranked
    copies            (comments,) int64         training comments of exactly these words
    near              (comments, k) int64       indices of training pictures; -1: no more
    similarity        (comments, k) float32     their cosines, descending; 0: no more
    learned_video     (learned,) UTF-8          folder of a training video
    learned_s         (learned,) float64        second in which that picture's first frame begins
    learned_picture   (learned,) of uint8       a JPEG in the shape of the video
    learned_comments  (learned,) UTF-8          a JSON list of texts, the most frequent first

The p positions form a square grid over the whole picture, row by row. A value is 0 for an even
share or less, and 255 for the peak, or less where that is faint (``heat.heat_strength``). A comment
has a map for each word and one for its end mark; one of more than 40 words has maps of the first 40
words only. A model without attention over a square grid has no maps: first_map is all 0, and so
is p.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import h5py
import msgspec
import numpy as np

from pipeline.runtime.arrays import Float32s, Float64s, Int64s, UInt8s
from pipeline.runtime.atomic_files import published

_TEXT = h5py.string_dtype("utf-8")
_BYTES = h5py.vlen_dtype(np.uint8)
_NUMBERS = (
    *("seen_s", "first_map", "attention", "saliency", "nats", "mean_nats"),
    *("attention_peak", "saliency_peak", "word_nats", "word_rank"),
    *("rank", "candidates", "copies", "near", "similarity", "learned_s"),
)
_LISTS = ("words", "learned_comments")


@dataclass(frozen=True)
class Explained:
    """The comments of one video, explained; see the table above for shapes and units."""

    seen_s: Float64s
    words: list[list[str]]
    first_map: Int64s
    attention: UInt8s
    saliency: UInt8s
    attention_peak: Float32s
    saliency_peak: Float32s
    nats: Float32s
    mean_nats: Float32s
    word_nats: Float32s
    word_rank: Int64s
    rank: Int64s
    candidates: Int64s
    copies: Int64s
    near: Int64s
    similarity: Float32s
    learned_video: list[str]
    learned_s: Float64s
    learned_picture: list[bytes]
    learned_comments: list[list[str]]

    @property
    def side(self) -> int:
        """Positions across a map, and down; 0 where there are no maps."""
        return math.isqrt(self.attention.shape[1])

    def maps_of(self, comment: int) -> slice:
        """The rows of the maps of a comment."""
        return slice(int(self.first_map[comment]), int(self.first_map[comment + 1]))

    def places_of_words(self) -> list[slice]:
        """For each comment, the rows of its words and its end mark."""
        ends = np.cumsum([len(words) + 1 for words in self.words]).tolist()
        return [slice(start, end) for start, end in pairwise([0, *ends])]

    def peaks_of(self, comment: int) -> Float32s:
        """For each map of a comment, the share of attention of its hottest position."""
        return self.attention_peak[self.maps_of(comment)]

    def save(self, path: Path) -> None:
        """Publish ``explained.h5``."""
        with published(path) as temporary, h5py.File(temporary, "w") as file:
            for name in _NUMBERS:
                file[name] = getattr(self, name)
            for name in _LISTS:
                # As JSON: texts may hold any separator, and NUL, which HDF5's strings cannot.
                lines = [msgspec.json.encode(texts).decode() for texts in getattr(self, name)]
                file.create_dataset(name, data=np.array(lines, object), dtype=_TEXT)
            names = np.array(self.learned_video, object)
            file.create_dataset("learned_video", data=names, dtype=_TEXT)
            pictures = file.create_dataset("learned_picture", len(self.learned_picture), _BYTES)
            for row, jpeg in enumerate(self.learned_picture):
                pictures[row] = np.frombuffer(jpeg, np.uint8)

    @classmethod
    def load(cls, path: Path) -> Explained:
        """Read ``explained.h5``."""
        with h5py.File(path, "r") as file:
            fields: dict[str, Any] = {name: file[name][:] for name in _NUMBERS}
            for name in _LISTS:
                lines = file[name].asstr()[:]
                fields[name] = [msgspec.json.decode(line, type=list[str]) for line in lines]
            fields["learned_video"] = file["learned_video"].asstr()[:].tolist()
            fields["learned_picture"] = [jpeg.tobytes() for jpeg in file["learned_picture"][:]]
        return cls(**fields)
