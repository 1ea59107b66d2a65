"""What a captioner attends to at the words of captions that are written already.

n  captions   p  positions of a grid, row by row over the whole picture
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch

from pipeline.captioning.captioner import Captioner, CaptionerSpec
from pipeline.captioning.inputs import CaptionInputs
from pipeline.pictures.feature_bank import FeatureBank
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.text.vocabulary import BEGIN, END

MAX_WORDS = 40
"""Words of a caption whose maps are shown; lines that people wrote may be of any length."""

_BATCH = 64  # captions read together

Maps = npt.NDArray[np.float32]
"""(words + 1, p): for each word of a caption and for its end mark, shares that sum to 1."""


class CaptionMaps(NamedTuple):
    """The maps of one caption."""

    attention: Maps
    """How much each position counted before the word was chosen."""
    saliency: Maps
    """Where more attention would have made the word more probable: the positive part of the
    gradient of log p(word) by each attention logit, normalised. Attention is paid before a word is
    chosen, and so to all that might be named; this tells them apart."""


def caption_maps(
    captioner: Captioner,
    inputs: CaptionInputs,
    bank: FeatureBank,
    sentences: list[list[int]],
    batch_size: int = _BATCH,
) -> list[CaptionMaps]:
    """The maps of each of ``sentences``, true words fed back.

    ``sentences`` are word ids without an end mark, one for each row of ``inputs``. Raises
    PipelineError BAD_ARTIFACT for a model without attention, or one whose positions are no square
    grid.
    """
    _require_grid(captioner.spec, bank)
    maps: dict[int, CaptionMaps] = {}
    # A batch takes as many steps as its longest caption has words.
    by_length = np.argsort([len(words) for words in sentences], kind="stable")
    for start in range(0, len(sentences), batch_size):
        rows = by_length[start : start + batch_size]
        batch = [sentences[row] for row in rows.tolist()]
        weights, gradients = _read(captioner, inputs.take(rows), bank, batch)
        for place, row in enumerate(rows.tolist()):
            real = slice(len(sentences[row]) + 1)  # padding left out
            maps[row] = CaptionMaps(weights[place, real], _normalized(gradients[place, real]))
    return [maps[row] for row in range(len(sentences))]


def _normalized(gradients: Maps) -> Maps:
    """The positive part as shares of its sum; even shares where nothing is positive."""
    gains = np.maximum(gradients, 0)
    total = gains.sum(1, keepdims=True)
    even = np.float32(1 / gains.shape[1])
    return np.where(total > 0, gains / np.where(total > 0, total, 1), even)


def _read(
    captioner: Captioner, inputs: CaptionInputs, bank: FeatureBank, sentences: list[list[int]]
) -> tuple[Maps, Maps]:
    """Attention weights and gradients of log p(word) by attention logits, (n, longest + 1, p) both.

    Behind the end of shorter sentences they mean nothing.
    """
    device = captioner.mean.device
    longest = max(map(len, sentences))
    tokens = torch.full((len(sentences), longest + 2), END, device=device)
    tokens[:, 0] = BEGIN
    for row, words in enumerate(sentences):
        tokens[row, 1 : len(words) + 1] = torch.tensor(words, dtype=torch.long, device=device)
    weights, gradients = [], []
    with torch.no_grad():
        state = captioner.start(inputs.prompt(bank, device))
    for token, target in pairwise(tokens.T):
        with torch.enable_grad():
            # Adding zero changes no logit, but the derivative by it is that by the logit.
            offset = torch.zeros(len(sentences), bank.row_shape[0], device=device)
            step = captioner.step(token, state, offset.requires_grad_())
            log_probs = captioner.softmax.log_probs(step.hidden).gather(1, target[:, None])
            (gradient,) = torch.autograd.grad(log_probs.sum(), offset)
        # The word is read once more without a gradient: the state of the first step belongs to the
        # graph, and would make each gradient reach back over all words before. A state is opaque
        # here, so it cannot be detached; the second step costs less than the backward pass.
        with torch.no_grad():
            step = captioner.step(token, state)
        assert step.weights is not None
        state = step.state
        weights.append(step.weights.float().cpu())
        gradients.append(gradient.cpu())
    return torch.stack(weights, 1).numpy(), torch.stack(gradients, 1).numpy()


def has_grid(spec: CaptionerSpec, bank: FeatureBank) -> bool:
    """Whether the model attends to a square grid, which can be laid over a frame."""
    return spec.attends and math.isqrt(bank.row_shape[0]) ** 2 == bank.row_shape[0]


def _require_grid(spec: CaptionerSpec, bank: FeatureBank) -> None:
    if not spec.attends:
        raise PipelineError(
            ExitCode.BAD_ARTIFACT,
            "the model has no attention: it reads each picture as one vector",
            "Train one that has, with `train: {captioner: {attention: additive}}`",
        )
    if not has_grid(spec, bank):
        raise PipelineError(
            ExitCode.BAD_ARTIFACT,
            f"the model's {bank.row_shape[0]} positions are no square grid that could be laid over"
            " a frame",
            "Train on another of `features: taps:`, such as stride16",
        )
