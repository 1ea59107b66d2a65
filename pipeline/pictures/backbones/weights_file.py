"""Files of weights."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from pickle import UnpicklingError  # nothing is unpickled: torch's loader raises this
from typing import Any, TypeVar

from pipeline.pictures.backbones.choice import Choice
from pipeline.pictures.backbones.faults import no_file_at
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.runtime.file_digest import sha256

Network = TypeVar("Network")


def file_identity(path: Path) -> str:
    """A file's name and the beginning of its digest."""
    return f"{path.name} sha256 {sha256(path)[:16]}"


def read_state_dict(path: Path) -> dict[str, Any]:
    """The tensors of a ``.safetensors`` file, or of one that torch wrote; no code in it runs."""
    if path.suffix == ".safetensors":
        from safetensors.torch import load_file

        return load_file(path)
    import torch

    # Files from before torch 1.6, as most of torchvision's are, cannot be mapped.
    mapped = zipfile.is_zipfile(path)
    state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True, mmap=mapped)
    return state


@contextmanager
def taking_weights(path: Path, name: str) -> Iterator[None]:
    """Report what goes wrong in the block as a file that is missing or of another network.

    Raises PipelineError: WEIGHTS_UNAVAILABLE, INVALID_WEIGHTS.
    """
    if not path.is_file():
        raise no_file_at(path, "file of weights", ["imagenet", "random"])
    try:
        yield
    except Exception as error:  # every library has errors of its own for a wrong file
        why = "it is no file of tensors" if isinstance(error, UnpicklingError) else str(error)
        raise PipelineError(
            ExitCode.INVALID_WEIGHTS,
            f"{path} does not hold weights of {name} ({' '.join(why.split())[:200]})",
            f"Give a state dict of {name} as .pth or .safetensors",
        ) from error


def own_weights(
    choice: Choice, build: Callable[[], Network], take: Callable[[Network, Path], object]
) -> tuple[Network, str]:
    """A network without published weights, and what its weights are.

    They are random, or ``take`` loads those of the file that ``choice`` names. Raises
    PipelineError as ``taking_weights`` does.
    """
    import torch

    torch.manual_seed(choice.seed)
    network = build()
    if choice.weights == "random":
        return network, f"random seed {choice.seed}"
    path = Path(choice.weights)
    with taking_weights(path, choice.name):
        take(network, path)
    return network, file_identity(path)
