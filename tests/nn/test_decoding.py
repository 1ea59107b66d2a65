import numpy as np
import pytest
import torch

from pipeline.nn.captioner import Attention, Captioner
from pipeline.nn.decoding import continue_greedily, first_words_by_frequency, first_words_by_model
from pipeline.text.vocabulary import BEGIN, END, PADDING, UNKNOWN, Vocabulary
from tests.nn import toys

NEVER = {PADDING, BEGIN, UNKNOWN, END}
ALMOST_ONE = np.nextafter(1, 0)

all_kinds = pytest.mark.parametrize("attention", ["additive", "dot", "none"])


def preferring(attention: Attention, *words: int) -> Captioner:
    """A captioner to which these words are likelier than all others."""
    captioner = toys.captioner(attention).eval()
    with torch.no_grad():
        captioner.out.bias[list(words)] += 20
    return captioner


def test_first_words_follow_their_counts_and_are_no_symbols() -> None:
    draws = (np.arange(10_000) + 0.5) / 10_000
    drawn = first_words_by_frequency(toys.VOCABULARY, draws)
    words, counts = np.unique(drawn, return_counts=True)
    assert words.tolist() == [toys.A, toys.B, toys.C, toys.D]
    assert counts.tolist() == [4000, 3000, 2000, 1000]


def test_the_ends_of_the_draws_are_words_too() -> None:
    drawn = first_words_by_frequency(toys.VOCABULARY, np.array([0.0, ALMOST_ONE]))
    assert drawn.tolist() == [toys.A, toys.D]


def test_symbols_are_drawn_where_there_is_nothing_else() -> None:
    marks = Vocabulary(words=["!", "。"], counts=[3, 1], symbols=[True] * 2, distinct=2, total=4)
    drawn = first_words_by_frequency(marks, np.array([0.0, 0.74, 0.76, ALMOST_ONE]))
    assert drawn.tolist() == [4, 4, 5, 5]


@all_kinds
def test_first_words_of_the_model_follow_its_chances(attention: Attention) -> None:
    captioner, picture = toys.captioner(attention).eval(), toys.features(attention, 1)
    with torch.no_grad():
        begin = torch.tensor([[BEGIN]])
        scores = captioner.logits(captioner(picture, torch.tensor([0]), begin))[0].double()
    scores[list(NEVER)] = -torch.inf
    draws = (np.arange(2000) + 0.5) / 2000
    drawn = first_words_by_model(captioner, picture.repeat(2000, *[1] * (picture.ndim - 1)), draws)
    shares = np.bincount(drawn, minlength=len(scores)) / 2000
    np.testing.assert_allclose(shares, scores.softmax(0).numpy(), atol=1e-3)
    assert not shares[list(NEVER)].any()


@all_kinds
@pytest.mark.parametrize("most_words", [1, 2, 6])
def test_comments_end_at_the_most_words(attention: Attention, most_words: int) -> None:
    captioner = preferring(attention, toys.C)
    first = np.array([toys.A, toys.B, toys.A])
    sentences = continue_greedily(captioner, toys.features(attention, 3), first, most_words)
    assert sentences == [[word] + [toys.C] * (most_words - 1) for word in first.tolist()]


@all_kinds
def test_comments_end_at_the_end_mark_which_is_no_word(attention: Attention) -> None:
    captioner = preferring(attention, END)
    sentences = continue_greedily(captioner, toys.features(attention, 2), np.array([4, 5]), 9)
    assert sentences == [[4], [5]]


@all_kinds
def test_padding_begin_and_unknown_are_never_written(attention: Attention) -> None:
    captioner = preferring(attention, PADDING, BEGIN, UNKNOWN)
    pictures, draws = toys.features(attention, 20), np.linspace(0, ALMOST_ONE, 20)
    first = first_words_by_model(captioner, pictures, draws)
    for sentence in continue_greedily(captioner, pictures, first, 6):
        assert not NEVER & set(sentence)


@all_kinds
def test_the_next_word_is_the_likeliest_of_the_whole_sentence_so_far(attention: Attention) -> None:
    captioner, pictures = toys.captioner(attention, seed=2).eval(), toys.features(attention, 4)
    with torch.no_grad():
        for weights in captioner.parameters():
            weights.mul_(3)  # so that every word matters to those after it
    first = np.array([4, 5, 7, 8])
    for row, sentence in enumerate(continue_greedily(captioner, pictures, first, 6)):
        tokens = [BEGIN, *sentence]
        with torch.no_grad():
            outputs = captioner(pictures[row : row + 1], torch.tensor([0]), torch.tensor([tokens]))
            scores = captioner.logits(outputs)
        scores[:, [PADDING, BEGIN, UNKNOWN]] = -torch.inf
        likeliest = scores.argmax(1).tolist()
        assert sentence[1:] == likeliest[1:-1]
        assert len(sentence) == 6 or likeliest[-1] == END


@all_kinds
def test_each_picture_is_decoded_as_if_alone(attention: Attention) -> None:
    captioner, pictures = toys.captioner(attention, seed=2).eval(), toys.features(attention, 4)
    together = continue_greedily(captioner, pictures, np.array([4, 5, 7, 8]), 6)
    for row, word in enumerate((4, 5, 7, 8)):
        alone = continue_greedily(captioner, pictures[row : row + 1], np.array([word]), 6)
        assert alone == together[row : row + 1]
