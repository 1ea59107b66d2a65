import itertools
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
    first_words_by_frequency,
)
from pipeline.captioning.inputs import CaptionInputs
from pipeline.captioning.settings import DecodingSettings
from pipeline.pictures.feature_bank import FeatureBank
from pipeline.text.vocabulary import BEGIN, END, PADDING, UNKNOWN, Vocabulary
from tests.captioning import toys
from tests.captioning.toys import CPU, Kind

Strategy = Literal["sample", "argmax", "beam"]

UNSAID = [PADDING, BEGIN, UNKNOWN]
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
    """As many different numbers in [0, 1), of which each tenth has a tenth."""
    return (np.arange(count) + 0.5) / count


class Toy(NamedTuple):
    """A captioner, and moments of which it may write."""

    network: Captioner
    shown: FeatureBank
    inputs: CaptionInputs

    def rows(self, rows: list[int]) -> "Toy":
        """The same with some of the moments, any of them more than once."""
        return self._replace(inputs=self.inputs.take(np.array(rows)))

    def draws(self, wanted: DecodingSettings, seed: int = 0) -> Draws:
        count = draw_count(self.network.spec, wanted)
        return np.random.default_rng([seed, 5]).random((len(self.inputs), count))

    def write(
        self, wanted: DecodingSettings, draws: Draws | None = None, first: list[int] | None = None
    ) -> Decoded:
        draws = self.draws(wanted) if draws is None else draws
        begun = None if first is None else np.array(first)
        return decode(self.network, self.inputs.prompt(self.shown, CPU), wanted, draws, begun)

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
        moments = self.inputs.take(np.full(len(sentences), row))
        prompt, words = toys.reading(toys.caption_set(moments, sentences), self.shown)
        with torch.inference_mode():
            mind = self.network.read(prompt, words).hidden
            told = -self.network.softmax.losses(mind, words.targets).double()
        means = [
            told[words.caption == index][1:max_words].sum() / min(len(sentence) + 1, max_words)
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
    """A captioner to which these words are likelier than all others."""
    network = toys.captioner(kind)
    with torch.no_grad():
        network.get_parameter("softmax.out.bias")[list(words)] += by
    return network


def toy(
    folder: Path,
    kind: Kind,
    network: Captioner | None = None,
    pictures: list[int] = PICTURES,
    seed: int = 2,
) -> Toy:
    return Toy(
        network or sensitive(kind, seed),
        toys.bank(folder, kind, count=4),
        toys.varied_inputs(kind, pictures, seed),
    )


def probabilities(scores: Tensor, temperature: float = 1, unsaid: list[int] = UNSAID) -> Tensor:
    """Of each word (v,), of those that may come."""
    allowed = scores.clone()
    allowed[unsaid] = -torch.inf
    return (allowed / temperature).softmax(0)


def shares(sentences: list[list[int]], place: int) -> Tensor:
    """How often each word (v,) comes at a place, the end mark behind the last."""
    words = [[*sentence, END][place] for sentence in sentences]
    return torch.bincount(torch.tensor(words), minlength=10).double() / len(words)


def assert_alike(shares: Tensor, probs: Tensor, draws: int) -> None:
    """As even draws can make them."""
    np.testing.assert_allclose(shares, probs, atol=1 / draws + 1e-6)


def test_first_words_follow_their_counts_and_are_no_symbols() -> None:
    drawn = first_words_by_frequency(toys.VOCABULARY, evenly(10_000))
    words, counts = np.unique(drawn, return_counts=True)
    assert words.tolist() == [toys.A, toys.B, toys.C, toys.D]
    assert counts.tolist() == [4000, 3000, 2000, 1000]


def test_the_ends_of_the_draws_are_words_too() -> None:
    drawn = first_words_by_frequency(toys.VOCABULARY, np.array([0.0, ALMOST_ONE]))
    assert drawn.tolist() == [toys.A, toys.D]


def test_symbols_are_drawn_where_there_is_nothing_else() -> None:
    marks = Vocabulary(
        words=["!", "。"],
        counts=[3, 1],
        parts=["名詞"] * 2,
        symbols=[True] * 2,
        distinct=2,
        total=4,
    )
    drawn = first_words_by_frequency(marks, np.array([0.0, 0.74, 0.76, ALMOST_ONE]))
    assert drawn.tolist() == [4, 4, 5, 5]


def first_words(folder: Path, kind: Kind, **changes: Any) -> tuple[Tensor, Tensor]:
    """The share (v,) of each first word in a thousand comments on one moment, and its chance."""
    wanted = decoding("sample", max_words=1, **changes)
    one = toy(folder, kind, pictures=[1])
    many = one.rows([0] * 1000)
    draws = many.draws(wanted)
    draws[:, 0] = np.random.default_rng(0).permutation(evenly(1000))
    scores, _ = one.read(0, [])
    found = shares(many.write(wanted, draws).sentences, 0)
    return found, probabilities(scores[0], wanted.temperature, [*UNSAID, END])


@toys.all_kinds
def test_first_words_are_drawn_by_the_models_probabilities(tmp_path: Path, kind: Kind) -> None:
    found, chance = first_words(tmp_path, kind)
    assert_alike(found, chance, 1000)
    assert not found[[*UNSAID, END]].any()


@pytest.mark.parametrize("temperature", [0.3, 2.0])
def test_the_temperature_sharpens_probabilities(tmp_path: Path, temperature: float) -> None:
    found, chance = first_words(tmp_path, toys.DOT, temperature=temperature)
    assert_alike(found, chance, 1000)
    plain, _ = first_words(tmp_path, toys.DOT)
    assert bool(found.max() > plain.max()) == (temperature < 1)


@pytest.mark.parametrize("k", [1, 2, 4])
def test_words_are_drawn_among_the_likeliest_k(tmp_path: Path, k: int) -> None:
    found, chance = first_words(tmp_path, toys.DOT, top_k=k)
    kept = chance.topk(k).indices
    assert_alike(found[kept], chance[kept] / chance[kept].sum(), 1000)
    assert found[kept].sum() == pytest.approx(1)


@pytest.mark.parametrize("k", [0, 4])
@pytest.mark.parametrize("p", [1e-9, 0.4, 0.6, 0.9])
def test_words_are_drawn_among_the_fewest_that_reach_p(tmp_path: Path, p: float, k: int) -> None:
    """Of the likeliest k, whose probabilities are counted as if there were no others."""
    found, chance = first_words(tmp_path, toys.DOT, top_p=p, top_k=k, temperature=0.8)
    if k:
        chance = chance.where(chance >= chance.topk(k).values[-1], 0)
        chance = chance / chance.sum()
    kept = chance.topk(int((found > 0).sum())).indices
    assert chance[kept].sum() >= p > chance[kept[:-1]].sum()
    assert_alike(found[kept], chance[kept] / chance[kept].sum(), 1000)
    assert found[kept].sum() == pytest.approx(1)


@toys.all_kinds
def test_later_words_follow_the_probabilities_after_the_sentence_so_far(
    tmp_path: Path, kind: Kind
) -> None:
    wanted = decoding("sample", max_words=3, temperature=4.0)
    one = toy(tmp_path, kind, pictures=[2])
    many = one.rows([0] * 2400)
    draws = many.draws(wanted)
    draws[:, 1], draws[:, 2] = np.repeat(evenly(12), 200), np.tile(evenly(200), 12)
    found = many.write(wanted, draws, [toys.A] * 2400).sentences
    begun = {tuple(sentence[:2]) for sentence in found if len(sentence) > 1}
    assert len(begun) > 1
    for first, second in begun:
        scores, _ = one.read(0, [first, second])
        following = [sentence for sentence in found if sentence[:2] == [first, second]]
        assert_alike(shares(following, 2), probabilities(scores[2], 4), 200)


@toys.all_kinds
@all_strategies
def test_comments_end_at_the_max_words(tmp_path: Path, kind: Kind, strategy: Strategy) -> None:
    writing = toy(tmp_path, kind, preferring(kind, toys.C), [0, 1, 1])
    first = [toys.A, toys.B, toys.A]
    for most in (1, 2, 5):
        found = writing.write(decoding(strategy, max_words=most), first=first)
        assert found.sentences == [[word] + [toys.C] * (most - 1) for word in first]


@toys.all_kinds
@all_strategies
def test_comments_end_at_the_end_mark_which_is_no_word(
    tmp_path: Path, kind: Kind, strategy: Strategy
) -> None:
    writing = toy(tmp_path, kind, preferring(kind, END), [0, 1])
    assert writing.write(decoding(strategy), first=[4, 5]).sentences == [[4], [5]]
    assert [len(sentence) for sentence in writing.write(decoding(strategy)).sentences] == [1, 1]


@toys.all_kinds
@all_strategies
def test_comments_are_never_empty_and_hold_no_special_words(
    tmp_path: Path, kind: Kind, strategy: Strategy
) -> None:
    writing = toy(tmp_path, kind, preferring(kind, *UNSAID, END))
    # More beams than there are words, so that some beams hold nothing.
    wanted = decoding(strategy, beams=9)
    draws = writing.draws(wanted)
    draws[:2] = [[0], [ALMOST_ONE]]
    for first in (None, FIRST):
        found = writing.write(wanted, draws, first)
        assert all(found.sentences)
        assert {word for sentence in found.sentences for word in sentence} <= set(ANY_WORD)
        assert np.array(found.style).shape == (18, 3)


@toys.all_kinds
@all_strategies
def test_given_first_words_begin_the_comments(
    tmp_path: Path, kind: Kind, strategy: Strategy
) -> None:
    writing, wanted = toy(tmp_path, kind), decoding(strategy)
    draws = writing.draws(wanted)
    found = writing.write(wanted, draws, FIRST)
    assert [sentence[0] for sentence in found.sentences] == FIRST
    draws[:, 0] = 0.5  # not asked for where the first word is known
    assert writing.write(wanted, draws, FIRST) == found


@pytest.mark.parametrize("strategy", ["argmax", "beam"])
def test_where_later_words_are_the_likeliest_the_first_is_drawn(
    tmp_path: Path, strategy: Strategy
) -> None:
    writing = toy(tmp_path, toys.DOT)
    settings = {"temperature": 0.7, "top_k": 3, "top_p": 0.9}
    found = writing.write(decoding(strategy, **settings)).sentences
    first = [sentence[0] for sentence in found]
    drawn = writing.write(decoding("sample", **settings)).sentences
    assert first == [sentence[0] for sentence in drawn]
    assert len(set(first)) > 1
    for changes in ({"temperature": 2.0}, {"top_k": 0}, {"top_p": 0.1}):
        assert (
            writing.write(decoding(strategy, **settings | changes), first=first).sentences == found
        )


@toys.all_kinds
@pytest.mark.parametrize("softmax", ["full", "adaptive"])
def test_the_next_word_is_the_likeliest_after_the_whole_sentence_so_far(
    tmp_path: Path, kind: Kind, softmax: str
) -> None:
    writing = toy(tmp_path, kind, sensitive(kind, softmax=softmax))
    found = writing.write(decoding("argmax"), first=FIRST).sentences
    for row, sentence in enumerate(found):
        scores, _ = writing.read(row, sentence)
        likeliest = [int(probabilities(after).argmax()) for after in scores[1:]]
        assert sentence[1:] == likeliest[:-1]
        assert END not in sentence
        assert len(sentence) == 6 or likeliest[-1] == END


@toys.all_kinds
@pytest.mark.parametrize("seed", [2, 4])
def test_beams_enough_for_all_sentences_find_the_best_of_all(
    tmp_path: Path, kind: Kind, seed: int
) -> None:
    writing, most = toy(tmp_path, kind, seed=seed), 3
    wanted = decoding("beam", beams=36, max_words=most)
    for row, draws in enumerate(writing.draws(wanted)):
        (found,) = writing.rows([row]).write(wanted, draws[None]).sentences
        every = [
            [found[0], *later]
            for words in range(most)
            for later in itertools.product(ANY_WORD, repeat=words)
        ]
        assert found == writing.best_mean(row, every, most)


@toys.all_kinds
def test_one_beam_is_the_likeliest_words_ended_where_their_mean_is_best(
    tmp_path: Path, kind: Kind
) -> None:
    writing, most = toy(tmp_path, kind), 5
    found = writing.write(decoding("beam", beams=1, max_words=most)).sentences
    for row, sentence in enumerate(found):
        ends = [sentence[:1]]
        while len(ends) < most:
            scores, _ = writing.read(row, ends[-1])
            ends.append([*ends[-1], int(probabilities(scores[-1], 1, [*UNSAID, END]).argmax())])
        assert sentence == writing.best_mean(row, ends, most)


@toys.all_kinds
def test_where_nothing_ends_one_beam_is_the_likeliest_word_each_time(
    tmp_path: Path, kind: Kind
) -> None:
    network = sensitive(kind)
    with torch.no_grad():
        network.get_parameter("softmax.out.bias")[END] -= 50
    writing = toy(tmp_path, kind, network)
    assert writing.write(decoding("beam", beams=1)) == writing.write(decoding("argmax"))


def uneven(writing: Toy, wanted: DecodingSettings) -> Decoded:
    """What is written where comments end more or less readily, so that they end one by one."""
    bias = writing.network.get_parameter("softmax.out.bias").detach()
    plain = bias[END].item()
    for more in sorted(range(-20, 21), key=abs):
        bias[END] = plain + more
        found = writing.write(wanted)
        if len({len(sentence) for sentence in found.sentences}) > 1:
            return found
    raise AssertionError("all comments always end at once")


@toys.all_kinds
@all_strategies
@pytest.mark.parametrize("seed", [2, 4])
def test_each_comment_is_written_as_if_alone(
    tmp_path: Path, kind: Kind, strategy: Strategy, seed: int
) -> None:
    writing, wanted = toy(tmp_path, kind, seed=seed), decoding(strategy)
    together, draws = uneven(writing, wanted), writing.draws(wanted)
    for some in ([17, 3, 3, 0], [2, 4, 1, 9, 6], *([row] for row in range(0, 18, 2))):
        found = writing.rows(some).write(wanted, draws[some])
        assert found.sentences == [together.sentences[row] for row in some]
        assert found.style == [together.style[row] for row in some]


@toys.all_kinds
@all_strategies
def test_style_is_drawn_by_its_probabilities_where_the_caption_ends(
    tmp_path: Path, kind: Kind, strategy: Strategy
) -> None:
    wanted, each = decoding(strategy), 200
    some = toy(tmp_path, kind, pictures=[0, 1, 2, 3])
    draws = np.repeat(some.draws(wanted), each, 0)
    order = np.random.default_rng(0)
    for column in (-3, -2, -1):
        draws[:, column] = np.concatenate([order.permutation(evenly(each)) for _ in range(4)])
    found = some.rows(np.repeat(range(4), each).tolist()).write(wanted, draws)
    for row in range(4):
        here = slice(row * each, (row + 1) * each)
        (sentence,) = set(map(tuple, found.sentences[here]))
        _, end = some.read(row, list(sentence))
        with torch.inference_mode():
            expected = [scores[0].double().softmax(0) for scores in some.network.style_logits(end)]
        for chance, drawn in zip(expected, zip(*found.style[here], strict=True), strict=True):
            share = torch.bincount(torch.tensor(drawn), minlength=len(chance)).double() / each
            assert_alike(share, chance, each)


@toys.all_kinds
@all_strategies
def test_the_draws_decide_everything(tmp_path: Path, kind: Kind, strategy: Strategy) -> None:
    writing, wanted = toy(tmp_path, kind), decoding(strategy)
    found = writing.write(wanted)
    torch.manual_seed(99)
    assert writing.write(wanted) == found
    assert writing.write(wanted, writing.draws(wanted, seed=1)) != found


@toys.all_kinds
def test_a_draw_changes_nothing_that_comes_before(tmp_path: Path, kind: Kind) -> None:
    writing, wanted = toy(tmp_path, kind), decoding("sample")
    draws = writing.draws(wanted)
    found = writing.write(wanted, draws).sentences
    for place in range(draws.shape[1]):
        changed = draws.copy()
        changed[:, place] = 1 - changed[:, place]
        other = writing.write(wanted, changed).sentences
        assert [words[:place] for words in other] == [words[:place] for words in found]
        assert place < wanted.max_words or other == found  # the last draws are for style
