"""A ``.safetensors`` file of a model: its tensors, and a card in the header that tells of them.

Tensors are torch's or numpy's. Who has numpy's need not have torch.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec
import numpy as np
from safetensors import SafetensorError, safe_open

from pipeline.runtime.atomic_files import published
from pipeline.runtime.errors import ExitCode, PipelineError

Card = TypeVar("Card", bound=msgspec.Struct)


def save_with_card(
    path: Path, tensors: Mapping[str, Any], card: msgspec.Struct, entry: str = "card"
) -> None:
    """Publish tensors of one kind, with ``card`` as JSON in the header's only ``entry``.

    Several entries would be written in any order.
    """
    header = {entry: msgspec.json.encode(card).decode()}
    if all(isinstance(tensor, np.ndarray) for tensor in tensors.values()):
        library = importlib.import_module("safetensors.numpy")
        plain = {name: np.asarray(array, order="C") for name, array in tensors.items()}
    else:
        library = importlib.import_module("safetensors.torch")
        plain = {name: one.detach().cpu().contiguous() for name, one in tensors.items()}
    with published(path) as temporary:
        library.save_file(plain, temporary, header)


@contextmanager
def opened_with_card(
    path: Path,
    card: type[Card],
    framework: Literal["numpy", "pt"],
    again: str,
    entry: str = "card",
) -> Iterator[tuple[Card, dict[str, Any]]]:
    """The card of a file and its tensors by name, on the CPU, for the block to build from.

    Raises PipelineError BAD_ARTIFACT, with ``again`` as what to do, for a file that is damaged or
    of another kind, be it that the block cannot build from it.
    """
    try:
        with safe_open(path, framework=framework) as file:
            found = msgspec.json.decode((file.metadata() or {})[entry], type=card)
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        yield found, tensors
    except (SafetensorError, KeyError, TypeError, msgspec.DecodeError, RuntimeError):
        raise PipelineError(
            ExitCode.BAD_ARTIFACT,
            f"{path} is damaged, or of another version",
            f"Copy the model again, or {again}",
        ) from None
