from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from pipeline.captioning.caption_set import (
    CaptionBatch,
    CaptionSet,
    pack_words,
)
from pipeline.captioning.prompt import PackedWords
from pipeline.pictures.feature_bank import FeatureBank
from pipeline.text.vocabulary import BEGIN, END
from tests.captioning import toys
from tests.captioning.conftest import features_file
from tests.captioning.toys import CPU, Kind

CAPTIONS = toys.mixed_captions(toys.ADDITIVE, 23, 7)
MAX_GROUP = 16
"""Captions on one picture that are kept together."""
CROWDED = toys.caption_set(
    toys.inputs(
        toys.ADDITIVE,
        np.random.default_rng(2).permutation(np.repeat([3, 0, 2, 7], [40, 16, 17, 1])),
    ),
    [[4 + n] for n in range(74)],
)
"""Captions that all differ; on two of the four pictures there are too many for one group."""

Captions = list[tuple[int, tuple[int, ...]]]


def seeing_numbers(folder: Path) -> FeatureBank:
    """Eight pictures; each shows its number."""
    rows = np.arange(8)[:, None, None] * np.ones((1, 2, 3))
    return FeatureBank([features_file(folder / "numbers.h5", tap=rows)], "tap")


def unpacked(words: PackedWords) -> list[list[int]]:
    """The sentences, what else is known of them checked."""
    assert words.batch_sizes == sorted(words.batch_sizes, reverse=True)
    assert words.caption.tolist() == [row for k in words.batch_sizes for row in range(k)]
    found = []
    for row, last in enumerate(words.last.tolist()):
        sentence = words.targets[words.caption == row].tolist()
        assert words.inputs[words.caption == row].tolist() == [BEGIN, *sentence[:-1]]
        assert words.caption[last] == row
        assert not (words.caption[last + 1 :] == row).any()
        found.append(sentence)
    return found


def captions_in(batch: CaptionBatch) -> Captions:
    """Picture and words of each comment of a batch."""
    pictures = batch.prompt.features[batch.prompt.groups.picture, 0, 0].tolist()
    return list(zip(map(int, pictures), map(tuple, unpacked(batch.words)), strict=True))


def batches(
    comments: CaptionSet, size: int, seed: int | None, bank: FeatureBank
) -> list[CaptionBatch]:
    draws = None if seed is None else np.random.default_rng(seed)
    found = [comments.batch(groups, bank, CPU) for groups in comments.plan(size, draws)]
    return [batch for batch in found if batch is not None]


seeds = pytest.mark.parametrize("seed", [None, 1])
sets = pytest.mark.parametrize("comments", [CAPTIONS, CROWDED], ids=["mixed", "crowded"])


@pytest.mark.parametrize("size", [1, 4, 23, 100])
@seeds
@sets
def test_batches_hold_every_comment_once_with_its_picture(
    tmp_path: Path, comments: CaptionSet, size: int, seed: int | None
) -> None:
    found = batches(comments, size, seed, seeing_numbers(tmp_path))
    wanted = zip(comments.inputs.picture.tolist(), map(tuple, comments.sentences), strict=True)
    assert sorted(one for batch in found for one in captions_in(batch)) == sorted(wanted)
    sizes = [len(batch.rows) for batch in found]
    assert all(size <= found < size + MAX_GROUP for found in sizes[:-1])
    assert 0 < sizes[-1] < size + MAX_GROUP
    assert all(batch.prompt.groups.size <= MAX_GROUP for batch in found)


@toys.all_kinds
def test_a_comment_keeps_all_that_is_known_of_it(tmp_path: Path, kind: Kind) -> None:
    comments, bank = toys.mixed_captions(kind, 23, 7), toys.bank(tmp_path, kind, count=7)
    for groups in comments.plan(8, np.random.default_rng(1)):
        batch = comments.batch(groups, bank, CPU)
        assert batch is not None
        order = np.concatenate(groups)[batch.rows]
        inputs, prompt = comments.inputs, batch.prompt
        wanted = bank.gather(inputs.picture[order])
        assert torch.equal(prompt.features[prompt.groups.picture], wanted)
        assert np.array_equal(prompt.facts, inputs.facts[order])
        assert np.array_equal(prompt.around, bank.means[inputs.around[order]])
        assert np.array_equal(prompt.context[prompt.context_of], inputs.context[order])
        assert np.array_equal(batch.style, comments.style[order])
        assert unpacked(batch.words) == [comments.sentences[row] for row in order.tolist()]


@seeds
def test_the_longest_of_a_batch_come_first(tmp_path: Path, seed: int | None) -> None:
    for batch in batches(CAPTIONS, 4, seed, seeing_numbers(tmp_path)):
        lengths = [len(words) for _, words in captions_in(batch)]
        assert lengths == sorted(lengths, reverse=True)


@seeds
def test_comments_on_a_picture_come_in_groups_as_full_as_can_be(seed: int | None) -> None:
    draws = None if seed is None else np.random.default_rng(seed)
    found: defaultdict[int, list[int]] = defaultdict(list)
    for groups in CROWDED.plan(1, draws):
        (group,) = groups
        (picture,) = set(CROWDED.inputs.picture[group].tolist())
        found[picture].append(len(group))
    assert {picture: sorted(group) for picture, group in found.items()} == {
        3: [8, 16, 16],
        0: [16],
        2: [1, 16],
        7: [1],
    }


