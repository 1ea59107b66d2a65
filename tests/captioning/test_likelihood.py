from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from pipeline.captioning.caption_set import CaptionSet
from pipeline.captioning.captioner import Captioner
from pipeline.captioning.likelihood import caption_nats, word_places
from pipeline.pictures.feature_bank import FeatureBank, MeanPictureBank
from tests.captioning import toys
from tests.captioning.conftest import features_file
from tests.captioning.toys import Kind


def nats(
    network: Captioner, captions: CaptionSet, shown: FeatureBank, batch_size: int = 512
) -> list[float]:
    result = caption_nats(network, shown, captions.inputs, captions.sentences, batch_size)
    assert result.dtype == np.float64
    return [*result]


def one_by_one(network: Captioner, comments: CaptionSet, shown: FeatureBank) -> list[float]:
    """Word by word, the end mark after the last."""
    result = []
    for row, sentence in enumerate(comments.sentences):
        prompt, words = toys.reading(comments, shown, [row])
        state, total = network.start(prompt), 0.0
        for token, truth in zip(words.inputs, sentence, strict=True):
            step = network.step(token[None], state)
            state, total = (
                step.state,
                total - network.softmax.log_probs(step.hidden)[0, truth].item(),
            )
        result.append(total)
    return result


@toys.all_kinds
@pytest.mark.parametrize("softmax", ["full", "adaptive"])
def test_nats_are_the_sum_over_the_words_of_each_comment_in_order(
    tmp_path: Path, kind: Kind, softmax: str
) -> None:
    network, shown = toys.captioner(kind, softmax=softmax), toys.bank(tmp_path, kind, 5)
    comments = toys.mixed_captions(kind, 23, 5)
    expected = pytest.approx(one_by_one(network, comments, shown), rel=1e-5)
    assert len({round(n, 3) for n in expected.expected}) > 20
    for batch in (1, 2, 7, 512):
        assert nats(network, comments, shown, batch) == expected


@toys.all_kinds
@pytest.mark.parametrize("softmax", ["full", "adaptive"])
def test_words_are_placed_among_all_words_in_the_order_of_each_caption(
    tmp_path: Path, kind: Kind, softmax: str
) -> None:
    network, shown = toys.captioner(kind, softmax=softmax), toys.bank(tmp_path, kind, 5)
    comments = toys.mixed_captions(kind, 9, 5)
    places = word_places(network, shown, comments.inputs, comments.sentences, batch_size=4)
    for row, (sentence, place) in enumerate(zip(comments.sentences, places, strict=True)):
        prompt, words = toys.reading(comments, shown, [row])
        state = network.start(prompt)
        for n, (token, truth) in enumerate(zip(words.inputs, sentence, strict=True)):
            step = network.step(token[None], state)
            state, (log_probs,) = step.state, network.softmax.log_probs(step.hidden)
            assert place.nats[n] == pytest.approx(-log_probs[truth].item(), rel=1e-4)
            better = (log_probs > log_probs[truth] + 1e-5).sum().item()
            assert better < place.rank[n] <= (log_probs >= log_probs[truth] - 1e-5).sum().item()
        assert len(place.nats) == len(place.rank) == len(sentence)


def test_dropout_has_no_part_in_it(tmp_path: Path) -> None:
    shown, comments = toys.bank(tmp_path, toys.DOT, 5), toys.mixed_captions(toys.DOT, 9, 5)
    with_dropout = toys.captioner(toys.DOT, dropout=0.5)
    with_dropout.train()
    assert nats(with_dropout, comments, shown) == nats(toys.captioner(toys.DOT), comments, shown)


def test_a_comment_that_is_expected_has_few_nats_and_one_that_is_not_has_many(
    tmp_path: Path,
) -> None:
    network, shown = toys.captioner(toys.DOT), toys.bank(tmp_path, toys.DOT)
    with torch.no_grad():
        network.get_parameter("softmax.out.bias")[toys.C] += 20
    comments = toys.caption_set(toys.inputs(toys.DOT, [0, 1]), [[toys.C], [toys.D]])
    expected, unexpected = nats(network, comments, shown)
    assert 15 < expected < 25  # its end mark only
    assert unexpected > expected + 15


def videos(folder: Path, kind: Kind) -> tuple[list[Path], torch.Tensor]:
    """Two feature files, and all rows of both."""
    rows = toys.features(kind, 8).half()
    paths = [folder / "1.h5", folder / "2.h5"]
    for path, part in zip(paths, (rows[:3], rows[3:]), strict=True):
        features_file(path, tap=part.numpy())
    return paths, rows


@toys.each([toys.DOT, toys.BLIND])
@pytest.mark.parametrize("batch", [2, 256])
def test_the_mean_picture_bank_replaces_each_row_by_the_mean(
    tmp_path: Path, kind: Kind, batch: int
) -> None:
    paths, rows = videos(tmp_path, kind)
    mean_bank = MeanPictureBank(paths, "tap", batch)
    mean = rows.double().mean(0)
    gathered = mean_bank.gather(np.array([7, 0, 0, 4]))
    assert gathered.dtype == torch.float16
    assert gathered.shape == (4, *rows.shape[1:])
    for row in gathered:
        np.testing.assert_allclose(row, mean, atol=1e-3)
    assert mean_bank.starts.tolist() == [0, 3, 8]
    assert mean_bank.row_shape == rows.shape[1:]
    position = mean.mean(0) if kind.attends else mean
    np.testing.assert_allclose(mean_bank.means, position.expand(8, -1), atol=1e-3)


@pytest.mark.parametrize("make", [FeatureBank, MeanPictureBank])
def test_all_pictures_of_the_mean_picture_bank_are_alike(
    tmp_path: Path, make: Callable[[list[Path], str], FeatureBank]
) -> None:
    kind = toys.TRANSFORMER
    paths, _ = videos(tmp_path, kind)
    comments = toys.caption_set(toys.inputs(kind, range(8)), [[toys.A, toys.C]] * 8)
    result = nats(toys.captioner(kind), comments, make(paths, "tap"))
    assert (np.ptp(result) < 1e-4) == (make is MeanPictureBank)
