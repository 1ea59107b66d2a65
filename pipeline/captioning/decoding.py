"""From a captioner to sentences: sampled, the most probable word each time, or by beam search.

All randomness is passed in as numbers, so that the caller decides what it belongs to.

n  captions   v  words   b  beams
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from pipeline.captioning.captioner import Captioner, CaptionerSpec, Step
from pipeline.captioning.prompt import Prompt
from pipeline.captioning.settings import DecodingSettings
from pipeline.runtime.arrays import Int64s
from pipeline.text.vocabulary import BEGIN, END, PADDING, SPECIAL, UNKNOWN, Vocabulary

Draws = npt.NDArray[np.float64]
"""(n, draw_count) uniform in [0, 1): one for each word, then one for each style."""

_FORBIDDEN = [PADDING, BEGIN, UNKNOWN]


class Decoded(NamedTuple):
    """The captions written."""

    sentences: list[list[int]]
    """Word ids, without end marks."""
    style: list[list[int]]
    """The class of each style, in the order of ``CaptionerSpec.style``."""


def draw_count(spec: CaptionerSpec, decoding: DecodingSettings) -> int:
    """How many numbers a caption is drawn from."""
    return decoding.max_words + len(spec.style)


def first_words_by_frequency(vocabulary: Vocabulary, draws: Draws) -> Int64s:
    """Word ids (n,) drawn from the training frequencies, symbols left out: the article's way.

    ``draws`` is (n,). A vocabulary of nothing but symbols is drawn from whole.
    """
    counts = np.array(vocabulary.counts, np.float64)
    without_symbols = np.where(vocabulary.symbols, 0, counts)
    edges = np.cumsum(without_symbols if without_symbols.any() else counts)
    places = np.searchsorted(edges, draws * edges[-1], side="right")
    return np.asarray(len(SPECIAL) + places, np.int64)


@torch.inference_mode()
def decode(
    captioner: Captioner,
    prompt: Prompt,
    decoding: DecodingSettings,
    draws: Draws,
    first: Int64s | None,
) -> Decoded:
    """Write a caption for each of the prompt's n moments.

    ``first`` (n,) are the words to begin with; None draws them from the model's probabilities. No
    caption is empty or contains an unknown word.
    """
    search = _beam_search if decoding.strategy == "beam" else _word_by_word
    sentences, end = search(captioner, prompt, decoding, draws, first)
    columns = draws[:, decoding.max_words :].T.copy()  # one for each style
    style = [
        _sample_index(logits.double().softmax(1), torch.from_numpy(column).to(logits.device))
        for logits, column in zip(captioner.style_logits(end), columns, strict=True)
    ]
    if not style:
        return Decoded(sentences, [[] for _ in sentences])
    return Decoded(sentences, torch.stack(style, 1).tolist())


def _word_by_word(
    captioner: Captioner,
    prompt: Prompt,
    decoding: DecodingSettings,
    draws: Draws,
    first: Int64s | None,
) -> tuple[list[list[int]], Tensor]:
    """Sentences, and the state (n, d) at the end of each."""
    step, n = _after_begin_mark(captioner, prompt)
    device = step.hidden.device
    sentences: list[list[int]] = [[] for _ in range(n)]
    end = torch.empty_like(step.hidden)
    alive = np.arange(n)  # the captions that have not ended: the rows of ``step``
    for place in range(decoding.max_words + 1):
        if place == decoding.max_words:
            tokens = np.full(len(alive), END)
        elif place == 0 and first is not None:
            tokens = first
        else:
            log_probs = _log_probs(captioner, step, may_end=place > 0)
            # Without a given first word, argmax too draws it: else all captions on a picture
            # would be one.
            drawn = decoding.strategy == "sample" or place == 0
            chosen = (
                _sample(log_probs, decoding, draws[alive, place]) if drawn else log_probs.argmax(1)
            )
            tokens = chosen.cpu().numpy()
        continuing = np.flatnonzero(tokens != END)
        if len(continuing) < len(alive):
            # The captions that end here keep their state, and the batch shrinks to the others.
            ended = torch.from_numpy(np.flatnonzero(tokens == END)).to(device)
            end[torch.from_numpy(alive).to(device)[ended]] = step.hidden[ended]
            alive, tokens = alive[continuing], tokens[continuing]
            if not len(alive):
                break
            step = step._replace(state=captioner.select(step.state, continuing))
        for row, token in zip(alive.tolist(), tokens.tolist(), strict=True):
            sentences[row].append(token)
        step = captioner.step(torch.from_numpy(tokens).to(device), step.state)
    return sentences, end


def _beam_search(
    captioner: Captioner,
    prompt: Prompt,
    decoding: DecodingSettings,
    draws: Draws,
    first: Int64s | None,
) -> tuple[list[list[int]], Tensor]:
    """As ``_word_by_word``; of all sentences met, the one with the best mean log-probability.

    The first word is given, or drawn, and counts as certain. The b beams of a caption are b
    consecutive rows of the state.
    """
    step, n = _after_begin_mark(captioner, prompt)
    device, b = step.hidden.device, decoding.beams
    if first is None:
        tokens = _sample(_log_probs(captioner, step, may_end=False), decoding, draws[:, 0])
    else:
        tokens = torch.from_numpy(first).to(device)
    step = captioner.step(tokens, step.state)
    rows = np.repeat(np.arange(n), b)
    step = Step(step.hidden[rows], captioner.select(step.state, rows), None)
    beams = _Beams([[token] for token in tokens.repeat_interleave(b).tolist()], n, b, device)
    best = _Best(n, step.hidden)
    for length in range(1, decoding.max_words + 1):
        log_probs = _log_probs(captioner, step, may_end=True)  # (n·b, v)
        last = length == decoding.max_words
        # A sentence that ends here has ``length`` words and an end mark. At the most words it
        # ends without one, whatever its probability.
        ends = log_probs[:, END].view(n, b)
        means = beams.total / length if last else (beams.total + ends) / (length + 1)
        best.update(means, beams.sentences, step.hidden)
        if last:
            break
        log_probs[:, END] = -torch.inf
        parents, tokens = beams.grow(log_probs)
        # Not even certain words from here on could make any mean better again.
        hopeless = beams.total[:, 0] / decoding.max_words < torch.from_numpy(best.mean).to(device)
        if bool(hopeless.all()):
            break
        step = captioner.step(tokens, captioner.select(step.state, parents))
    return best.sentences, best.end


class _Beams:
    """The b most probable unfinished sentences of each of n captions, in n · b rows."""

    def __init__(self, sentences: list[list[int]], n: int, b: int, device: torch.device) -> None:
        self.sentences = sentences
        # All beams of a caption are equal so far: only the first may have continuations, or the
        # same sentence would be found b times.
        self.total = torch.full((n, b), -torch.inf, dtype=torch.float64, device=device)
        self.total[:, 0] = 0
        """(n, b) log-probabilities of the words behind the first, in descending order."""

    def grow(self, log_probs: Tensor) -> tuple[Int64s, Tensor]:
        """Replace each caption's beams by the best b of their continuations by one word.

        ``log_probs`` (n·b, v) are of the next words. Returns the row that each new beam
        continues, (n·b,), and its new word, (n·b,).
        """
        n, b = self.total.shape
        # The best b continuations of all are among the best b of each beam.
        likeliest, words = log_probs.topk(min(b, log_probs.shape[1]), 1)  # (n·b, w)
        width = words.shape[1]
        candidates = (self.total.view(-1, 1) + likeliest).view(n, -1)  # (n, b·w)
        self.total, picked = candidates.topk(b, 1)  # (n, b)
        # Candidate b'·w + j of a caption is word j of its beam b'.
        first_row = torch.arange(n, device=picked.device)[:, None] * b
        parent = (first_row + picked // width).flatten()  # (n·b,)
        tokens = words[parent, (picked % width).flatten()]
        rows = parent.cpu().numpy()
        self.sentences = [
            [*self.sentences[row], token]
            for row, token in zip(rows.tolist(), tokens.tolist(), strict=True)
        ]
        return rows, tokens


class _Best:
    """The best finished sentence of each of n captions so far."""

    def __init__(self, n: int, hidden: Tensor) -> None:
        self.mean = np.full(n, -np.inf)
        self.sentences: list[list[int]] = [[] for _ in range(n)]
        self.end = hidden.new_empty(n, hidden.shape[1])
        """(n, d) the state where each sentence ends."""

    def update(self, means: Tensor, sentences: list[list[int]], hidden: Tensor) -> None:
        """Note the beams (n, b) whose mean is better than that of the best so far."""
        b = means.shape[1]
        mean, beam = means.max(1)
        for row in np.flatnonzero(mean.cpu().numpy() > self.mean).tolist():
            self.mean[row] = mean[row].item()
            self.sentences[row] = sentences[row * b + int(beam[row])]
            self.end[row] = hidden[row * b + int(beam[row])]


def _after_begin_mark(captioner: Captioner, prompt: Prompt) -> tuple[Step, int]:
    """The step that reads the begin marks of n captions, and n."""
    state = captioner.start(prompt)
    marks = torch.full_like(prompt.groups.picture, BEGIN)
    return captioner.step(marks, state), len(marks)


def _log_probs(captioner: Captioner, step: Step, *, may_end: bool) -> Tensor:
    """Log-probabilities (n, v), float64, -inf for words that are never written."""
    log_probs = captioner.softmax.log_probs(step.hidden).double()
    log_probs[:, _FORBIDDEN if may_end else [*_FORBIDDEN, END]] = -torch.inf
    return log_probs


def _sample(log_probs: Tensor, decoding: DecodingSettings, draws: Draws) -> Tensor:
    """Word ids (n,), each decided by one of ``draws`` (n,)."""
    count = decoding.top_k or log_probs.shape[1]
    likeliest, words = log_probs.topk(min(count, log_probs.shape[1]), 1)  # (n, k), descending
    probs = (likeliest / decoding.temperature).softmax(1)
    # A word stays while those before it have not reached top_p: the first always does.
    before = probs.cumsum(1) - probs
    probs = probs.masked_fill(before >= decoding.top_p, 0)
    index = _sample_index(probs, torch.from_numpy(draws).to(log_probs.device))
    return words.gather(1, index[:, None])[:, 0]


def _sample_index(probs: Tensor, draws: Tensor) -> Tensor:
    """Indices (n,) by inverse transform sampling from rows of unnormalised ``probs`` (n, v)."""
    edges = probs.cumsum(1)
    targets = draws[:, None] * edges[:, -1:]
    # An index of probability zero has the same edge as the one before it, and so is never the
    # first whose edge is above.
    return torch.searchsorted(edges, targets, right=True)[:, 0].clamp_max(probs.shape[1] - 1)
