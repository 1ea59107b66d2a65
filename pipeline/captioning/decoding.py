"""From a captioner to sentences: sampled, the likeliest word each time, or by beams.

n  comments   v  words   b  beams
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
import torch
from torch import Tensor

from pipeline.captioning.captioner import Captioner, Step
from pipeline.captioning.prompt import Prompt
from pipeline.runtime.arrays import Float64s, Int64s
from pipeline.text.vocabulary import BEGIN, END, PADDING, SPECIAL, UNKNOWN, Vocabulary

Draws = Float64s
"""Uniform in [0, 1); all chance comes from these, so that it can belong to a moment."""

_NEVER = [PADDING, BEGIN, UNKNOWN]
_LOOKS = 3  # place, size and colour


class Decoding(NamedTuple):
    """How words are chosen."""

    how: Literal["sample", "argmax", "beam"]
    temperature: float
    """Sharpens chances below 1, where words are drawn."""
    top_k: int
    """Draw among so many likeliest words; 0 for all."""
    top_p: float
    """Of these, among the likeliest that together have this chance (Holtzman et al. 2020)."""
    beams: int
    most_words: int

    @property
    def draws(self) -> int:
        """How many numbers a comment needs to be drawn from."""
        return self.most_words + _LOOKS


class Decoded(NamedTuple):
    """Comments."""

    sentences: list[list[int]]
    """Word ids, without end marks."""
    looks: list[list[int]]
    """Classes of place, size and colour."""


def first_words_by_frequency(vocabulary: Vocabulary, draws: Draws) -> Int64s:
    """Word ids (n,) drawn from the training frequencies, symbols left out: the article's way.

    ``draws`` is (n,). Where all words are symbols, they are drawn.
    """
    counts = np.array(vocabulary.counts, np.float64)
    spoken = np.where(vocabulary.symbols, 0, counts)
    edges = np.cumsum(spoken if spoken.any() else counts)
    drawn = np.searchsorted(edges, draws * edges[-1], side="right")
    return np.asarray(len(SPECIAL) + drawn, np.int64)


@torch.inference_mode()
def decode(
    captioner: Captioner, prompt: Prompt, decoding: Decoding, draws: Draws, first: Int64s | None
) -> Decoded:
    """Write a comment for each of the prompt's moments.

    ``draws`` is (n, decoding.draws); ``first`` (n,) the words to begin with, None to draw them
    from what the captioner expects. No comment is empty or holds an unknown word.
    """
    if decoding.how == "beam":
        sentences, minds = _by_beams(captioner, prompt, decoding, draws, first)
    else:
        sentences, minds = _word_by_word(captioner, prompt, decoding, draws, first)
    looks = [
        _drawn(scores.double().softmax(1), torch.from_numpy(column).to(scores.device))
        for scores, column in zip(
            captioner.look_scores(minds), draws[:, -_LOOKS:].T.copy(), strict=True
        )
    ]
    return Decoded(sentences, torch.stack(looks, 1).tolist())


def _word_by_word(
    captioner: Captioner, prompt: Prompt, decoding: Decoding, draws: Draws, first: Int64s | None
) -> tuple[list[list[int]], Tensor]:
    """Sentences, and the mind (n, d) in which each was ended."""
    step, n = _begin(captioner, prompt)
    sentences: list[list[int]] = [[] for _ in range(n)]
    minds = torch.empty_like(step.mind)
    alive = np.arange(n)
    for place in range(decoding.most_words + 1):
        if place == decoding.most_words:
            tokens = np.full(len(alive), END)
        elif place == 0 and first is not None:
            tokens = first
        else:
            scores = _scores(captioner, step, may_end=place > 0)
            drawn = decoding.how == "sample" or place == 0
            tokens = (
                (_sample(scores, decoding, draws[alive, place]) if drawn else scores.argmax(1))
                .cpu()
                .numpy()
            )
        goes_on = np.flatnonzero(tokens != END)
        if len(goes_on) < len(alive):
            ended = torch.from_numpy(np.flatnonzero(tokens == END)).to(minds.device)
            minds[torch.from_numpy(alive).to(minds.device)[ended]] = step.mind[ended]
            alive, tokens = alive[goes_on], tokens[goes_on]
            if not len(alive):
                break
            step = step._replace(state=captioner.select(step.state, goes_on))
        for row, token in zip(alive.tolist(), tokens.tolist(), strict=True):
            sentences[row].append(token)
        step = captioner.step(torch.from_numpy(tokens).to(minds.device), step.state)
    return sentences, minds


def _by_beams(
    captioner: Captioner, prompt: Prompt, decoding: Decoding, draws: Draws, first: Int64s | None
) -> tuple[list[list[int]], Tensor]:
    """As ``_word_by_word``: of the continuations that stay likeliest, that of the best mean."""
    step, n = _begin(captioner, prompt)
    b = decoding.beams
    if first is None:
        begun = _sample(_scores(captioner, step, may_end=False), decoding, draws[:, 0])
    else:
        begun = torch.from_numpy(first).to(step.mind.device)
    device = step.mind.device
    step = captioner.step(begun, step.state)
    rows = np.repeat(np.arange(n), b)
    step = Step(step.mind[rows], captioner.select(step.state, rows), None)
    sentences = [[token] for token in begun.repeat_interleave(b).tolist()]
    total = torch.full((n, b), -torch.inf, dtype=torch.float64, device=device)
    total[:, 0] = 0  # all beams are alike so far
    best = np.full(n, -np.inf)
    found: list[list[int]] = [[] for _ in range(n)]
    minds = torch.empty(n, step.mind.shape[1], device=device, dtype=step.mind.dtype)
    for length in range(1, decoding.most_words + 1):
        scores = _scores(captioner, step, may_end=True)
        ends = (total + scores[:, END].view(n, b)) / (length + 1)
        if length == decoding.most_words:
            ends = total / length
        mean, beam = ends.max(1)
        for row in np.flatnonzero(mean.cpu().numpy() > best).tolist():
            best[row] = mean[row].item()
            found[row] = sentences[row * b + int(beam[row])]
            minds[row] = step.mind[row * b + int(beam[row])]
        if length == decoding.most_words:
            break
        scores[:, END] = -torch.inf
        likeliest, words = scores.topk(min(b, scores.shape[1]), 1)
        grown = (total.view(-1, 1) + likeliest).view(n, -1)
        total, picked = grown.topk(b, 1)
        if bool((total[:, 0] / decoding.most_words < torch.from_numpy(best).to(device)).all()):
            break  # not even with certain words from here on could any mean be better again
        width = words.shape[1]
        parent = (torch.arange(n, device=device)[:, None] * b + picked // width).flatten()
        tokens = words[parent, (picked % width).flatten()]
        rows = parent.cpu().numpy()
        sentences = [
            [*sentences[row], token]
            for row, token in zip(rows.tolist(), tokens.tolist(), strict=True)
        ]
        step = captioner.step(tokens, captioner.select(step.state, rows))
    return found, minds


def _begin(captioner: Captioner, prompt: Prompt) -> tuple[Step, int]:
    state = captioner.start(prompt)
    begins = torch.full_like(prompt.seating.which, BEGIN)
    return captioner.step(begins, state), len(begins)


def _scores(captioner: Captioner, step: Step, *, may_end: bool) -> Tensor:
    """Logarithms of chances (n, v), float64, what is never written left out."""
    scores = captioner.softmax.log_chances(step.mind).double()
    scores[:, _NEVER if may_end else [*_NEVER, END]] = -torch.inf
    return scores


def _sample(scores: Tensor, decoding: Decoding, draws: Draws) -> Tensor:
    """Word ids (n,), each drawn by a number."""
    count = decoding.top_k or scores.shape[1]
    likeliest, words = scores.topk(min(count, scores.shape[1]), 1)
    chances = (likeliest / decoding.temperature).softmax(1)
    before = chances.cumsum(1) - chances
    chances = chances.masked_fill(before >= decoding.top_p, 0)
    place = _drawn(chances, torch.from_numpy(draws).to(scores.device))
    return words.gather(1, place[:, None])[:, 0]


def _drawn(chances: Tensor, draws: Tensor) -> Tensor:
    """Places (n,) by inverse transform sampling from rows of unnormalised chances (n, v)."""
    edges = chances.cumsum(1)
    wanted = draws[:, None] * edges[:, -1:]
    # A place of no chance has the same edge as the one before it, and is never the first above.
    return torch.searchsorted(edges, wanted, right=True)[:, 0].clamp_max(chances.shape[1] - 1)
