"""Words that are drawn."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from torch import Tensor

from pipeline.captioning.decoding import (
    first_words_by_frequency,
)
from pipeline.text.vocabulary import END, Vocabulary
from tests.captioning import toys
from tests.captioning.toys import Kind
from tests.captioning.writers import (
    ALMOST_ONE,
    FORBIDDEN,
    assert_alike,
    decoding,
    evenly,
    probabilities,
    shares,
    writer,
)


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
    """The share (v,) of each first word in a thousand captions, and its probability (v,)."""
    chosen = decoding("sample", max_words=1, **changes)
    one = writer(folder, kind, pictures=[1])
    many = one.rows([0] * 1000)
    draws = many.draws(chosen)
    draws[:, 0] = np.random.default_rng(0).permutation(evenly(1000))
    scores, _ = one.read(0, [])
    result = shares(many.write(chosen, draws).sentences, 0)
    return result, probabilities(scores[0], chosen.temperature, [*FORBIDDEN, END])


@toys.all_kinds
def test_first_words_are_drawn_by_the_models_probabilities(tmp_path: Path, kind: Kind) -> None:
    result, probs = first_words(tmp_path, kind)
    assert_alike(result, probs, 1000)
    assert not result[[*FORBIDDEN, END]].any()


@pytest.mark.parametrize("temperature", [0.3, 2.0])
def test_the_temperature_sharpens_probabilities(tmp_path: Path, temperature: float) -> None:
    result, probs = first_words(tmp_path, toys.DOT, temperature=temperature)
    assert_alike(result, probs, 1000)
    plain, _ = first_words(tmp_path, toys.DOT)
    assert bool(result.max() > plain.max()) == (temperature < 1)


@pytest.mark.parametrize("k", [1, 2, 4])
def test_words_are_drawn_among_the_likeliest_k(tmp_path: Path, k: int) -> None:
    result, probs = first_words(tmp_path, toys.DOT, top_k=k)
    kept = probs.topk(k).indices
    assert_alike(result[kept], probs[kept] / probs[kept].sum(), 1000)
    assert result[kept].sum() == pytest.approx(1)


@pytest.mark.parametrize("k", [0, 4])
@pytest.mark.parametrize("p", [1e-9, 0.4, 0.6, 0.9])
def test_words_are_drawn_among_the_fewest_that_reach_p(tmp_path: Path, p: float, k: int) -> None:
    """Of the likeliest k, whose probabilities are counted as if there were no others."""
    result, probs = first_words(tmp_path, toys.DOT, top_p=p, top_k=k, temperature=0.8)
    if k:
        probs = probs.where(probs >= probs.topk(k).values[-1], 0)
        probs = probs / probs.sum()
    kept = probs.topk(int((result > 0).sum())).indices
    assert probs[kept].sum() >= p > probs[kept[:-1]].sum()
    assert_alike(result[kept], probs[kept] / probs[kept].sum(), 1000)
    assert result[kept].sum() == pytest.approx(1)


@toys.all_kinds
def test_later_words_follow_the_probabilities_after_the_sentence_so_far(
    tmp_path: Path, kind: Kind
) -> None:
    chosen = decoding("sample", max_words=3, temperature=4.0)
    one = writer(tmp_path, kind, pictures=[2])
    many = one.rows([0] * 2400)
    draws = many.draws(chosen)
    draws[:, 1], draws[:, 2] = np.repeat(evenly(12), 200), np.tile(evenly(200), 12)
    result = many.write(chosen, draws, [toys.A] * 2400).sentences
    begun = {tuple(sentence[:2]) for sentence in result if len(sentence) > 1}
    assert len(begun) > 1
    for first, second in begun:
        scores, _ = one.read(0, [first, second])
        following = [sentence for sentence in result if sentence[:2] == [first, second]]
        assert_alike(shares(following, 2), probabilities(scores[2], 4), 200)


@toys.all_kinds
def test_a_draw_changes_nothing_that_comes_before(tmp_path: Path, kind: Kind) -> None:
    writing, chosen = writer(tmp_path, kind), decoding("sample")
    draws = writing.draws(chosen)
    result = writing.write(chosen, draws).sentences
    for place in range(draws.shape[1]):
        changed = draws.copy()
        changed[:, place] = 1 - changed[:, place]
        other = writing.write(chosen, changed).sentences
        assert [words[:place] for words in other] == [words[:place] for words in result]
        assert place < chosen.max_words or other == result  # the last draws are for style
