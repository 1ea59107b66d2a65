"""Networks of torch's, on all devices at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from copy import deepcopy
from queue import SimpleQueue
from typing import Any, NamedTuple, Protocol

import torch
from torch import Tensor, fx, nn

from pipeline.learning.device import devices, fastest_dtype
from pipeline.learning.threads import computing_with
from pipeline.pictures.backbones.backbone import as_rows
from pipeline.pictures.backbones.choice import Choice
from pipeline.pictures.backbones.faults import unknown_tap
from pipeline.pictures.backbones.folding import fold_batch_norms
from pipeline.pictures.backbones.preprocessing import Normalization
from pipeline.pictures.backbones.taps import Layers, Opaque
from pipeline.pictures.backbones.trial_run import trial_run
from pipeline.pictures.backbones.winograd import use_winograd
from pipeline.runtime.arrays import Float16s, UInt8s
from pipeline.runtime.errors import ExitCode, PipelineError

_BATCH = {"cuda": 64, "cpu": 4}  # on a CPU, more are no faster and take memory
_STREAMS = 2  # a GPU computes one batch while another is copied
_MOST_AT_ONCE = 16  # batches on a CPU: each takes memory, up to 150 MB for VGG-19


class Pretrained(NamedTuple):
    """A network of torch's, as a library builds it."""

    network: nn.Module
    weights: str
    """What was loaded; see ``Backbone.weights``."""
    normalization: Normalization
    aliases: Callable[[Layers], Mapping[str, str]]
    """From the layers to other names for some of them."""
    opaque: Opaque = Opaque()
    prefix_tokens: int = 0
    """Tokens of a transformer that stand before those of positions."""


class Library(Protocol):
    """Who builds networks by their names."""

    def require_known(self, name: str) -> None:
        """Raise PipelineError INVALID_SETTING unless there is a network of this name."""

    def build(self, choice: Choice) -> Pretrained:
        """Build a known network. Raises PipelineError: WEIGHTS_UNAVAILABLE, INVALID_WEIGHTS."""


class TorchNetwork:
    """A network, cut off after its deepest tap, with a copy on each device."""

    def __init__(self, choice: Choice, library: Library) -> None:
        library.require_known(choice.name)
        pretrained = library.build(choice)
        normalization = choice.normalization or pretrained.normalization
        cut = cut_off(pretrained, choice)
        available = devices()
        kind, dtype = available[0].type, fastest_dtype(available[0], choice.precision)
        self.name = choice.name
        self.weights = pretrained.weights
        self.preprocessing = str(normalization)
        self.precision = f"{str(dtype).removeprefix('torch.')} on {kind}"
        skip = pretrained.prefix_tokens
        self.shapes = _shapes(cut, choice, skip)
        self.batch = _BATCH.get(kind, _BATCH["cpu"])
        fold_batch_norms(cut)
        if kind == "cpu" and dtype == torch.float32:
            use_winograd(cut, choice.size)
        copies = [
            _Copy(deepcopy(cut).eval(), device, dtype, normalization, skip)
            for device in available[1:]
        ]
        copies.append(_Copy(cut, available[0], dtype, normalization, skip))
        # Threads that each compute a batch of their own wait less than those that share one.
        threads = torch.get_num_threads()
        self.workers = len(copies) * (_STREAMS if kind == "cuda" else min(threads, _MOST_AT_ONCE))
        self._threads_each = max(1, threads // self.workers)
        self._free: SimpleQueue[_Copy] = SimpleQueue()
        for place in range(self.workers):
            self._free.put(copies[place % len(copies)])

    def __call__(self, pictures: UInt8s) -> dict[str, Float16s]:
        """Map (n, s, s, 3) to (n, p, c) or (n, c) for each tap; threads may call at once."""
        network = self._free.get()
        try:
            with computing_with(self._threads_each):
                return network(pictures)
        finally:
            self._free.put(network)


def check_torch(choice: Choice, library: Library) -> None:
    """Raise the PipelineError that making a ``TorchNetwork`` would.

    Random weights cost nothing.
    """
    library.require_known(choice.name)
    with torch.device("meta") if choice.weights == "random" else nullcontext():
        pretrained = library.build(choice)
        _shapes(cut_off(pretrained, choice), choice, pretrained.prefix_tokens)


def cut_off(pretrained: Pretrained, choice: Choice) -> fx.GraphModule:
    """The part of the network that the taps need. Raises PipelineError INVALID_SETTING."""
    layers = Layers(pretrained.network, pretrained.opaque)
    aliases = pretrained.aliases(layers)
    known = {**{layer: layer for layer in layers.names}, **aliases}
    if not known.keys() >= set(choice.taps):
        with _fitting(choice):
            common = layers.common_names(choice.size, pretrained.prefix_tokens)
        known = common | known
        if unknown := [tap for tap in choice.taps if tap not in known]:
            outermost = [name for name in layers.names if "." not in name]
            raise unknown_tap(
                unknown[0], list(dict.fromkeys([*common, *aliases, *outermost])), choice.name
            )
    return layers.cut({tap: known[tap] for tap in choice.taps})


def freeze_until(cut: fx.GraphModule, tap: str) -> None:
    """Keep the layers up to a tap as they are: edges and textures need not be learned anew."""
    (output,) = (node for node in cut.graph.nodes if node.op == "output")
    last: Any = output.args[0][tap]
    for node in cut.graph.nodes:
        if node.op == "call_module":
            cut.get_submodule(str(node.target)).requires_grad_(False)
        if node is last:
            return


def _shapes(
    cut: fx.GraphModule, choice: Choice, prefix_tokens: int
) -> Mapping[str, tuple[int, ...]]:
    """The shape of a row by tap, from a trial run."""
    device = next(cut.parameters()).device
    with _fitting(choice), trial_run():
        outputs = cut(torch.zeros(1, 3, choice.size, choice.size, device=device))
    return {
        tap: tuple(as_rows(tap, values, prefix_tokens).shape[1:]) for tap, values in outputs.items()
    }


@contextmanager
def _fitting(choice: Choice) -> Iterator[None]:
    """Report what the network says of pictures of another size than it takes."""
    try:
        yield
    except (RuntimeError, AssertionError) as error:
        raise PipelineError(
            ExitCode.INVALID_SETTING,
            f"{choice.name} cannot take pictures of {choice.size} pixels ({error})",
            "Set `frames: size:` to what the network was made for",
        ) from error


class _Copy:
    """The network on one device."""

    def __init__(
        self,
        cut: fx.GraphModule,
        device: torch.device,
        dtype: torch.dtype,
        normal: Normalization,
        prefix_tokens: int,
    ) -> None:
        self._network: nn.Module = cut.to(device, dtype)
        for weights in cut.parameters():
            if weights.ndim == 4:  # Module.to would also try it with buffers of five dimensions
                weights.data = weights.data.contiguous(memory_format=torch.channels_last)
        self._device = device
        self._dtype = dtype
        self._prefix_tokens = prefix_tokens
        self._mean = torch.tensor(normal.mean, device=device) * 255
        self._std = torch.tensor(normal.std, device=device) * 255

    def __call__(self, pictures: UInt8s) -> dict[str, Float16s]:
        with torch.inference_mode(), self._stream():
            batch = self._from_host(torch.from_numpy(pictures))
            # Permuted without moving memory, pictures are in the channels-last layout.
            normal = batch.float().sub_(self._mean).div_(self._std).permute(0, 3, 1, 2)
            outputs = self._network(normal.to(self._dtype))
            rows = {
                tap: as_rows(tap, values, self._prefix_tokens) for tap, values in outputs.items()
            }
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
