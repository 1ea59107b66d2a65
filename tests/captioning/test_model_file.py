"""Models on disk."""

from pathlib import Path

import pytest
import torch

from pipeline.captioning.model_file import Model, ModelCard
from pipeline.pictures.features_file import FeatureStore
from pipeline.runtime.errors import ExitCode, PipelineError
from tests.captioning import toys
from tests.captioning.conftest import GRID, features_file
from tests.captioning.reading import (
    bank,
    captions,
)
from tests.captioning.toys import Kind


@toys.all_kinds
@pytest.mark.parametrize("softmax", ["full", "adaptive"])
def test_a_saved_model_reads_alike(tmp_path: Path, kind: Kind, softmax: str) -> None:
    network = toys.captioner(kind, dropout=0.5, softmax=softmax, rate=False)
    network.mean = torch.arange(GRID[1], dtype=torch.float)
    network.std = torch.linspace(1, 3, GRID[1])
    network.spread = torch.linspace(0.1, 0.6, GRID[1])
    card = ModelCard(network.spec, "toy", "none", "tap")
    files = set()
    for _ in range(8):
        Model(network, card, toys.VOCABULARY).save(tmp_path / "model.safetensors")
        files.add((tmp_path / "model.safetensors").read_bytes())
    assert len(files) == 1
    model = Model.load(tmp_path / "model.safetensors")
    loaded = model.captioner
    assert model.card == card
    assert model.vocabulary == toys.VOCABULARY
    assert not loaded.training
    for name in ("mean", "std", "spread"):
        assert torch.equal(getattr(loaded, name), getattr(network, name))
    prompt, words = toys.reading(captions(kind), bank(tmp_path, kind))
    one, other = (one.eval().read(prompt, words) for one in (loaded, network))
    assert all(map(torch.equal, one, other))
    log_probs = [each.softmax.log_probs(one.hidden) for each in (loaded, network)]
    assert torch.equal(*log_probs)


@pytest.mark.parametrize(
    ("backbone", "weights", "tap", "fits"),
    [
        ("toy", "none", "tap", True),
        ("vgg19", "none", "tap", False),
        ("toy", "imagenet", "tap", False),
        ("toy", "none", "other", False),
    ],
)
def test_a_model_refuses_features_of_another_making(
    tmp_path: Path, backbone: str, weights: str, tap: str, fits: bool
) -> None:
    path = features_file(tmp_path / "features.h5", tap=toys.features(toys.ADDITIVE, 2).numpy())
    card = ModelCard(toys.spec(toys.ADDITIVE), backbone, weights, tap)
    with FeatureStore(path) as store:
        if fits:
            card.require_match(store, path)
            return
        with pytest.raises(PipelineError) as caught:
            card.require_match(store, path)
    assert caught.value.code == ExitCode.BAD_ARTIFACT
