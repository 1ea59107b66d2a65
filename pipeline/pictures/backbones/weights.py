"""Loading the weights of a classifier."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch

from pipeline.pictures.backbones.faults import no_weights_at
from pipeline.pictures.backbones.preprocessing import Normalization
from pipeline.pictures.backbones.torchvision_on_cpu import models
from pipeline.pictures.backbones.weights_file import file_identity
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.runtime.file_digest import sha256

# Otherwise torchvision unpickles whatever its files contain, code included.
os.environ["TORCH_FORCE_WEIGHTS_ONLY_LOAD"] = "1"


def load_classifier(name: str, weights: str, seed: int) -> tuple[Any, str, Normalization]:
    """A classifier of torchvision, the identity of its weights, and their normalisation.

    ``weights`` is ``imagenet``, ``random``, the name of one of torchvision's sets of weights
    (``IMAGENET1K_V1``), or the path of a state dict.
    Raises PipelineError: WEIGHTS_UNAVAILABLE, INVALID_WEIGHTS.
    """
    published: Any = models.get_model_weights(name)
    choice = published.DEFAULT
    if weights in published.__members__:
        choice = published[weights]
    if weights in published.__members__ or weights == "imagenet":
        return _published(name, choice), f"imagenet {Path(choice.url).stem}", _trained_on(choice)
    if weights == "random":
        torch.manual_seed(seed)
        network, identity = models.get_model(name, weights=None), f"random seed {seed}"
    else:
        path = Path(weights)
        network, identity = _from_file(name, path), file_identity(path)
    return network, identity, _trained_on(choice)


def _trained_on(choice: Any) -> Normalization:
    prepare = choice.transforms()
    return Normalization(mean=tuple(prepare.mean), std=tuple(prepare.std))


def _published(name: str, choice: Any) -> Any:
    place = Path(torch.hub.get_dir()) / "checkpoints" / Path(choice.url).name
    if place.exists():
        _compare_with_name(place)  # torch itself does so after the download only
    try:
        return models.get_model(name, weights=choice, progress=False)
    except (OSError, RuntimeError) as error:
        size = choice.meta["_file_size"] * (1 << 20) / 1e6
        raise PipelineError(
            ExitCode.WEIGHTS_UNAVAILABLE,
            f"the ImageNet weights of {name} cannot be downloaded ({error})",
            f"Put {place.name} ({size:.0f} MB, from torchvision's model zoo) at {place}, give its"
            " path with `features: weights:`, or set `features: weights: random` to try things out",
            may_pass=True,
        ) from error
    except UnpicklingError as error:
        raise _not_as_published(place, "holds something other than weights") from error


def _compare_with_name(place: Path) -> None:
    """Raise INVALID_WEIGHTS unless a file's digest begins with the end of its name."""
    if not sha256(place).startswith(place.stem.rpartition("-")[2]):
        raise _not_as_published(place, "is not the file that torchvision published")


def _not_as_published(place: Path, problem: str) -> PipelineError:
    return PipelineError(
        ExitCode.INVALID_WEIGHTS,
        f"{place} {problem}: it is damaged or was replaced",
        "Delete it, and it will be downloaded again",
    )


def _from_file(name: str, path: Path) -> Any:
    if not path.is_file():
        raise no_weights_at(path)
    network = models.get_model(name, weights=None)
    try:
        if path.suffix == ".safetensors":
            from safetensors.torch import load_file

            state = load_file(path)
        else:
            # Files from before torch 1.6, as most of torchvision's are, cannot be mapped.
            mapped = zipfile.is_zipfile(path)
            state = torch.load(path, map_location="cpu", weights_only=True, mmap=mapped)
        network.load_state_dict(state, assign=True)
    except Exception as error:  # every library has errors of its own for a wrong file
        raise PipelineError(
            ExitCode.INVALID_WEIGHTS,
            f"{path} does not hold weights of {name} ({' '.join(str(error).split())[:200]})",
            f"Give torchvision's {name} state dict as .pth or .safetensors",
        ) from error
    return network
