"""How likely a captioner holds comments to be, each at its moment."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from pipeline.captioning.captioner import Captioner
from pipeline.captioning.dataset import CommentSet
from pipeline.captioning.examples import Moments
from pipeline.pictures.feature_bank import FeatureBank
from pipeline.runtime.arrays import Float64s

_BATCH = 512  # comments


def comment_nats(
    captioner: Captioner, bank: FeatureBank, moments: Moments, sentences: Sequence[list[int]]
) -> Float64s:
    """Negative log-likelihood of each comment (n,), in nats, its end mark included.

    ``sentences`` are word ids with the end mark.
    """
    device = captioner.mean.device
    nothing = np.zeros((len(sentences), 3), np.int64)
    comments = CommentSet(moments, list(sentences), nothing)
    found = np.empty(len(comments))
    captioner.eval()
    with torch.inference_mode():
        for pages in comments.plan(_BATCH):
            batch = comments.batch(pages, bank, device)
            assert batch is not None
            reading = captioner.read(batch.prompt, batch.words)
            losses = captioner.softmax.losses(reading.mind, batch.words.truth).double()
            sums = losses.new_zeros(len(batch.rows)).index_add(0, batch.words.comment, losses)
            found[np.concatenate(pages)[batch.rows.cpu().numpy()]] = sums.cpu().numpy()
    return found
