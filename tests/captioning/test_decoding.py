"""What all strategies of decoding share, and those that look for the most probable words."""

import itertools
from pathlib import Path

import numpy as np
import pytest
import torch

from pipeline.captioning.decoding import (
    Decoded,
)
from pipeline.captioning.settings import DecodingSettings
from pipeline.text.vocabulary import END
from tests.captioning import toys
from tests.captioning.toys import Kind
from tests.captioning.writers import (
    ALMOST_ONE,
    ANY_WORD,
    FIRST,
    FORBIDDEN,
    Strategy,
    Writer,
    all_strategies,
    assert_alike,
    decoding,
    evenly,
    preferring,
    probabilities,
    sensitive,
    writer,
)


@toys.all_kinds
@all_strategies
def test_captions_end_at_the_max_words(tmp_path: Path, kind: Kind, strategy: Strategy) -> None:
    writing = writer(tmp_path, kind, preferring(kind, toys.C), [0, 1, 1])
    first = [toys.A, toys.B, toys.A]
    for most in (1, 2, 5):
        output = writing.write(decoding(strategy, max_words=most), first=first)
        assert output.sentences == [[word] + [toys.C] * (most - 1) for word in first]


@toys.all_kinds
@all_strategies
def test_captions_end_at_the_end_mark_which_is_no_word(
    tmp_path: Path, kind: Kind, strategy: Strategy
) -> None:
    writing = writer(tmp_path, kind, preferring(kind, END), [0, 1])
    assert writing.write(decoding(strategy), first=[4, 5]).sentences == [[4], [5]]
    assert [len(sentence) for sentence in writing.write(decoding(strategy)).sentences] == [1, 1]


@toys.all_kinds
@all_strategies
def test_captions_are_never_empty_and_hold_no_special_words(
    tmp_path: Path, kind: Kind, strategy: Strategy
) -> None:
    writing = writer(tmp_path, kind, preferring(kind, *FORBIDDEN, END))
    # More beams than there are words, so that some beams hold nothing.
    chosen = decoding(strategy, beams=9)
    draws = writing.draws(chosen)
    draws[:2] = [[0], [ALMOST_ONE]]
    for first in (None, FIRST):
        output = writing.write(chosen, draws, first)
        assert all(output.sentences)
        assert {word for sentence in output.sentences for word in sentence} <= set(ANY_WORD)
        assert np.array(output.style).shape == (18, 3)


@toys.all_kinds
@all_strategies
def test_given_first_words_begin_the_captions(
    tmp_path: Path, kind: Kind, strategy: Strategy
) -> None:
    writing, chosen = writer(tmp_path, kind), decoding(strategy)
    draws = writing.draws(chosen)
    output = writing.write(chosen, draws, FIRST)
    assert [sentence[0] for sentence in output.sentences] == FIRST
    draws[:, 0] = 0.5  # not used where the first word is given
    assert writing.write(chosen, draws, FIRST) == output


@pytest.mark.parametrize("strategy", ["argmax", "beam"])
def test_where_later_words_are_the_likeliest_the_first_is_drawn(
    tmp_path: Path, strategy: Strategy
) -> None:
    writing = writer(tmp_path, toys.DOT)
    settings = {"temperature": 0.7, "top_k": 3, "top_p": 0.9}
    output = writing.write(decoding(strategy, **settings)).sentences
    first = [sentence[0] for sentence in output]
    drawn = writing.write(decoding("sample", **settings)).sentences
    assert first == [sentence[0] for sentence in drawn]
    assert len(set(first)) > 1
    for changes in ({"temperature": 2.0}, {"top_k": 0}, {"top_p": 0.1}):
        assert (
            writing.write(decoding(strategy, **settings | changes), first=first).sentences == output
        )


@toys.all_kinds
@pytest.mark.parametrize("softmax", ["full", "adaptive"])
def test_the_next_word_is_the_likeliest_after_the_whole_sentence_so_far(
    tmp_path: Path, kind: Kind, softmax: str
) -> None:
    writing = writer(tmp_path, kind, sensitive(kind, softmax=softmax))
    output = writing.write(decoding("argmax"), first=FIRST).sentences
    for row, sentence in enumerate(output):
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
    writing, most = writer(tmp_path, kind, seed=seed), 3
    chosen = decoding("beam", beams=36, max_words=most)
    for row, draws in enumerate(writing.draws(chosen)):
        (output,) = writing.rows([row]).write(chosen, draws[None]).sentences
        every = [
            [output[0], *later]
            for words in range(most)
            for later in itertools.product(ANY_WORD, repeat=words)
        ]
        assert output == writing.best_mean(row, every, most)


