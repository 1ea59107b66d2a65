"""What a captioner attends to while it tells the words of comments that are written already.

n  comments   p  positions of a grid, row by row over the whole picture
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import torch

from pipeline.captioning.captioner import Captioner, CaptionerSpec
from pipeline.captioning.examples import Moments, Talk, moments_at
from pipeline.danmaku.comments.comments_file import GeneratedComment
from pipeline.pictures.feature_bank import FeatureBank
from pipeline.pictures.frames_file import Frames
from pipeline.runtime.arrays import Float32s, Int64s
from pipeline.runtime.clock import MILLISECONDS
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.text.vocabulary import BEGIN, END

MOST_WORDS = 40
"""Of a comment whose maps are shown; lines that people wrote may be of any length."""

_BATCH = 64  # comments read together

Maps = Float32s
"""(words + 1, p): for each word of a comment and for its end mark, shares that sum to 1."""


def attention_maps(
    captioner: Captioner,
    moments: Moments,
    bank: FeatureBank,
    sentences: list[list[int]],
    device: torch.device,
) -> list[Maps]:
    """How much each position counted for each word of ``sentences``, true words fed back.

    ``sentences`` are word ids without an end mark, one for each of ``stills``; ``captioner``
    lies on ``device``. Raises PipelineError BAD_ARTIFACT for a model without attention, or one
    whose positions are no square grid.
    """
    asked = (captioner, moments, bank, sentences, device)
    return [attention for attention, _ in attention_and_evidence(*asked)]


def evidence_maps(
    captioner: Captioner,
    moments: Moments,
    bank: FeatureBank,
    sentences: list[list[int]],
    device: torch.device,
) -> list[Maps]:
    """By how much more attention to each position would have made each word likelier.

    The derivative of the word's log-probability by the position's score, where it is positive,
    in shares. Attention is paid before a word is chosen, and so to all that might be named; this
    tells them apart. Arguments and errors are those of ``attention_maps``.
    """
    asked = (captioner, moments, bank, sentences, device)
    return [evidence for _, evidence in attention_and_evidence(*asked)]


def attention_and_evidence(
    captioner: Captioner,
    moments: Moments,
    bank: FeatureBank,
    sentences: list[list[int]],
    device: torch.device,
) -> list[tuple[Maps, Maps]]:
    """What ``attention_maps`` and ``evidence_maps`` tell of each comment, in one pass."""
    _require_a_grid(captioner.spec, bank)
    found: dict[int, tuple[Maps, Maps]] = {}
    # A batch takes as many steps as its longest comment has words.
    by_length = np.argsort([len(words) for words in sentences], kind="stable")
    for start in range(0, len(sentences), _BATCH):
        rows = by_length[start : start + _BATCH]
        batch = [sentences[row] for row in rows.tolist()]
        weights, slopes = _read(captioner, moments.take(rows), bank, batch, device)
        for place, row in enumerate(rows.tolist()):
            told = slice(len(sentences[row]) + 1)
            found[row] = weights[place, told], _positive_shares(slopes[place, told])
    return [found[row] for row in range(len(sentences))]


def _positive_shares(slopes: Maps) -> Maps:
    """Of those that are positive; even shares where none is."""
    gains = np.maximum(slopes, 0)
    total = gains.sum(1, keepdims=True)
    even = np.float32(1 / gains.shape[1])
    return np.where(total > 0, gains / np.where(total > 0, total, 1), even)


def _read(
    captioner: Captioner,
    moments: Moments,
    bank: FeatureBank,
    sentences: list[list[int]],
    device: torch.device,
) -> tuple[Maps, Maps]:
    """(n, longest + 1, p) both; behind the end of shorter sentences they mean nothing."""
    longest = max(map(len, sentences))
    tokens = torch.full((len(sentences), longest + 2), END, device=device)
    tokens[:, 0] = BEGIN
    for row, words in enumerate(sentences):
        tokens[row, 1 : len(words) + 1] = torch.tensor(words, dtype=torch.long, device=device)
    weights, slopes = [], []
    with torch.no_grad():
        state = captioner.start(moments.prompt(bank, device))
    nothing = torch.zeros(len(sentences), bank.row_shape[0], device=device)
    for read, told in pairwise(tokens.T):
        with torch.enable_grad():
            nudge = nothing.clone().requires_grad_()
            step = captioner.step(read, state, nudge)
            chances = captioner.softmax.log_chances(step.mind).gather(1, told[:, None])
            (slope,) = torch.autograd.grad(chances.sum(), nudge, retain_graph=False)
        with torch.no_grad():
            step = captioner.step(read, state)
        assert step.weights is not None
        state = step.state
        weights.append(step.weights.float().cpu())
        slopes.append(slope.cpu())
    return torch.stack(weights, 1).numpy(), torch.stack(slopes, 1).numpy()


def has_grid(spec: CaptionerSpec, bank: FeatureBank) -> bool:
    """Whether the model attends to a square grid, which could be laid over a frame."""
    return spec.attends and math.isqrt(bank.row_shape[0]) ** 2 == bank.row_shape[0]


def _require_a_grid(spec: CaptionerSpec, bank: FeatureBank) -> None:
    if not spec.attends:
        raise PipelineError(
            ExitCode.BAD_ARTIFACT,
            "the model has no attention: it reads each picture as one vector",
            "Train one that has, with `train: attention: additive`",
        )
    if not has_grid(spec, bank):
        raise PipelineError(
            ExitCode.BAD_ARTIFACT,
            f"the model's {bank.row_shape[0]} positions are no square grid that could be laid over"
            " a frame",
            "Train on another of `features: taps:`, such as VGG-19's conv5_3",
        )


def moments_of(
    comments: Sequence[GeneratedComment],
    sentences: Sequence[Sequence[int]],
    chosen: Int64s,
    frames: Frames,
    spec: CaptionerSpec,
) -> Moments:
    """The moments at which some of a video's generated comments were written.

    ``comments`` and their word ids are all there are, in any order, for a moment knows which
    came before; ``chosen`` (n,) are places among them.
    Raises PipelineError BAD_ARTIFACT for a frame that the video does not have.
    """
    frame = np.array([comments[index].frame for index in chosen.tolist()], np.int64)
    if (beyond := frame[(frame < 0) | (frame >= len(frames.row))]).size:
        raise PipelineError(
            ExitCode.BAD_ARTIFACT,
            f"a generated comment is about frame {beyond[0]} of {len(frames.row):,}",
            "Mend that line, or delete generated.jsonl and run again to make it anew",
        )
    time_ms = np.array([comment.time_ms for comment in comments], np.int64)
    seconds = seconds_of(comments, frames)
    viewers = np.zeros(_last_second(frames) + 1, np.int64)
    viewers[seconds] = [comment.viewers for comment in comments]
    talk = Talk(spec)
    for index in np.argsort(time_ms, kind="stable").tolist():
        talk.say(int(seconds[index]), sentences[index])
    return moments_at(
        time_ms[chosen],
        frame,
        viewers,
        frames,
        0,
        talk.before(seconds[chosen]),
        spec,
    )


def seconds_of(comments: Sequence[GeneratedComment], frames: Frames) -> Int64s:
    """(n,) the second in which each appears; of those outside the video its first or last."""
    time_ms = np.array([comment.time_ms for comment in comments], np.int64)
    return np.clip(time_ms // MILLISECONDS, 0, _last_second(frames))


def _last_second(frames: Frames) -> int:
    return max(0, math.ceil(frames.times.duration) - 1)
