"""Where the model attention_maps for each word, as bytes to be drawn.

n  comments   p  positions of a grid, row by row over the whole picture
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from pipeline.captioning.attention_maps import MAX_WORDS, Maps, caption_maps, has_grid
from pipeline.danmaku.explanation.model_output import ModelOutput
from pipeline.pictures.heat import heat_strength
from pipeline.runtime.arrays import Float32s, Int64s, UInt8s
from pipeline.runtime.progress import track

_BATCH = 2048  # comments whose maps are in memory as floats


class HeatMaps(NamedTuple):
    """See ``pipeline.danmaku.explanation.explained_file``."""

    first_map: Int64s
    """(n + 1,)"""
    attention: UInt8s
    """(maps, p)"""
    saliency: UInt8s
    """(maps, p)"""
    attention_peak: Float32s
    """(maps,)"""
    saliency_peak: Float32s
    """(maps,)"""


def heat_maps(output: ModelOutput, batch: int = _BATCH) -> HeatMaps:
    """The maps of all comments; none of a model without attention, or without a square grid."""
    n, bank, captioner = len(output.comments), output.bank, output.model.captioner
    if not has_grid(captioner.spec, bank):
        nothing = np.empty((0, 0), np.uint8)
        no_peaks = np.empty(0, np.float32)
        return HeatMaps(np.zeros(n + 1, np.int64), nothing, nothing, no_peaks, no_peaks)
    counts = [_map_count(len(words)) for words in output.sentences]
    first_map = np.cumsum([0, *counts], dtype=np.int64)
    attention = np.empty((first_map[-1], bank.row_shape[0]), np.uint8)
    saliency = np.empty_like(attention)
    attention_peak, saliency_peak = np.empty((2, len(attention)), np.float32)
    batches = [np.arange(start, min(start + batch, n)) for start in range(0, n, batch)]
    for indices in track(batches, n, "explain", "comments", len):
        shown = [output.sentences[index][:MAX_WORDS] for index in indices.tolist()]
        maps_of_each = caption_maps(captioner, output.inputs.take(indices), bank, shown)
        for index, (attended, salient) in zip(indices.tolist(), maps_of_each, strict=True):
            # A comment that was cut has a map of its end mark too, which is not kept.
            rows, kept = slice(first_map[index], first_map[index + 1]), counts[index]
            attention[rows], saliency[rows] = _heat(attended[:kept]), _heat(salient[:kept])
            attention_peak[rows] = attended[:kept].max(1)
            saliency_peak[rows] = salient[:kept].max(1)
    return HeatMaps(first_map, attention, saliency, attention_peak, saliency_peak)


def _map_count(words: int) -> int:
    return words + 1 if words <= MAX_WORDS else MAX_WORDS


def _heat(maps: Maps) -> UInt8s:
    """(maps, p) how hot positions are, 0–255."""
    return np.array([heat_strength(weights) for weights in maps], np.uint8)