@seeds
@pytest.mark.parametrize("size", [1, 10, 30, 1000])
def test_a_picture_is_read_no_more_often_than_it_has_groups(
    tmp_path: Path, size: int, seed: int | None
) -> None:
    readings = Counter(
        picture
        for batch in batches(CROWDED, size, seed, seeing_numbers(tmp_path))
        for picture in batch.prompt.features[:, 0, 0].tolist()
    )
    assert readings == {3: 3, 0: 1, 2: 2, 7: 1}


@pytest.mark.parametrize("ranks", [1, 2, 3, 8])
@pytest.mark.parametrize("size", [4, 40])
@sets
def test_the_parts_of_all_ranks_are_the_whole_batch(
    tmp_path: Path, comments: CaptionSet, size: int, ranks: int
) -> None:
    bank = seeing_numbers(tmp_path)
    for groups in comments.plan(size, np.random.default_rng(1)):
        parts = [comments.batch(groups, bank, CPU, rank, ranks) for rank in range(ranks)]
        assert [part is None for part in parts] == [len(groups) <= rank for rank in range(ranks)]
        there = [part for part in parts if part is not None]
        whole = np.concatenate(groups)
        rows = [row for part in there for row in part.rows.tolist()]
        assert sorted(rows) == list(range(len(whole)))
        seen = [group for part in there for group in part.groups.tolist()]
        assert sorted(seen) == list(range(len(groups)))
        for part in there:
            assert len(part.groups) == len(part.prompt.features)
            for place, row in enumerate(part.rows.tolist()):
                # The comment is the one of the whole batch, and so is the group it is on.
                comment = int(whole[row])
                assert unpacked(part.words)[place] == comments.sentences[comment]
                group = int(part.groups[part.prompt.groups.picture[place]])
                assert comment in groups[group]
            shown = part.prompt.features[:, 0, 0].tolist()
            firsts = [groups[group][0] for group in part.groups.tolist()]
            assert shown == comments.inputs.picture[firsts].tolist()


def test_the_company_and_the_order_of_groups_are_drawn() -> None:
    once, again, other = (
        [group.tolist() for (group,) in CROWDED.plan(1, np.random.default_rng(seed))]
        for seed in (1, 1, 2)
    )
    assert once == again
    assert set(map(frozenset, once)) != set(map(frozenset, other))
    pictures = [[CROWDED.inputs.picture[group[0]] for group in groups] for groups in (once, other)]
    assert pictures[0] != pictures[1]


@pytest.mark.parametrize("size", [1, 4, 100])
def test_without_draws_the_order_of_comments_does_not_matter(tmp_path: Path, size: int) -> None:
    order = np.random.default_rng(3).permutation(len(CAPTIONS))
    shuffled = CaptionSet(
        CAPTIONS.inputs.take(order),
        [CAPTIONS.sentences[n] for n in order.tolist()],
        CAPTIONS.style[order],
    )
    bank = seeing_numbers(tmp_path)
    before, after = (
        [sorted(captions_in(batch)) for batch in batches(comments, size, None, bank)]
        for comments in (CAPTIONS, shuffled)
    )
    assert before == after


def test_words_of_a_batch_are_counted_with_their_end_marks() -> None:
    plan = CAPTIONS.plan(4, np.random.default_rng(1))
    counts = [CAPTIONS.words_in(groups) for groups in plan]
    assert sum(counts) == sum(map(len, CAPTIONS.sentences))
    assert CAPTIONS.words_in([np.array([2, 0])]) == sum(
        len(CAPTIONS.sentences[row]) for row in (2, 0)
    )


@given(st.lists(st.lists(st.integers(3, 50), max_size=9), min_size=1, max_size=12))
def test_packed_words_are_those_of_the_sentences(sentences: list[list[int]]) -> None:
    ended = sorted(([*words, END] for words in sentences), key=len, reverse=True)
    words = pack_words(ended, CPU)
    assert unpacked(words) == ended
    assert len(words.batch_sizes) == len(ended[0])
    assert sum(words.batch_sizes) == len(words.inputs) == len(words.targets) == sum(map(len, ended))
    assert words.targets[words.last].tolist() == [END] * len(ended)


def test_shuffled_pictures_are_the_same_pictures_in_another_order() -> None:
    comments = toys.mixed_captions(toys.TRANSFORMER, 23, 7)
    shuffled = comments.with_pictures_shuffled(1)
    before, after = comments.inputs, shuffled.inputs
    pairs = [
        list(zip(inputs.picture.tolist(), inputs.around.tolist(), strict=True))
        for inputs in (before, after)
    ]
    assert sorted(pairs[0]) == sorted(pairs[1])
    assert pairs[0] != pairs[1]
    assert shuffled.sentences == comments.sentences
    for name in ("facts", "context"):
        assert np.array_equal(getattr(after, name), getattr(before, name))
    again = comments.with_pictures_shuffled(1).inputs.picture
    assert np.array_equal(again, after.picture)
    assert not np.array_equal(comments.with_pictures_shuffled(2).inputs.picture, after.picture)


def test_comment_sets_know_their_size() -> None:
    assert len(CAPTIONS) == 23
    empty = toys.caption_set(toys.inputs(toys.ADDITIVE, []), [])
    assert len(empty) == 0
    assert empty.style.shape == (0, 3)
