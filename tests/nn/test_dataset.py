from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pytest

from pipeline.errors import ExitCode, PipelineError
from pipeline.nn.dataset import Batch, CommentSet, FeatureBank, check_same_backbone, split_comments
from pipeline.text.vocabulary import BEGIN, END, PADDING, UNKNOWN
from tests.aligned import aligned
from tests.nn import toys
from tests.nn.conftest import features_file

COMMENTS = toys.mixed_comments(23, 7)
PAGE = 16
"""Most comments on one picture that are kept together."""
CROWDED = CommentSet(
    np.random.default_rng(2).permutation(np.repeat([3, 0, 2, 7], [40, 16, 17, 1])),
    [[4 + n, END] for n in range(74)],
)
"""Comments that can be told from another; of four pictures, two are too much for a page."""


def said(batch: Batch) -> list[tuple[int, tuple[int, ...]]]:
    """Picture and words of each comment of a batch, its padding checked."""
    pictures = batch.pictures[batch.which.numpy()].tolist()
    found = []
    for picture, row in zip(pictures, batch.tokens.tolist(), strict=True):
        assert row[0] == BEGIN
        end = row.index(END)
        assert PADDING not in row[:end]
        assert set(row[end + 1 :]) <= {PADDING}
        found.append((picture, tuple(row[1 : end + 1])))
    return found


seeds = pytest.mark.parametrize("seed", [None, 1])


def drawing(seed: int | None) -> np.random.Generator | None:
    return None if seed is None else np.random.default_rng(seed)


@pytest.mark.parametrize("size", [1, 4, 23, 100])
@seeds
@pytest.mark.parametrize("comments", [COMMENTS, CROWDED], ids=["mixed", "crowded"])
def test_batches_hold_every_comment_once_with_its_picture(
    comments: CommentSet, size: int, seed: int | None
) -> None:
    batches = list(comments.batches(size, drawing(seed)))
    found = [comment for batch in batches for comment in said(batch)]
    wanted = list(zip(comments.picture.tolist(), map(tuple, comments.sentences), strict=True))
    assert sorted(found) == sorted(wanted)
    sizes = [len(batch.tokens) for batch in batches]
    assert all(size <= found < size + PAGE for found in sizes[:-1])
    assert 0 < sizes[-1] < size + PAGE
    assert all(int(batch.which.bincount().max()) <= PAGE for batch in batches)


@seeds
def test_padding_goes_only_to_the_longest_of_a_batch_which_comes_first(seed: int | None) -> None:
    for batch in COMMENTS.batches(4, drawing(seed)):
        assert batch.tokens[0, -1] == END
        lengths = [len(words) for _, words in said(batch)]
        assert lengths == sorted(lengths, reverse=True)


@seeds
def test_comments_on_a_picture_come_in_pages_as_full_as_can_be(seed: int | None) -> None:
    pages: defaultdict[int, list[int]] = defaultdict(list)
    for batch in CROWDED.batches(1, drawing(seed)):
        (picture,) = batch.pictures.tolist()
        pages[picture].append(len(batch.tokens))
    assert {picture: sorted(page) for picture, page in pages.items()} == {
        3: [8, 16, 16],
        0: [16],
        2: [1, 16],
        7: [1],
    }


@seeds
@pytest.mark.parametrize("size", [1, 10, 30, 1000])
def test_a_picture_is_read_in_no_more_batches_than_it_has_pages(
    size: int, seed: int | None
) -> None:
    readings = Counter(
        picture
        for batch in CROWDED.batches(size, drawing(seed))
        for picture in batch.pictures.tolist()
    )
    assert all(readings[p] <= pages for p, pages in {3: 3, 0: 1, 2: 2, 7: 1}.items())


def test_the_company_and_the_order_of_pages_are_drawn() -> None:
    once, again, other = (
        [frozenset(said(batch)) for batch in CROWDED.batches(1, np.random.default_rng(seed))]
        for seed in (1, 1, 2)
    )
    assert once == again
    assert set(once) != set(other)
    pictures = [[min(page)[0] for page in batches] for batches in (once, other)]
    assert pictures[0] != pictures[1]


@pytest.mark.parametrize("size", [1, 4, 100])
def test_without_draws_the_order_of_comments_does_not_matter(size: int) -> None:
    order = np.random.default_rng(3).permutation(len(COMMENTS))
    shuffled = CommentSet(COMMENTS.picture[order], [COMMENTS.sentences[n] for n in order.tolist()])
    before, after = (
        [sorted(said(batch)) for batch in comments.batches(size)]
        for comments in (COMMENTS, shuffled)
    )
    assert before == after


def test_batches_are_a_function_of_the_draws() -> None:
    once, again, other = (
        [said(batch) for batch in COMMENTS.batches(4, np.random.default_rng(seed))]
        for seed in (1, 1, 2)
    )
    assert once == again
    assert once != other


def test_shuffled_pictures_are_the_same_pictures_in_another_order() -> None:
    shuffled = COMMENTS.with_pictures_shuffled(1)
    assert sorted(shuffled.picture.tolist()) == sorted(COMMENTS.picture.tolist())
    assert shuffled.picture.tolist() != COMMENTS.picture.tolist()
    assert shuffled.sentences == COMMENTS.sentences


