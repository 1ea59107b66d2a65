"""Weights that torchvision publishes, from torch's cache: small files made here."""

import hashlib
import io
import re
from pathlib import Path
from typing import Any

import pytest
import torch

from pipeline.pictures.backbones.choice import Choice
from pipeline.pictures.backbones.torchvision_networks import Torchvision
from pipeline.pictures.backbones.torchvision_on_cpu import models
from pipeline.runtime.errors import ExitCode, PipelineError

NETWORK = "squeezenet1_1"
CHOICE = Choice(NETWORK, "imagenet", ("logits",), 64)


def published(folder: Path, content: bytes, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file in torch's cache under the name that torchvision would have given it."""
    monkeypatch.setenv("TORCH_HOME", str(folder))
    digest = hashlib.sha256(content).hexdigest()[:8]
    weights = models.get_model_weights(NETWORK).DEFAULT.value
    name = f"{NETWORK}-{digest}.pth"
    monkeypatch.setattr(weights, "url", f"https://nowhere.invalid/models/{name}")
    cached = folder / "hub" / "checkpoints" / name
    cached.parent.mkdir(parents=True)
    cached.write_bytes(content)
    return cached


def pickled(content: object) -> bytes:
    torch.save(content, file := io.BytesIO(), _use_new_zipfile_serialization=False)
    return file.getvalue()


def test_a_cached_download_is_compared_with_its_hash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = models.get_model(NETWORK).state_dict()
    cached = published(tmp_path, content := pickled(state), monkeypatch)
    built = Torchvision().build(CHOICE)
    assert built.weights == f"imagenet {cached.stem}"
    assert all(torch.equal(value, state[key]) for key, value in built.network.state_dict().items())
    cached.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(PipelineError) as caught:
        Torchvision().build(CHOICE)
    assert caught.value.code == ExitCode.INVALID_WEIGHTS
    assert str(cached) in caught.value.problem
    assert "Delete it" in caught.value.remedy


def test_code_in_a_download_does_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hash in a name is short enough to be forged."""

    class Evil:
        def __reduce__(self) -> tuple[Any, ...]:
            return Path.touch, (tmp_path / "was here",)

    published(tmp_path, pickled({"fc.weight": Evil()}), monkeypatch)
    with pytest.raises(PipelineError) as caught:
        Torchvision().build(CHOICE)
    assert caught.value.code == ExitCode.INVALID_WEIGHTS
    assert not (tmp_path / "was here").exists()


def test_every_file_of_torchvisions_names_its_hash() -> None:
    for name in models.list_models(module=models):
        for weights in models.get_model_weights(name):
            assert re.search(r"-[0-9a-f]{8,}\.pth$", weights.url), weights.url
