from collections import Counter, defaultdict
from fractions import Fraction
from pathlib import Path
from random import Random

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from pipeline.captioning.caption_set import (
    Batch,
    CaptionSet,
    comment_set,
    pack_words,
    split_comments,
)
from pipeline.captioning.prompt import CONTEXT_WORDS, PackedWords
from pipeline.danmaku.alignment.aligned_file import Aligned
from pipeline.media.frame_times import FrameTimes
from pipeline.pictures.feature_bank import FeatureBank
from pipeline.pictures.frames_file import Frames
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.text.vocabulary import BEGIN, END, PADDING, UNKNOWN, Vocabulary
from tests.aligned import aligned
from tests.captioning import toys
from tests.captioning.conftest import features_file
from tests.captioning.toys import CPU, Kind

COMMENTS = toys.mixed_captions(toys.ADDITIVE, 23, 7)
PAGE = 16
"""Most comments on one picture that are kept together."""
CROWDED = toys.caption_set(
    toys.inputs(
        toys.ADDITIVE,
        np.random.default_rng(2).permutation(np.repeat([3, 0, 2, 7], [40, 16, 17, 1])),
    ),
    [[4 + n] for n in range(74)],
)
"""Comments that can be told from another; of four pictures, two are too much for a page."""

Said = list[tuple[int, tuple[int, ...]]]


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


def said(batch: Batch) -> Said:
    """Picture and words of each comment of a batch."""
    pictures = batch.prompt.features[batch.prompt.groups.picture, 0, 0].tolist()
    return list(zip(map(int, pictures), map(tuple, unpacked(batch.words)), strict=True))


def batches(comments: CaptionSet, size: int, seed: int | None, bank: FeatureBank) -> list[Batch]:
    draws = None if seed is None else np.random.default_rng(seed)
    found = [comments.batch(pages, bank, CPU) for pages in comments.plan(size, draws)]
    return [batch for batch in found if batch is not None]


seeds = pytest.mark.parametrize("seed", [None, 1])
sets = pytest.mark.parametrize("comments", [COMMENTS, CROWDED], ids=["mixed", "crowded"])


@pytest.mark.parametrize("size", [1, 4, 23, 100])
@seeds
@sets
def test_batches_hold_every_comment_once_with_its_picture(
    tmp_path: Path, comments: CaptionSet, size: int, seed: int | None
) -> None:
    found = batches(comments, size, seed, seeing_numbers(tmp_path))
    wanted = zip(comments.inputs.picture.tolist(), map(tuple, comments.sentences), strict=True)
    assert sorted(one for batch in found for one in said(batch)) == sorted(wanted)
    sizes = [len(batch.rows) for batch in found]
    assert all(size <= found < size + PAGE for found in sizes[:-1])
    assert 0 < sizes[-1] < size + PAGE
    assert all(batch.prompt.groups.size <= PAGE for batch in found)


@toys.all_kinds
def test_a_comment_keeps_all_that_is_known_of_it(tmp_path: Path, kind: Kind) -> None:
    comments, bank = toys.mixed_captions(kind, 23, 7), toys.bank(tmp_path, kind, count=7)
    for pages in comments.plan(8, np.random.default_rng(1)):
        batch = comments.batch(pages, bank, CPU)
        assert batch is not None
        order = np.concatenate(pages)[batch.rows]
        moments, prompt = comments.inputs, batch.prompt
        wanted = bank.gather(moments.picture[order])
        assert torch.equal(prompt.features[prompt.groups.picture], wanted)
        assert np.array_equal(prompt.facts, moments.facts[order])
        assert np.array_equal(prompt.around, bank.means[moments.around[order]])
        assert np.array_equal(prompt.context[prompt.context_of], moments.context[order])
        assert np.array_equal(batch.style, comments.style[order])
        assert unpacked(batch.words) == [comments.sentences[row] for row in order.tolist()]


@seeds
def test_the_longest_of_a_batch_come_first(tmp_path: Path, seed: int | None) -> None:
    for batch in batches(COMMENTS, 4, seed, seeing_numbers(tmp_path)):
        lengths = [len(words) for _, words in said(batch)]
        assert lengths == sorted(lengths, reverse=True)


@seeds
def test_comments_on_a_picture_come_in_pages_as_full_as_can_be(seed: int | None) -> None:
    draws = None if seed is None else np.random.default_rng(seed)
    found: defaultdict[int, list[int]] = defaultdict(list)
    for pages in CROWDED.plan(1, draws):
        (page,) = pages
        (picture,) = set(CROWDED.moments.picture[page].tolist())
        found[picture].append(len(page))
    assert {picture: sorted(page) for picture, page in found.items()} == {
        3: [8, 16, 16],
        0: [16],
        2: [1, 16],
        7: [1],
    }


