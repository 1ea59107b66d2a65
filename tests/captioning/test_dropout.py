"""Dropout by masks."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from pipeline.captioning.dropout import DropoutMasks, draw_masks
from tests.captioning import toys
from tests.captioning.reading import (
    bank,
    captions,
    sensitive,
)
from tests.captioning.toys import CPU, Kind


@toys.all_kinds
def test_dropout_leaves_out_what_the_masks_say(tmp_path: Path, kind: Kind) -> None:
    network = sensitive(kind, dropout=0.5)
    prompt, words = toys.reading(captions(kind), bank(tmp_path, kind))
    whole = DropoutMasks(torch.ones(3, 16), torch.ones(5, 16), torch.ones(5, 16))
    plain = network.train().read(prompt, words)
    torch.testing.assert_close(network.read(prompt, words, whole), plain)
    for name, mask in whole._asdict().items():
        masked = mask.clone()
        masked[0, 8:] = 0
        changed = (
            network.read(prompt, words, whole._replace(**{name: masked})).hidden - plain.hidden
        )
        touched = words.caption == (1 if name == "picture" else 0)  # picture 0 is the second's
        assert changed[touched].any(1).all(), name
        assert not changed[~touched].abs().gt(1e-5).any(), name


@pytest.mark.parametrize("share", [0.2, 0.5])
def test_masks_keep_their_share_scaled_up(share: float) -> None:
    masks = draw_masks(share, (300, 500, 16), [1, 2, 3], CPU)
    assert masks is not None
    assert [mask.shape for mask in masks] == [(300, 16), (500, 16), (500, 16)]
    for mask in masks:
        assert set(mask.flatten().tolist()) == {0, np.float32(1 / (1 - share))}
        assert (mask == 0).float().mean().item() == pytest.approx(share, abs=0.03)


def test_masks_are_a_function_of_their_seed() -> None:
    def drawn(*seed: int) -> Tensor:
        masks = draw_masks(0.5, (3, 5, 16), list(seed), CPU)
        assert masks is not None
        return torch.cat(masks)

    once = drawn(1, 2, 3)
    torch.manual_seed(99)
    state = torch.get_rng_state()
    assert torch.equal(once, drawn(1, 2, 3))
    assert torch.equal(state, torch.get_rng_state())
    for other in ([1, 2, 4], [1, 3, 3], [2, 2, 3], [3, 2, 1], [1, 23], [12, 3]):
        assert not torch.equal(once, drawn(*other)), other


def test_without_dropout_there_are_no_masks() -> None:
    assert draw_masks(0.0, (3, 5, 16), [1], CPU) is None
