"""Stills as a captioner's inputs: a picture, and nothing around it or before it."""

from __future__ import annotations

import numpy as np

from pipeline.captioning.captioner import CaptionerSpec
from pipeline.captioning.inputs import CaptionInputs
from pipeline.captioning.prompt import AROUND, CONTEXT_CAPTIONS, CONTEXT_WORDS, FACTS
from pipeline.runtime.arrays import Int64s
from pipeline.text.vocabulary import PADDING


def inputs_of(rows: Int64s, spec: CaptionerSpec) -> CaptionInputs:
    """The inputs of captions about pictures by their rows (n,) of the feature bank.

    A decoder that reads the pictures around and the captions before gets the same picture, and
    none.
    """
    n = len(rows)
    reads_more = spec.decoder == "transformer"
    around = np.repeat(rows[:, None], len(AROUND), 1) if reads_more else np.empty((n, 0), np.int64)
    context = (CONTEXT_CAPTIONS, CONTEXT_WORDS) if reads_more else (0, 0)
    return CaptionInputs(
        rows,
        np.zeros((n, len(FACTS)), np.float32),
        around,
        np.full((n, *context), PADDING, np.int32),
    )
