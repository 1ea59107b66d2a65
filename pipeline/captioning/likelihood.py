"""How probable captions are to a captioner, and under word frequencies alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch

from pipeline.captioning.caption_set import CaptionSet
from pipeline.captioning.captioner import Captioner
from pipeline.captioning.inputs import CaptionInputs
from pipeline.pictures.feature_bank import FeatureBank
from pipeline.runtime.arrays import Int64s

_BATCH = 512  # captions


def caption_nats(
    captioner: Captioner,
    bank: FeatureBank,
    inputs: CaptionInputs,
    sentences: Sequence[list[int]],
    batch_size: int = _BATCH,
) -> npt.NDArray[np.float64]:
    """Negative log-likelihood of each caption (n,), in nats, its end mark included.

    ``sentences`` are word ids with the end mark, one for each row of ``inputs``.
    """
    device = captioner.mean.device
    captions = CaptionSet(inputs, list(sentences), np.empty((len(sentences), 0), np.int64))
    nats = np.empty(len(captions))
    captioner.eval()
    with torch.inference_mode():
        for groups in captions.plan(batch_size):
            batch = captions.batch(groups, bank, device)
            assert batch is not None
            reading = captioner.read(batch.prompt, batch.words)
            losses = captioner.softmax.losses(reading.hidden, batch.words.targets).double()
            sums = losses.new_zeros(len(batch.rows)).index_add(0, batch.words.caption, losses)
            nats[np.concatenate(groups)[batch.rows.cpu().numpy()]] = sums.cpu().numpy()
    return nats


def unigram_nll(counts: Int64s, sentences: Sequence[Sequence[int]]) -> float:
    """Mean NLL, in nats a word, of ``sentences`` under the word frequencies of training.

    ``counts`` (v,) says how often each id occurred; one is added to each (Laplace smoothing).
    """
    smoothed = counts + 1.0
    log_probs = np.log(smoothed / smoothed.sum())
    return float(-log_probs[np.concatenate(sentences)].mean())
