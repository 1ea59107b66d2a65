"""Where the model looked for each word, as bytes to be drawn.

n  comments   p  positions of a grid, row by row over the whole picture
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from pipeline.captioning.attention_maps import MAX_WORDS, Maps, caption_maps, has_grid
from pipeline.danmaku.explanation.heat import heat_strength
from pipeline.danmaku.explanation.subject import Written
from pipeline.runtime.arrays import Float32s, Int64s, UInt8s
from pipeline.runtime.progress import track

_BLOCK = 2048  # comments whose maps are in memory as floats


class HeatMaps(NamedTuple):
    """See ``pipeline.danmaku.explanation.explained_file``."""

    first_map: Int64s
    """(n + 1,)"""
    attention: UInt8s
    """(maps, p)"""
    evidence: UInt8s
    """(maps, p)"""
    attention_peak: Float32s
    """(maps,)"""
    evidence_peak: Float32s
    """(maps,)"""


def heat_maps(written: Written) -> HeatMaps:
    """The maps of all comments; none of a model without attention, or without a square grid."""
    n, bank, captioner = len(written.comments), written.bank, written.model.captioner
    if not has_grid(captioner.spec, bank):
        nothing = np.empty((0, 0), np.uint8)
        no_peaks = np.empty(0, np.float32)
        return HeatMaps(np.zeros(n + 1, np.int64), nothing, nothing, no_peaks, no_peaks)
    counts = [_map_count(len(words)) for words in written.sentences]
    first_map = np.cumsum([0, *counts], dtype=np.int64)
    attention = np.empty((first_map[-1], bank.row_shape[0]), np.uint8)
    evidence = np.empty_like(attention)
    attention_peak, evidence_peak = np.empty((2, len(attention)), np.float32)
    blocks = [np.arange(start, min(start + _BLOCK, n)) for start in range(0, n, _BLOCK)]
    for block in track(blocks, n, "explain", "comments", len):
        shown = [written.sentences[index][:MAX_WORDS] for index in block.tolist()]
        found = caption_maps(captioner, written.inputs.take(block), bank, shown)
        for index, (looked, mattered) in zip(block.tolist(), found, strict=True):
            rows = slice(first_map[index], first_map[index + 1])
            attention[rows] = _heat(looked[: counts[index]])
            evidence[rows] = _heat(mattered[: counts[index]])
            attention_peak[rows] = looked[: counts[index]].max(1)
            evidence_peak[rows] = mattered[: counts[index]].max(1)
    return HeatMaps(first_map, attention, evidence, attention_peak, evidence_peak)


def _map_count(words: int) -> int:
    return words + 1 if words <= MAX_WORDS else MAX_WORDS


def _heat(maps: Maps) -> UInt8s:
    """(maps, p) how hot positions are, 0–255."""
    return np.array([heat_strength(weights) for weights in maps], np.uint8)
