"""How probable captions are to a captioner, and under word frequencies alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from pipeline.captioning.caption_set import CaptionSet
from pipeline.captioning.captioner import Captioner
from pipeline.captioning.inputs import CaptionInputs
from pipeline.pictures.feature_bank import FeatureBank
from pipeline.runtime.arrays import Float32s, Float64s, Int64s

_BATCH = 512  # captions
_WORD_BATCH = 64  # captions, of whose words all probabilities are in memory


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


class WordPlaces(NamedTuple):
    """How a captioner saw each of k words coming, the end mark included."""

    nats: Float32s
    """(k,) negative log-likelihoods, given the words before."""
    rank: Int64s
    """(k,) by likelihood among all words that it knows, from 1."""


def word_places(
    captioner: Captioner,
    bank: FeatureBank,
    inputs: CaptionInputs,
    sentences: Sequence[list[int]],
    batch_size: int = _WORD_BATCH,
) -> list[WordPlaces]:
    """Place every word of each caption; the arguments are those of ``caption_nats``."""
    device = captioner.mean.device
    captions = CaptionSet(inputs, list(sentences), np.empty((len(sentences), 0), np.int64))
    places: dict[int, WordPlaces] = {}
    captioner.eval()
    with torch.inference_mode():
        for groups in captions.plan(batch_size):
            batch = captions.batch(groups, bank, device)
            assert batch is not None
            reading = captioner.read(batch.prompt, batch.words)
            log_probs = captioner.softmax.log_probs(reading.hidden)
            own = log_probs.gather(1, batch.words.targets[:, None])
            rank = 1 + (log_probs > own).sum(1)
            rows = np.concatenate(groups)[batch.rows.cpu().numpy()]
            for row, mine in zip(rows.tolist(), _by_caption(batch.words.caption), strict=True):
                nats = -own[mine, 0].float().cpu().numpy()
                places[row] = WordPlaces(nats, rank[mine].cpu().numpy())
    return [places[row] for row in range(len(captions))]


def _by_caption(caption: Tensor) -> list[Tensor]:
    """For each of n captions, where its words are among all (words,), in their order."""
    order = caption.argsort(stable=True)
    return list(torch.split(order, caption.bincount().tolist()))


def unigram_nll(counts: Int64s, sentences: Sequence[Sequence[int]]) -> float:
    """Mean NLL, in nats a word, of ``sentences`` under the word frequencies of training.

    ``counts`` (v,) says how often each id occurred; one is added to each (Laplace smoothing).
    """
    smoothed = counts + 1.0
    log_probs = np.log(smoothed / smoothed.sum())
    return float(-log_probs[np.concatenate(sentences)].mean())