def bank(folder: Path) -> FeatureBank:
    """Rows 0–2 and 3–7 of two videos; each row holds its number."""
    rows = np.arange(8)[:, None, None] * np.ones((1, 2, 3))
    paths = [
        features_file(folder / "1.h5", other=np.ones((3, 2)), tap=rows[:3]),
        features_file(folder / "2.h5", other=np.ones((5, 2)), tap=rows[3:]),
    ]
    return FeatureBank(paths, "tap")


def test_rows_of_several_videos_are_gathered_in_any_order(tmp_path: Path) -> None:
    features = bank(tmp_path)
    assert features.starts.tolist() == [0, 3, 8]
    gathered = features.gather(np.array([7, 0, 3, 2, 2]))
    assert gathered.shape == (5, 2, 3)
    assert gathered[:, 1, 2].tolist() == [7, 0, 3, 2, 2]


def test_statistics_are_those_of_each_channel(tmp_path: Path) -> None:
    values = np.random.default_rng(0).normal(3, 2, (40, 4, 6)).astype(np.float16)
    values[..., 0] = 5
    values[..., 1] = values[0, :, 1]  # positions differ, pictures do not
    features = FeatureBank([features_file(tmp_path / "f.h5", tap=values)], "tap")
    mean, std, spread = features.statistics()
    flat = values.reshape(-1, 6).astype(np.float64)
    np.testing.assert_allclose(mean, flat.mean(0), rtol=1e-4)
    np.testing.assert_allclose(std[1:], flat.std(0)[1:], rtol=1e-4)
    assert std[0] == 1
    gists = values.astype(np.float64).mean(1)[:, 2:] / flat.std(0)[2:]
    np.testing.assert_allclose(spread[2:], gists.std(0), rtol=1e-4)
    assert spread[:2].tolist() == [1, 1]


def test_the_spread_of_vectors_is_that_of_their_standardised_selves(tmp_path: Path) -> None:
    values = np.random.default_rng(0).normal(3, 2, (40, 6)).astype(np.float16)
    values[:, 0] = 5
    mean, std, spread = FeatureBank(
        [features_file(tmp_path / "f.h5", tap=values)], "tap"
    ).statistics()
    np.testing.assert_allclose(mean, values.astype(np.float64).mean(0), rtol=1e-4)
    np.testing.assert_allclose(std[1:], values.astype(np.float64).std(0)[1:], rtol=1e-4)
    assert std[0] == 1
    np.testing.assert_allclose(spread, np.ones(6), rtol=1e-4)


def test_statistics_are_of_rows_spread_evenly_over_the_videos(tmp_path: Path) -> None:
    mean, std, spread = bank(tmp_path).statistics(most=3)  # rows 0, 3 and 7
    np.testing.assert_allclose(mean, np.full(3, 10 / 3), rtol=1e-4)
    np.testing.assert_allclose(std, np.full(3, np.std([0, 3, 7])), rtol=1e-4)
    np.testing.assert_allclose(spread, np.ones(3), rtol=1e-4)


def test_comments_are_split_numbered_and_cut(tmp_path: Path) -> None:
    first = aligned(
        time_ms=[0, 1, 2],
        words=[["a", "b"], ["nobody knows"], ["c", "d", "a", "b"]],
        picture=[2, 1, 0],
        dev=[False, True, False],
    )
    second = aligned(time_ms=[0], words=[["!"]], picture=[4])
    starts = bank(tmp_path).starts
    train, dev = split_comments([first, second], starts, toys.VOCABULARY, most_words=3)
    assert train.picture.tolist() == [2, 0, 3 + 4]
    assert train.sentences == [
        [toys.A, toys.B, END],
        [toys.C, toys.D, toys.A, END],
        [toys.MARK, END],
    ]
    assert dev.picture.tolist() == [1]
    assert dev.sentences == [[UNKNOWN, END]]


@pytest.mark.parametrize("dev", [True, False])
def test_an_empty_side_is_refused(dev: bool) -> None:
    video = aligned(time_ms=[0, 1], dev=[dev, dev])
    with pytest.raises(PipelineError) as caught:
        split_comments([video], np.array([0, 1]), toys.VOCABULARY, 3)
    assert caught.value.code == ExitCode.NO_USABLE_COMMENTS


def test_features_of_one_kind_are_recognised(tmp_path: Path) -> None:
    paths = [
        features_file(tmp_path / f"{n}.h5", grid=np.ones((n, 2, 3)), vector=np.ones((n, 4)))
        for n in (1, 2)
    ]
    assert check_same_backbone(paths, grid=True) == ("grid", "toy", "none", 3)
    assert check_same_backbone(paths, grid=False) == ("vector", "toy", "none", 4)


def test_features_of_different_kinds_are_refused(tmp_path: Path) -> None:
    paths = [
        features_file(tmp_path / "1.h5", grid=np.ones((1, 2, 3))),
        features_file(tmp_path / "2.h5", grid=np.ones((1, 2, 4))),
    ]
    with pytest.raises(PipelineError) as caught:
        check_same_backbone(paths, grid=True)
    assert caught.value.code == ExitCode.BAD_ARTIFACT


def test_comment_sets_know_their_size() -> None:
    assert len(COMMENTS) == 23
    assert len(CommentSet(np.array([], np.int64), [])) == 0
