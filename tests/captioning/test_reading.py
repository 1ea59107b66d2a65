"""Reading captions at once is reading each word by word."""

from pathlib import Path

import numpy as np
import pytest
import torch

from pipeline.text.vocabulary import BEGIN
from tests.captioning import toys
from tests.captioning.reading import (
    FULL,
    LENGTHS,
    PICTURES,
    RAGGED,
    bank,
    by_word,
    captions,
    of_each_caption,
    read_alone,
    read_full,
    sensitive,
    stepped,
)
from tests.captioning.toys import CPU, Kind


@toys.all_kinds
def test_reading_is_step_after_step(tmp_path: Path, kind: Kind) -> None:
    network, shown = sensitive(kind), bank(tmp_path, kind)
    reading = network.read(*toys.reading(captions(kind, FULL), shown))
    steps = read_full(network, kind, shown)
    torch.testing.assert_close(reading.hidden, torch.cat([step.hidden for step in steps]))
    torch.testing.assert_close(reading.end, steps[-1].hidden)
    assert network.softmax.log_probs(reading.hidden).shape == (5 * 4, len(toys.VOCABULARY))
    assert [scores.shape for scores in network.style_logits(reading.end)] == [
        (5, 3),
        (5, 3),
        (5, 2),
    ]


@toys.all_kinds
def test_lines_of_any_length_can_be_read(tmp_path: Path, kind: Kind) -> None:
    network, shown = sensitive(kind), bank(tmp_path, kind)
    long = [sentence * 100 for sentence in FULL]
    prompt, words = toys.reading(captions(kind, long), shown)
    reading = network.read(prompt, words)
    torch.testing.assert_close(reading.end, stepped(network, prompt, words)[-1].hidden)


@toys.all_kinds
@pytest.mark.parametrize("seed", range(3))
def test_each_caption_is_read_as_it_is_alone_in_any_order(
    tmp_path: Path, kind: Kind, seed: int
) -> None:
    network, shown = sensitive(kind), bank(tmp_path, kind)
    draws = np.random.default_rng(seed)
    pictures = [*PICTURES, *draws.integers(0, 3, 5).tolist()]
    every = toys.caption_set(toys.varied_inputs(kind, pictures, seed), [*RAGGED, *FULL])
    order = draws.permutation(10).tolist()
    order.sort(key=lambda row: -len(every.sentences[row]))
    groups = [np.array([row], np.int64) for row in order]  # a picture comes once a caption
    batch = every.batch(groups, shown, CPU)
    assert batch is not None
    assert batch.rows.tolist() == list(range(10))
    prompt, words = toys.reading(every, shown, order)
    assert len(prompt.features) == len(set(pictures))
    assert len(batch.prompt.features) == 10
    together = network.read(prompt, words).hidden
    copied = network.read(batch.prompt, batch.words).hidden
    assert len(together) == sum(LENGTHS) + 5 * 4
    for row, together_states, likewise in zip(
        order, of_each_caption(together, words), of_each_caption(copied, words), strict=True
    ):
        alone, _ = read_alone(network, every, shown, row)
        torch.testing.assert_close(together_states, alone, atol=1e-5, rtol=1e-4)
        torch.testing.assert_close(likewise, alone, atol=1e-5, rtol=1e-4)
        one = network.read(*toys.reading(every, shown, [row])).hidden
        torch.testing.assert_close(one, alone, atol=1e-5, rtol=1e-4)


@toys.all_kinds
def test_states_come_in_order_of_words_without_padding(tmp_path: Path, kind: Kind) -> None:
    network, shown = sensitive(kind), bank(tmp_path, kind)
    reading = network.read(*toys.reading(captions(kind), shown))
    assert reading.hidden.shape == (sum(LENGTHS), network.spec.size)
    alone = [read_alone(network, captions(kind), shown, row)[0] for row in range(5)]
    expected = [alone[row][place] for place in range(4) for row in range(5) if place < LENGTHS[row]]
    torch.testing.assert_close(reading.hidden, torch.stack(expected), atol=1e-5, rtol=1e-4)
    ends = torch.stack([hidden[-1] for hidden in alone])
    torch.testing.assert_close(reading.end, ends, atol=1e-5, rtol=1e-4)


@toys.all_kinds
def test_any_states_can_be_continued_more_than_once(tmp_path: Path, kind: Kind) -> None:
    network, shown = sensitive(kind), bank(tmp_path, kind)
    prompt, words = toys.reading(captions(kind, FULL), shown)
    first, second, *_ = by_word(words.inputs, words)
    begun = network.step(first, network.start(prompt))
    whole = network.step(second, begun.state)
    for rows in ([4, 0, 0, 2], [3], [0, 1, 2, 3, 4], [1] * 7):
        index = torch.tensor(rows)
        chosen = network.select(begun.state, np.array(rows, np.int64))
        some = network.step(second[index], chosen)
        torch.testing.assert_close(some.hidden, whole.hidden[index])
        assert (some.weights is None) == (whole.weights is None) == (not kind.attends)
        if some.weights is not None and whole.weights is not None:
            torch.testing.assert_close(some.weights, whole.weights[index])
        again = network.step(second[index], network.select(chosen, np.arange(len(rows))))
        torch.testing.assert_close(again.hidden, some.hidden)


@toys.all_kinds
def test_a_crowd_on_one_picture_reads_as_each_of_it_does_alone(tmp_path: Path, kind: Kind) -> None:
    network, shown = toys.captioner(kind), bank(tmp_path, kind)
    pictures = [0] * 39 + [1]
    sentences = [[4 + n % 6, 5, 6 + n % 4] for n in range(40)]
    crowd = toys.caption_set(toys.varied_inputs(kind, pictures), sentences)
    prompt, words = toys.reading(crowd, shown)
    hidden = of_each_caption(network.read(prompt, words).hidden, words)
    for row in range(0, 40, 3):
        torch.testing.assert_close(hidden[row], read_alone(network, crowd, shown, row)[0])


@toys.all_kinds
def test_later_words_do_not_change_earlier_states(tmp_path: Path, kind: Kind) -> None:
    network, shown = sensitive(kind), bank(tmp_path, kind)
    prompt, words = toys.reading(captions(kind, FULL), shown)
    changed = words.inputs.clone()
    changed[10:15] = 9  # of all comments, the third to be read
    before, after = (
        by_word(network.read(prompt, words._replace(inputs=read)).hidden, words)
        for read in (words.inputs, changed)
    )
    for place in (0, 1):
        torch.testing.assert_close(before[place], after[place])
    for place in (2, 3):
        assert (before[place] - after[place]).abs().max() > 1e-3


@toys.all_kinds
def test_words_of_one_caption_do_not_change_another_on_its_picture(
    tmp_path: Path, kind: Kind
) -> None:
    network, shown = sensitive(kind), bank(tmp_path, kind)
    prompt, words = toys.reading(captions(kind, FULL), shown)
    changed = words.inputs.clone()
    changed[(words.caption == 0) & (words.inputs != BEGIN)] = 9
    before, after = (
        of_each_caption(network.read(prompt, words._replace(inputs=read)).hidden, words)
        for read in (words.inputs, changed)
    )
    assert (before[0] - after[0]).abs().max() > 1e-3
    for index in range(1, 5):
        torch.testing.assert_close(before[index], after[index])