@seeds
@pytest.mark.parametrize("size", [1, 10, 30, 1000])
def test_a_picture_is_read_no_more_often_than_it_has_pages(
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
    for pages in comments.plan(size, np.random.default_rng(1)):
        parts = [comments.batch(pages, bank, CPU, rank, ranks) for rank in range(ranks)]
        assert [part is None for part in parts] == [len(pages) <= rank for rank in range(ranks)]
        there = [part for part in parts if part is not None]
        whole = np.concatenate(pages)
        rows = [row for part in there for row in part.rows.tolist()]
        assert sorted(rows) == list(range(len(whole)))
        seen = [page for part in there for page in part.pages.tolist()]
        assert sorted(seen) == list(range(len(pages)))
        for part in there:
            assert len(part.pages) == len(part.prompt.features)
            for place, row in enumerate(part.rows.tolist()):
                # The comment is the one of the whole batch, and so is the page it is on.
                comment = int(whole[row])
                assert unpacked(part.words)[place] == comments.sentences[comment]
                page = int(part.pages[part.prompt.groups.picture[place]])
                assert comment in pages[page]
            shown = part.prompt.features[:, 0, 0].tolist()
            firsts = [pages[page][0] for page in part.pages.tolist()]
            assert shown == comments.inputs.picture[firsts].tolist()


def test_the_company_and_the_order_of_pages_are_drawn() -> None:
    once, again, other = (
        [page.tolist() for (page,) in CROWDED.plan(1, np.random.default_rng(seed))]
        for seed in (1, 1, 2)
    )
    assert once == again
    assert set(map(frozenset, once)) != set(map(frozenset, other))
    pictures = [[CROWDED.moments.picture[page[0]] for page in pages] for pages in (once, other)]
    assert pictures[0] != pictures[1]


@pytest.mark.parametrize("size", [1, 4, 100])
def test_without_draws_the_order_of_comments_does_not_matter(tmp_path: Path, size: int) -> None:
    order = np.random.default_rng(3).permutation(len(COMMENTS))
    shuffled = CaptionSet(
        COMMENTS.inputs.take(order),
        [COMMENTS.sentences[n] for n in order.tolist()],
        COMMENTS.style[order],
    )
    bank = seeing_numbers(tmp_path)
    before, after = (
        [sorted(said(batch)) for batch in batches(comments, size, None, bank)]
        for comments in (COMMENTS, shuffled)
    )
    assert before == after


def test_words_of_a_batch_are_counted_with_their_end_marks() -> None:
    plan = COMMENTS.plan(4, np.random.default_rng(1))
    counts = [COMMENTS.word_count(pages) for pages in plan]
    assert sum(counts) == sum(map(len, COMMENTS.sentences))
    assert COMMENTS.word_count([np.array([2, 0])]) == sum(
        len(COMMENTS.sentences[row]) for row in (2, 0)
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
        list(zip(moments.picture.tolist(), moments.around.tolist(), strict=True))
        for moments in (before, after)
    ]
    assert sorted(pairs[0]) == sorted(pairs[1])
    assert pairs[0] != pairs[1]
    assert shuffled.sentences == comments.sentences
    for name in ("facts", "context"):
        assert np.array_equal(getattr(after, name), getattr(before, name))
    again = comments.with_pictures_shuffled(1).moments.picture
    assert np.array_equal(again, after.picture)
    assert not np.array_equal(comments.with_pictures_shuffled(2).moments.picture, after.picture)


def frames(count: int = 10) -> Frames:
    """Five a second, each with a picture of its own."""
    number = np.arange(count, dtype=np.int64)
    return Frames(FrameTimes(number, Fraction(1, 5), count), number, "0", number[:0])


def test_comments_are_split_numbered_and_cut() -> None:
    first = aligned(
        time_ms=[0, 1, 2],
        words=[["a", "b"], ["nobody knows"], ["c", "d", "a", "b"]],
        commands=[["ue", "red"], ["184"], ["big", "shita"]],
        frame=[2, 1, 0],
        dev=[False, True, False],
    )
    second = aligned(time_ms=[0], words=[["!"]], frame=[4])
    train, dev = split_comments(
        [first, second],
        [frames(), frames()],
        np.array([0, 30, 60]),
        toys.VOCABULARY,
        toys.spec(toys.TRANSFORMER),
        max_words=3,
    )
    assert train.inputs.picture.tolist() == [2, 0, 30 + 4]
    assert train.inputs.around.tolist() == [[0, 0, 9], [0, 0, 9], [30, 30, 39]]
    assert train.sentences == [
        [toys.A, toys.B, END],
        [toys.C, toys.D, toys.A, END],
        [toys.MARK, END],
    ]
    assert train.style.tolist() == [[1, 0, 1], [2, 1, 0], [0, 0, 0]]
    assert dev.inputs.picture.tolist() == [1]
    assert dev.sentences == [[UNKNOWN, END]]
    assert dev.style.tolist() == [[0, 0, 0]]
    assert (len(train), len(dev)) == (3, 1)


@pytest.mark.parametrize("dev", [True, False])
def test_an_empty_side_is_refused(dev: bool) -> None:
    video = aligned(time_ms=[0, 1], dev=[dev, dev])
    spec = toys.spec(toys.ADDITIVE)
    with pytest.raises(PipelineError) as caught:
        split_comments([video], [frames()], np.array([0, 1]), toys.VOCABULARY, spec, 3)
    assert caught.value.code == ExitCode.NO_USABLE_COMMENTS


def numbered(seconds: list[int], dev: list[bool], order: list[int]) -> tuple[Aligned, Vocabulary]:
    """Each comment says its own number, whatever its place in the file."""
    words = [f"{number}" for number in range(len(seconds))]
    vocabulary = Vocabulary(
        words=words,
        counts=[1] * len(words),
        parts=["名詞"] * len(words),
        symbols=[False] * len(words),
        distinct=9,
        total=9,
    )
    video = aligned(
        time_ms=[1000 * seconds[number] + 10 * number for number in order],
        words=[[words[number]] for number in order],
        dev=[dev[number] for number in order],
        duration_ms=9000,
    )
    return video, vocabulary


@given(st.lists(st.tuples(st.integers(0, 8), st.booleans()), min_size=1, max_size=25), st.randoms())
def test_held_out_comments_are_never_in_the_context_of_training_ones(
    comments: list[tuple[int, bool]], random: Random
) -> None:
    comments.sort()
    seconds, held_out = [second for second, _ in comments], [dev for _, dev in comments]
    order = list(range(len(comments)))
    random.shuffle(order)
    video, vocabulary = numbered(seconds, held_out, order)
    spec = toys.spec(toys.TRANSFORMER, words=len(vocabulary))
    for dev in (False, True):
        found = comment_set(video, frames(45), 0, vocabulary, spec, 5, dev=dev)
        chosen = [number for number in order if held_out[number] == dev]
        assert found.sentences == [[4 + number, END] for number in chosen]
        for number, context in zip(chosen, found.inputs.context, strict=True):
            heard = [word - 4 for word in context.ravel().tolist() if word != PADDING]
            earlier = [
                other
                for other, second in enumerate(seconds)
                if second < seconds[number] and (dev or not held_out[other])
            ]
            assert heard == earlier[-5:]


def test_contexts_are_of_the_first_words_even_of_comments_that_are_cut() -> None:
    words = [["a", "b"] * CONTEXT_WORDS, ["c"]]
    video = aligned(time_ms=[0, 1000], words=words, duration_ms=2000)
    spec = toys.spec(toys.TRANSFORMER)
    found = comment_set(video, frames(), 0, toys.VOCABULARY, spec, 2, dev=False)
    assert found.sentences[0] == [toys.A, toys.B, END]
    assert found.inputs.context[1, -1].tolist() == [toys.A, toys.B] * (CONTEXT_WORDS // 2)


def test_facts_count_all_comments_of_a_second_whether_held_out_or_not() -> None:
    video = aligned(
        time_ms=[0, 10, 1000, -500, 9999], dev=[False, True, False, True, False], duration_ms=2000
    )
    found = comment_set(video, frames(), 0, toys.VOCABULARY, toys.spec(toys.ADDITIVE), 2, dev=False)
    assert found.inputs.facts[:, 3] == pytest.approx(np.log1p([2, 1, 1]))
    assert found.inputs.facts[:, 0] == pytest.approx([0, 0.5, 1])


def test_comment_sets_know_their_size() -> None:
    assert len(COMMENTS) == 23
    empty = toys.caption_set(toys.inputs(toys.ADDITIVE, []), [])
    assert len(empty) == 0
    assert empty.style.shape == (0, 3)
