import itertools
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


@pytest.mark.parametrize("size", [1, 4, 23, 100])
@pytest.mark.parametrize("seed", [None, 1])
def test_batches_hold_every_comment_once_with_its_picture(size: int, seed: int | None) -> None:
    draws = None if seed is None else np.random.default_rng(seed)
    batches = list(COMMENTS.batches(size, draws))
    found = [comment for batch in batches for comment in said(batch)]
    wanted = list(zip(COMMENTS.picture.tolist(), map(tuple, COMMENTS.sentences), strict=True))
    assert sorted(found) == sorted(wanted)
    assert all(len(batch.tokens) <= size for batch in batches)
    assert all(len(set(batch.pictures.tolist())) == len(batch.pictures) for batch in batches)


def test_padding_goes_only_to_the_longest_of_a_batch() -> None:
    for batch in COMMENTS.batches(4, np.random.default_rng(1)):
        assert (batch.tokens[:, -1] == END).any()


def test_comments_of_like_length_keep_company() -> None:
    lengths = [
        sorted(len(words) for _, words in said(batch))
        for batch in COMMENTS.batches(4, np.random.default_rng(1))
    ]
    for shorter, longer in itertools.pairwise(sorted(lengths)):
        assert shorter[-1] <= longer[0]


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
    features = FeatureBank([features_file(tmp_path / "f.h5", tap=values)], "tap")
    mean, std = features.statistics()
    flat = values.reshape(-1, 6).astype(np.float64)
    np.testing.assert_allclose(mean, flat.mean(0), rtol=1e-4)
    np.testing.assert_allclose(std[1:], flat.std(0)[1:], rtol=1e-4)
    assert std[0] == 1


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
