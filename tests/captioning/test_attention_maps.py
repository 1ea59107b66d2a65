from pathlib import Path

import numpy as np
import pytest
import torch

from pipeline.captioning.attention_maps import Maps, caption_maps
from pipeline.captioning.captioner import Captioner
from pipeline.captioning.settings import Attention, Decoder
from pipeline.danmaku.training.inputs import inputs_of_generated
from pipeline.evaluation.peaks import peak_positions
from pipeline.pictures.feature_bank import FeatureBank
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.text.vocabulary import BEGIN, UNKNOWN
from tests.attending import SIDE, bank, captioner, comment, features, frames, peaks, staring

CPU = torch.device("cpu")
SENTENCES = [[4, 5], [6], [], [5, 5, 4, UNKNOWN]]
COMMENTS = [comment(200 * number, *"x" * len(words)) for number, words in enumerate(SENTENCES)]
EVERY = np.arange(len(COMMENTS))


def maps_of(
    network: Captioner,
    features: FeatureBank,
    sentences: list[list[int]] = SENTENCES,
    batch_size: int = 64,
) -> list[Maps]:
    inputs = inputs_of_generated(COMMENTS, sentences, EVERY, frames(4), network.spec)
    maps = caption_maps(network, inputs, features, sentences, batch_size)
    return [one.attention for one in maps]


@pytest.mark.parametrize(
    ("decoder", "attention"), [("lstm", "additive"), ("lstm", "dot"), ("transformer", "dot")]
)
def test_each_word_and_the_end_mark_have_a_map_of_their_own(
    tmp_path: Path, decoder: Decoder, attention: Attention
) -> None:
    maps = maps_of(captioner(decoder, attention), bank(tmp_path, features(4)))
    assert [found.shape for found in maps] == [(len(s) + 1, SIDE**2) for s in SENTENCES]
    for found in maps:
        assert found.dtype == np.float32
        assert found.sum(1) == pytest.approx(1)
        assert found.min() >= 0
    assert np.abs(maps[3][1] - maps[3][0]).max() > 1e-3
    assert np.abs(maps[3][2] - maps[3][1]).max() > 1e-3


@pytest.mark.parametrize("decoder", ["lstm", "transformer"])
def test_a_map_is_what_was_seen_before_its_word(tmp_path: Path, decoder: Decoder) -> None:
    """Another word changes no map of those up to its own."""
    network, shown = captioner(decoder, "dot"), bank(tmp_path, features(4))
    one = maps_of(network, shown)[3]
    other = maps_of(network, shown, [*SENTENCES[:3], [5, 5, 6, UNKNOWN]])[3]
    assert np.array_equal(one[:3], other[:3])
    assert not np.array_equal(one[4], other[4])


def test_the_first_map_is_that_of_the_step_that_reads_the_begin_mark(tmp_path: Path) -> None:
    network, shown = captioner(), bank(tmp_path, features(4))
    inputs = inputs_of_generated(COMMENTS, SENTENCES, EVERY, frames(4), network.spec)
    with torch.inference_mode():
        weights = network.step(torch.full((4,), BEGIN), network.start(inputs.prompt(shown, CPU)))
    assert weights.weights is not None
    first = np.stack([found[0] for found in maps_of(network, shown)])
    assert np.array_equal(first, weights.weights.numpy())


def test_the_size_of_batches_changes_nothing(tmp_path: Path) -> None:
    network, shown = captioner("transformer", "dot"), bank(tmp_path, features(4))
    together = maps_of(network, shown)
    for one, other in zip(maps_of(network, shown, batch_size=1), together, strict=True):
        assert one == pytest.approx(other, abs=1e-5)


def test_a_planted_position_is_pointed_at(tmp_path: Path) -> None:
    maps = maps_of(staring(), bank(tmp_path, peaks([0, 3, 13, 10])))
    centres = [peak_positions(found, SIDE).tolist() for found in maps]
    assert centres[0] == [[1 / 8, 1 / 8]] * 3
    assert centres[1] == [[7 / 8, 1 / 8]] * 2
    assert centres[2] == [[3 / 8, 7 / 8]]
    assert centres[3] == [[5 / 8, 5 / 8]] * 5


def test_one_map_gives_one_centre() -> None:
    x, y = peak_positions(np.array([0.1, 0.2, 0.4, 0.4]), 2)
    assert (x, y) == (0.25, 0.75)


def test_a_model_without_attention_is_refused_with_a_remedy(tmp_path: Path) -> None:
    shown = bank(tmp_path, features(4).mean(1))
    with pytest.raises(PipelineError) as caught:
        maps_of(captioner(attention="none"), shown)
    assert caught.value.code == ExitCode.BAD_ARTIFACT
    assert "attention: additive" in caught.value.remedy


def test_positions_that_are_no_square_are_refused(tmp_path: Path) -> None:
    with pytest.raises(PipelineError) as caught:
        maps_of(captioner(), bank(tmp_path, features(4)[:, :15]))
    assert caught.value.code == ExitCode.BAD_ARTIFACT
    assert "15 positions" in caught.value.problem