@toys.all_kinds
def test_one_beam_is_the_likeliest_words_ended_where_their_mean_is_best(
    tmp_path: Path, kind: Kind
) -> None:
    writing, most = writer(tmp_path, kind), 5
    output = writing.write(decoding("beam", beams=1, max_words=most)).sentences
    for row, sentence in enumerate(output):
        ends = [sentence[:1]]
        while len(ends) < most:
            scores, _ = writing.read(row, ends[-1])
            ends.append([*ends[-1], int(probabilities(scores[-1], 1, [*FORBIDDEN, END]).argmax())])
        assert sentence == writing.best_mean(row, ends, most)


@toys.all_kinds
def test_where_nothing_ends_one_beam_is_the_likeliest_word_each_time(
    tmp_path: Path, kind: Kind
) -> None:
    network = sensitive(kind)
    with torch.no_grad():
        network.get_parameter("softmax.out.bias")[END] -= 50
    writing = writer(tmp_path, kind, network)
    assert writing.write(decoding("beam", beams=1)) == writing.write(decoding("argmax"))


def uneven(writing: Writer, chosen: DecodingSettings) -> Decoded:
    """What is written where comments end more or less readily, so that they end one by one."""
    bias = writing.network.get_parameter("softmax.out.bias").detach()
    plain = bias[END].item()
    for more in sorted(range(-20, 21), key=abs):
        bias[END] = plain + more
        output = writing.write(chosen)
        if len({len(sentence) for sentence in output.sentences}) > 1:
            return output
    raise AssertionError("all comments always end at once")


@toys.all_kinds
@all_strategies
@pytest.mark.parametrize("seed", [2, 4])
def test_each_caption_is_written_as_if_alone(
    tmp_path: Path, kind: Kind, strategy: Strategy, seed: int
) -> None:
    writing, chosen = writer(tmp_path, kind, seed=seed), decoding(strategy)
    together, draws = uneven(writing, chosen), writing.draws(chosen)
    for some in ([17, 3, 3, 0], [2, 4, 1, 9, 6], *([row] for row in range(0, 18, 2))):
        output = writing.rows(some).write(chosen, draws[some])
        assert output.sentences == [together.sentences[row] for row in some]
        assert output.style == [together.style[row] for row in some]


@toys.all_kinds
@all_strategies
def test_style_is_drawn_by_its_probabilities_where_the_caption_ends(
    tmp_path: Path, kind: Kind, strategy: Strategy
) -> None:
    chosen, each = decoding(strategy), 200
    some = writer(tmp_path, kind, pictures=[0, 1, 2, 3])
    draws = np.repeat(some.draws(chosen), each, 0)
    order = np.random.default_rng(0)
    for column in (-3, -2, -1):
        draws[:, column] = np.concatenate([order.permutation(evenly(each)) for _ in range(4)])
    output = some.rows(np.repeat(range(4), each).tolist()).write(chosen, draws)
    for row in range(4):
        here = slice(row * each, (row + 1) * each)
        (sentence,) = set(map(tuple, output.sentences[here]))
        _, end = some.read(row, list(sentence))
        with torch.inference_mode():
            expected = [scores[0].double().softmax(0) for scores in some.network.style_logits(end)]
        for chance, drawn in zip(expected, zip(*output.style[here], strict=True), strict=True):
            share = torch.bincount(torch.tensor(drawn), minlength=len(chance)).double() / each
            assert_alike(share, chance, each)


@toys.all_kinds
@all_strategies
def test_the_draws_decide_everything(tmp_path: Path, kind: Kind, strategy: Strategy) -> None:
    writing, chosen = writer(tmp_path, kind), decoding(strategy)
    output = writing.write(chosen)
    torch.manual_seed(99)
    assert writing.write(chosen) == output
    assert writing.write(chosen, writing.draws(chosen, seed=1)) != output
