"""How probable captions are to a captioner, and under word frequencies alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch

from pipeline.captioning.caption_set import CaptionSet
from pipeline.captioning.captioner import Captioner
from pipeline.captioning.inputs import CaptionInputs
from pipeline.pictures.feature_bank import FeatureBank
from pipeline.runtime.arrays import Float64s, Int64s

_BATCH = 512  # captions


def caption_nats(
    captioner: Captioner,
    bank: FeatureBank,
    inputs: CaptionInputs,
    sentences: Sequence[list[int]],
    batch_size: int = _BATCH,
) -> Float64s:
    """Negative log-likelihood of each caption (n,), in nats, its end mark included.

    ``sentences`` are word ids with the end mark, one for each row of ``inputs``.
    """
    return read_captions(captioner, bank, inputs, sentences, batch_size).nats


class Read(NamedTuple):
    """What a captioner makes of captions that it reads."""

    nats: Float64s
    """(n,) see ``caption_nats``."""
    style: list[Float64s]
    """(n, classes) probabilities of each style, in the order of ``CaptionerSpec.style``."""


def read_captions(
    captioner: Captioner,
    bank: FeatureBank,
    inputs: CaptionInputs,
    sentences: Sequence[list[int]],
    batch_size: int = _BATCH,
) -> Read:
    """Let the captioner read captions; see ``caption_nats``."""
    device = captioner.mean.device
    captions = CaptionSet(inputs, list(sentences), np.empty((len(sentences), 0), np.int64))
    nats = np.empty(len(captions))
    style = [np.empty((len(captions), len(c))) for c in captioner.spec.style.values()]
    captioner.eval()
    with torch.inference_mode():
        for groups in captions.plan(batch_size):
            batch = captions.batch(groups, bank, device)
            assert batch is not None
            reading = captioner.read(batch.prompt, batch.words)
            losses = captioner.softmax.losses(reading.hidden, batch.words.targets).double()
            sums = losses.new_zeros(len(batch.rows)).index_add(0, batch.words.caption, losses)
            rows = np.concatenate(groups)[batch.rows.cpu().numpy()]
            nats[rows] = sums.cpu().numpy()
            for table, logits in zip(style, captioner.style_logits(reading.end), strict=True):
                table[rows] = logits.double().softmax(1).cpu().numpy()
    return Read(nats, style)


def unigram_nll(counts: Int64s, sentences: Sequence[Sequence[int]]) -> float:
    """Mean NLL, in nats a word, of ``sentences`` under the word frequencies of training.

    ``counts`` (v,) says how often each id occurred; one is added to each (Laplace smoothing).
    """
    smoothed = counts + 1.0
    log_probs = np.log(smoothed / smoothed.sum())
    return float(-log_probs[np.concatenate(sentences)].mean())
