"""From a captioner to sentences, as the article decoded them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from pipeline.nn.captioner import Captioner
from pipeline.text.vocabulary import BEGIN, END, PADDING, SPECIAL, UNKNOWN, Vocabulary

_NEVER = [PADDING, BEGIN, UNKNOWN]


def first_words_by_frequency(
    vocabulary: Vocabulary, draws: npt.NDArray[np.float64]
) -> npt.NDArray[np.int64]:
    """Word ids (n,) drawn from the training frequencies, symbols left out: the article's way.

    ``draws`` (n,) are uniform in [0, 1). Where all words are symbols, they are drawn.
    """
    counts = np.array(vocabulary.counts, np.float64)
    spoken = np.where(vocabulary.symbols, 0, counts)
    return len(SPECIAL) + _drawn(spoken if spoken.any() else counts, draws)


def first_words_by_model(
    captioner: Captioner, features: Tensor, draws: npt.NDArray[np.float64]
) -> npt.NDArray[np.int64]:
    """Word ids (n,) drawn from what the captioner expects to begin a comment on each picture.

    ``features`` (n, p, c) or (n, c); ``draws`` (n,) uniform in [0, 1).
    """
    with torch.inference_mode():
        everyone = torch.arange(len(features), device=features.device)
        tokens = torch.full_like(everyone, BEGIN)
        outputs = captioner(features, everyone, tokens[:, None])
        scores = captioner.logits(outputs).double()
        scores[:, [*_NEVER, END]] = -torch.inf
        chances = scores.softmax(1).cpu().numpy()
    return np.array([_drawn(c, d[None])[0] for c, d in zip(chances, draws, strict=True)], np.int64)


def continue_greedily(
    captioner: Captioner, features: Tensor, first: npt.NDArray[np.int64], most_words: int
) -> list[list[int]]:
    """Word ids of comments on each picture that begin with ``first`` (n,).

    Each next word is the likeliest, never the unknown one, until the end mark or
    ``most_words``. ``features`` is (n, p, c) or (n, c).
    """
    sentences = [[token] for token in first.tolist()]
    with torch.inference_mode():
        everyone = torch.arange(len(features), device=features.device)
        pictures = captioner.look(features, everyone)
        state = captioner.start(pictures)
        _, state, _ = captioner.step(torch.full_like(everyone, BEGIN), state, pictures)
        tokens = torch.from_numpy(first).to(features.device)
        going = [True] * len(sentences)
        for _ in range(most_words - 1):
            output, state, _ = captioner.step(tokens, state, pictures)
            scores = captioner.logits(output)
            scores[:, _NEVER] = -torch.inf
            tokens = scores.argmax(1)
            for index, token in enumerate(tokens.tolist()):
                going[index] = going[index] and token != END
                if going[index]:
                    sentences[index].append(token)
            if not any(going):
                break
    return sentences


def _drawn(
    weights: npt.NDArray[np.float64], draws: npt.NDArray[np.float64]
) -> npt.NDArray[np.int64]:
    """Indices (n,) by inverse transform sampling from unnormalised ``weights``."""
    edges = np.cumsum(weights)
    drawn: npt.NDArray[np.int64] = np.searchsorted(edges, draws * edges[-1], side="right")
    return drawn
