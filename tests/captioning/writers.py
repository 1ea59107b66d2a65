"""Small captioners that write, and what they should write."""

from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import pytest
import torch
from torch import Tensor

from pipeline.captioning.captioner import Captioner
from pipeline.captioning.decoding import (
    Decoded,
    Draws,
    decode,
    draw_count,
)
from pipeline.captioning.inputs import CaptionInputs
from pipeline.captioning.settings import DecodingSettings
from pipeline.pictures.feature_bank import FeatureBank
from pipeline.text.vocabulary import BEGIN, END, PADDING, UNKNOWN
from tests.captioning import toys
from tests.captioning.toys import CPU, Kind

Strategy = Literal["sample", "argmax", "beam"]

FORBIDDEN = [PADDING, BEGIN, UNKNOWN]
ANY_WORD = range(4, 10)
ALMOST_ONE = np.nextafter(1, 0)
PICTURES = [1, 0, 2, 1, 1, 3, 0, 2, 2] * 2
FIRST = [4, 5, 6, 7, 8, 9] * 3

all_strategies = pytest.mark.parametrize("strategy", ["sample", "argmax", "beam"])


def decoding(strategy: Strategy, **changes: Any) -> DecodingSettings:
    """``changes`` are fields: temperature, top_k, beams, …"""
    fields = {"temperature": 1.0, "top_k": 0, "top_p": 1.0, "beams": 3, "max_words": 6}
    return DecodingSettings(strategy=strategy, **fields | changes)


def evenly(count: int) -> Draws:
    """Different numbers spread evenly over [0, 1)."""
    return (np.arange(count) + 0.5) / count


class Writer(NamedTuple):
    """A captioner, and inputs from which it writes."""

    network: Captioner
    shown: FeatureBank
    inputs: CaptionInputs

    def rows(self, rows: list[int]) -> "Writer":
        """The same with some of the inputs (any of them more than once)."""
        return self._replace(inputs=self.inputs.take(np.array(rows)))

    def draws(self, chosen: DecodingSettings, seed: int = 0) -> Draws:
        count = draw_count(self.network.spec, chosen)
        return np.random.default_rng([seed, 5]).random((len(self.inputs), count))

    def write(
        self,
        chosen: DecodingSettings,
        draws: Draws | None = None,
        first: list[int] | None = None,
    ) -> Decoded:
        draws = self.draws(chosen) if draws is None else draws
        begun = None if first is None else np.array(first)
        return decode(self.network, self.inputs.prompt(self.shown, CPU), chosen, draws, begun)

    def read(self, row: int, sentence: list[int]) -> tuple[Tensor, Tensor]:
        """Log-probabilities at each place of a sentence (t + 1, v), and the state at its end."""
        comment = toys.caption_set(self.inputs.take(np.array([row])), [sentence])
        with torch.inference_mode():
            reading = self.network.read(*toys.reading(comment, self.shown))
            return self.network.softmax.log_probs(reading.hidden).double(), reading.end

    def best_mean(self, row: int, sentences: list[list[int]], max_words: int) -> list[int]:
        """The sentence, of some in order of length, whose words are the likeliest on the average.

        As if the first word were certain. A sentence of the most words has no end mark.
        """
        sentences = sentences[::-1]
        inputs = self.inputs.take(np.full(len(sentences), row))
        prompt, words = toys.reading(toys.caption_set(inputs, sentences), self.shown)
        with torch.inference_mode():
            hidden = self.network.read(prompt, words).hidden
            log_probs = -self.network.softmax.losses(hidden, words.targets).double()
        means = [
            log_probs[words.caption == index][1:max_words].sum() / min(len(sentence) + 1, max_words)
            for index, sentence in enumerate(sentences)
        ]
        return sentences[int(torch.stack(means).argmax())]


def sensitive(kind: Kind, seed: int = 2, **changes: Any) -> Captioner:
    """So that every word and picture matters to all that comes after."""
    network = toys.captioner(kind, seed, **changes)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.mul_(3)
    return network


def preferring(kind: Kind, *words: int, by: float = 20) -> Captioner:
    """A captioner to which these words are more probable than all others."""
    network = toys.captioner(kind)
    with torch.no_grad():
        network.get_parameter("softmax.out.bias")[list(words)] += by
    return network


def writer(
    folder: Path,
    kind: Kind,
    network: Captioner | None = None,
    pictures: list[int] = PICTURES,
    seed: int = 2,
) -> Writer:
    return Writer(
        network or sensitive(kind, seed),
        toys.bank(folder, kind, count=4),
        toys.varied_inputs(kind, pictures, seed),
    )


def probabilities(
    scores: Tensor, temperature: float = 1, forbidden: list[int] = FORBIDDEN
) -> Tensor:
    """Of each word (v,), of those that may come."""
    allowed = scores.clone()
    allowed[forbidden] = -torch.inf
    return (allowed / temperature).softmax(0)


def shares(sentences: list[list[int]], place: int) -> Tensor:
    """How often each word (v,) comes at a place, the end mark behind the last."""
    words = [[*sentence, END][place] for sentence in sentences]
    return torch.bincount(torch.tensor(words), minlength=10).double() / len(words)


def assert_alike(shares: Tensor, probs: Tensor, draws: int) -> None:
    """As even draws can make them."""
    np.testing.assert_allclose(shares, probs, atol=1 / draws + 1e-6)
