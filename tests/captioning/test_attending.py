"""What captioners attend to."""

from pathlib import Path

import pytest
import torch

from tests.captioning import toys
from tests.captioning.conftest import GRID
from tests.captioning.reading import (
    FULL,
    LENGTHS,
    PICTURES,
    bank,
    captions,
    read_alone,
    read_full,
    sensitive,
)
from tests.captioning.toys import Kind


@toys.attending
def test_attention_sums_to_one_over_the_positions(tmp_path: Path, kind: Kind) -> None:
    for step in read_full(toys.captioner(kind), kind, bank(tmp_path, kind)):
        assert step.weights is not None
        assert step.weights.shape == (5, GRID[0])
        assert (step.weights > 0).all()
        torch.testing.assert_close(step.weights.sum(1), torch.ones(5))


@toys.attending
def test_attention_moves_from_word_to_word_and_from_picture_to_picture(
    tmp_path: Path, kind: Kind
) -> None:
    first, second, *_ = read_full(sensitive(kind), kind, bank(tmp_path, kind))
    assert first.weights is not None
    assert second.weights is not None
    assert (first.weights - second.weights).abs().max() > 1e-3
    assert (first.weights[0] - first.weights[1]).abs().max() > 1e-3


@toys.attending
def test_captions_on_one_picture_attend_as_each_does_alone(tmp_path: Path, kind: Kind) -> None:
    network, shown = sensitive(kind), bank(tmp_path, kind)
    steps = read_full(network, kind, shown)
    together = torch.stack([step.weights for step in steps if step.weights is not None], 1)
    for row in range(len(PICTURES)):
        _, alone = read_alone(network, captions(kind, FULL), shown, row)
        torch.testing.assert_close(together[row], alone)
    # Captions 0, 3 and 4 share a picture, but attend differently once their words differ.
    assert (together[0, 2] - together[3, 2]).abs().max() > 1e-4


@toys.attending
def test_coverage_is_the_attention_during_a_caption(tmp_path: Path, kind: Kind) -> None:
    network, shown = sensitive(kind), bank(tmp_path, kind)
    coverage = network.read(*toys.reading(captions(kind), shown)).coverage
    torch.testing.assert_close(coverage.sum(1), torch.tensor(LENGTHS, dtype=torch.float32))
    for row, row_coverage in enumerate(coverage):
        _, alone = read_alone(network, captions(kind), shown, row)
        torch.testing.assert_close(row_coverage, alone.sum(0))


@toys.each([toys.BLIND, toys.BLIND_TRANSFORMER])
def test_without_attention_there_are_no_weights(tmp_path: Path, kind: Kind) -> None:
    for step in read_full(toys.captioner(kind), kind, bank(tmp_path, kind)):
        assert step.weights is None


@pytest.mark.parametrize("bias", [-200.0, 200.0], ids=["shut", "open"])
def test_a_shut_gate_lets_nothing_be_seen(tmp_path: Path, bias: float) -> None:
    network = sensitive(toys.ADDITIVE)
    network.get_submodule("gate").bias.data.fill_(bias)  # type: ignore[operator]
    prompt, words = toys.reading(captions(toys.ADDITIVE), bank(tmp_path, toys.ADDITIVE))
    state = network.start(prompt)
    moved = state._replace(pictures=state.pictures._replace(values=state.pictures.values + 1))
    one, other = (network.step(words.inputs[:5], begun).hidden for begun in (state, moved))
    assert torch.equal(one, other) == (bias < 0)


@toys.lstms
def test_each_picture_is_read_once(tmp_path: Path, kind: Kind) -> None:
    network = toys.captioner(kind)
    prompt, _ = toys.reading(captions(kind), bank(tmp_path, kind))
    pictures = network.start(prompt).pictures
    assert pictures.values.shape == (3, *prompt.features.shape[1:-1], network.spec.size)
    assert pictures.keys.shape == (pictures.values.shape if kind.attends else (0, 16))
    assert pictures.groups.picture.tolist() == PICTURES
