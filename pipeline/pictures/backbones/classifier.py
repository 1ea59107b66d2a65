"""torchvision's classifiers, on all devices at once."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from copy import deepcopy
from queue import SimpleQueue
from typing import Any

import torch
from torch import Tensor, fx, nn

from pipeline.learning.device import devices, fastest_dtype
from pipeline.learning.precision import Precision
from pipeline.pictures.backbones.backbone import as_rows
from pipeline.pictures.backbones.preprocessing import Normalization
from pipeline.pictures.backbones.taps import extractor
from pipeline.pictures.backbones.torchvision_on_cpu import models
from pipeline.pictures.backbones.weights import load_classifier
from pipeline.pictures.backbones.winograd import use_winograd
from pipeline.runtime.arrays import Float16s, UInt8s
from pipeline.runtime.errors import ExitCode, PipelineError

_BATCH = {"cuda": 64, "cpu": 8}
_BATCH_FLOAT32 = 4  # on a CPU; more are no faster and take memory
_STREAMS = 2  # a GPU computes one batch while another is copied


def classifier_names() -> list[str]:
    """torchvision's names of its classifiers of single pictures."""
    return list(models.list_models(module=models))


def require_known(name: str) -> None:
    """Raise PipelineError INVALID_SETTING unless torchvision has such a classifier."""
    names = classifier_names()
    if name not in names:
        near = difflib.get_close_matches(name, names, 3)
        raise PipelineError(
            ExitCode.INVALID_SETTING,
            f"features.backbone: there is no backbone {name}",
            f"Use the path of an .onnx file or a classifier of torchvision, such as"
            f" {', '.join(near or ['vgg19', 'resnet50', 'alexnet'])}",
        )


class Classifier:
    """A network, cut off after its deepest tap, with a copy on each device."""

    def __init__(
        self,
        name: str,
        weights: str,
        taps: Sequence[str],
        size: int,
        seed: int,
        precision: Precision,
        normalization: Normalization | None,
    ) -> None:
        network, self.weights, trained_on = load_classifier(name, weights, seed)
        normalization = normalization or trained_on
        cut = extractor(network.eval(), name, taps)
        available = devices()
        kind, dtype = available[0].type, fastest_dtype(available[0], precision)
        self.name = name
        self.preprocessing = str(normalization)
        self.precision = f"{str(dtype).removeprefix('torch.')} on {kind}"
        self.shapes: Mapping[str, tuple[int, ...]] = _shapes(cut, name, size)
        self.batch = _BATCH.get(kind, _BATCH["cpu"])
        if kind == "cpu" and dtype == torch.float32:
            self.batch = _BATCH_FLOAT32
            use_winograd(cut, size)
        others = available[1:]
        copies = [_Copy(deepcopy(cut).eval(), device, dtype, normalization) for device in others]
        copies.append(_Copy(cut, available[0], dtype, normalization))
        self.workers = len(copies) * (_STREAMS if kind == "cuda" else 1)
        self._free: SimpleQueue[_Copy] = SimpleQueue()
        for place in range(self.workers):
            self._free.put(copies[place % len(copies)])

    def __call__(self, pictures: UInt8s) -> dict[str, Float16s]:
        """Map (n, s, s, 3) to (n, p, c) or (n, c) for each tap; threads may call at once."""
        network = self._free.get()
        try:
            return network(pictures)
        finally:
            self._free.put(network)


def check_classifier(name: str, weights: str, taps: Sequence[str], size: int) -> None:
    """Raise the PipelineError that making a ``Classifier`` would; random weights cost nothing.

    Weights that torchvision publishes are downloaded if they are missing.
    """
    require_known(name)
    with torch.device("meta") if weights == "random" else nullcontext():
        network, *_ = load_classifier(name, weights, seed=0)
        _shapes(extractor(network.eval(), name, taps), name, size)


def _shapes(cut: fx.GraphModule, name: str, size: int) -> dict[str, tuple[int, ...]]:
    """The shape of a row by tap, from a trial run."""
    try:
        with torch.inference_mode():
            outputs = cut(torch.zeros(1, 3, size, size))
    except (RuntimeError, AssertionError) as error:
        raise PipelineError(
            ExitCode.INVALID_SETTING,
            f"{name} cannot take pictures of {size} pixels ({error})",
            "Set `frames: size:` to what the network was made for",
        ) from error
    return {tap: tuple(as_rows(tap, values).shape[1:]) for tap, values in outputs.items()}


class _Copy:
    """The network on one device."""

    def __init__(
        self, cut: fx.GraphModule, device: torch.device, dtype: torch.dtype, normal: Normalization
    ) -> None:
        to_device: Any = cut.to  # its stub lacks memory_format
        self._network: nn.Module = to_device(device, dtype, memory_format=torch.channels_last)
        self._device = device
        self._dtype = dtype
        self._mean = torch.tensor(normal.mean, device=device) * 255
        self._std = torch.tensor(normal.std, device=device) * 255

    def __call__(self, pictures: UInt8s) -> dict[str, Float16s]:
        with torch.inference_mode(), self._stream():
            batch = self._from_host(torch.from_numpy(pictures))
            # Permuted without moving memory, pictures are in the channels-last layout.
            normal = batch.float().sub_(self._mean).div_(self._std).permute(0, 3, 1, 2)
            outputs = self._network(normal.to(self._dtype))
            rows = {tap: as_rows(tap, values) for tap, values in outputs.items()}
            return dict(zip(rows, self._to_host(rows.values()), strict=True))

    def _stream(self) -> AbstractContextManager[object]:
        if self._device.type != "cuda":
            return nullcontext()
        own: Any = torch.cuda.Stream
        return torch.cuda.stream(own(self._device))

    def _from_host(self, pictures: Tensor) -> Tensor:
        if self._device.type == "cuda":
            pictures = pictures.pin_memory()
        return pictures.to(self._device, non_blocking=True)

    def _to_host(self, rows: Iterable[Tensor]) -> list[Float16s]:
        if self._device.type == "cuda":
            pinned = [torch.empty_like(values, device="cpu", pin_memory=True) for values in rows]
            for target, values in zip(pinned, rows, strict=True):
                target.copy_(values, non_blocking=True)
            torch.cuda.current_stream().synchronize()
            rows = pinned
        return [values.cpu().numpy() for values in rows]
