"""Pretrained networks with named taps.

n  pictures in a batch        p  positions of a grid (14 · 14 for 224-pixel pictures)
s  side of a picture          c  channels of a tap
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from pipeline.errors import ExitCode, PipelineError

UInt8s = npt.NDArray[np.uint8]
Float16s = npt.NDArray[np.float16]


class Backbone(Protocol):
    """A network that turns pictures into the values of its taps."""

    name: str
    weights: str
    """What was loaded: ``imagenet``, ``random seed N``, or a file's name and digest."""
    shapes: Mapping[str, tuple[int, ...]]
    """A picture's shape by tap: (p, c) for a grid, (c,) for a vector."""

    def __call__(self, pictures: UInt8s) -> dict[str, Float16s]:
        """Map (n, s, s, 3) RGB pictures to (n, p, c) or (n, c) values for each tap."""


def load_backbone(name: str, weights: str, taps: Sequence[str], size: int, seed: int) -> Backbone:
    """Load ``vgg19`` or an ONNX file for pictures of ``size`` pixels.

    Raises PipelineError: WEIGHTS_UNAVAILABLE, INVALID_WEIGHTS, UNKNOWN_SETTING.
    """
    if name == "vgg19":
        return VGG19(weights, taps, size, seed)
    if name.endswith(".onnx"):
        return OnnxBackbone(Path(name).expanduser(), taps, size)
    raise PipelineError(
        ExitCode.INVALID_SETTING,
        f"features.backbone: there is no backbone {name}",
        "Use vgg19 or the path of an .onnx file",
    )


def _unknown_tap(tap: str, known: Sequence[str], of: str) -> PipelineError:
    return PipelineError(
        ExitCode.INVALID_SETTING,
        f"features.taps: {of} has no tap {tap}",
        f"Choose from {', '.join(known)}",
    )


def _as_rows(values: npt.NDArray[Any]) -> Float16s:
    """(n, c, h, w) → (n, h · w, c); (n, c, 1, 1) and (n, c) → (n, c)."""
    if values.ndim == 4:
        values = values.reshape(*values.shape[:2], -1).transpose(0, 2, 1)
        if values.shape[1] == 1:
            values = values[:, 0]
    limit = np.finfo(np.float16).max
    return np.ascontiguousarray(np.clip(values, -limit, limit), np.float16)


class VGG19:
    """torchvision's VGG-19 (Simonyan and Zisserman 2014, configuration E).

    ``conv5_3`` is taken behind its ReLU, as Caffe's in-place layers gave it to Show,
    Attend and Tell; ``relu7`` is the second hidden layer of the classifier.
    """

    name = "vgg19"
    TAPS: Mapping[str, str] = {"conv5_3": "features.33", "relu7": "classifier.4"}
    MEAN = (0.485, 0.456, 0.406)  # of ImageNet's RGB in 0–1, as torchvision trained it
    STD = (0.229, 0.224, 0.225)

    def __init__(self, weights: str, taps: Sequence[str], size: int, seed: int) -> None:
        import torch

        from pipeline.nn.device import best_device
        from pipeline.nn.torchvision_on_cpu import create_feature_extractor, models

        for tap in taps:
            if tap not in self.TAPS:
                raise _unknown_tap(tap, list(self.TAPS), self.name)
        self._device = best_device()
        torch.manual_seed(seed)  # for random weights only
        network = models.vgg19(weights=None)
        self.weights = self._load(network, weights, seed)
        extractor = create_feature_extractor(network.eval(), {self.TAPS[tap]: tap for tap in taps})
        self._network = extractor.to(self._device, memory_format=torch.channels_last)
        self._mean = torch.tensor(self.MEAN, device=self._device) * 255
        self._std = torch.tensor(self.STD, device=self._device) * 255
        sample = self(np.zeros((1, size, size, 3), np.uint8))
        self.shapes: Mapping[str, tuple[int, ...]] = {t: sample[t].shape[1:] for t in taps}

    def __call__(self, pictures: UInt8s) -> dict[str, Float16s]:
        """Map (n, s, s, 3) to (n, p, 512) for conv5_3 and (n, 4096) for relu7."""
        import torch

        with torch.inference_mode():
            batch = torch.from_numpy(pictures).to(self._device)
            # Permuting leaves the memory in place: that is the channels-last layout.
            normal = ((batch.float() - self._mean) / self._std).permute(0, 3, 1, 2)
            return {tap: _as_rows(v.cpu().numpy()) for tap, v in self._network(normal).items()}

    @staticmethod
    def _load(network: Any, weights: str, seed: int) -> str:
        """Fill the network and say with what."""
        import torch

        if weights == "random":
            return f"random seed {seed}"
        if weights == "imagenet":
            network.load_state_dict(_imagenet_weights())
            return "imagenet"
        path = Path(weights).expanduser()
        try:
            if path.suffix == ".safetensors":
                from safetensors.torch import load_file

                state = load_file(path)
            else:
                state = torch.load(path, map_location="cpu", weights_only=True)
            network.load_state_dict(state)
        except FileNotFoundError:
            raise _no_weights_at(path) from None
        except Exception as error:  # every library has errors of its own for a wrong file
            raise PipelineError(
                ExitCode.INVALID_WEIGHTS,
                f"{path} does not hold VGG-19 weights ({' '.join(str(error).split())[:200]})",
                "Give torchvision's vgg19 state dict as .pth or .safetensors",
            ) from error
        return _file_identity(path)


def _imagenet_weights() -> Any:
    import torch

    from pipeline.nn.torchvision_on_cpu import models

    choice = models.VGG19_Weights.IMAGENET1K_V1
    try:
        return choice.get_state_dict(progress=False, check_hash=True)
    except (OSError, RuntimeError) as error:
        name = choice.url.rsplit("/", 1)[-1]
        place = Path(torch.hub.get_dir()) / "checkpoints" / name
        raise PipelineError(
            ExitCode.WEIGHTS_UNAVAILABLE,
            f"the ImageNet weights of VGG-19 cannot be downloaded ({error})",
            f"Put {name} (575 MB, from torchvision's model zoo) at {place}, give its path with"
            " `features: weights:`, or set `features: weights: random` to try things out",
        ) from error


def _no_weights_at(path: Path) -> PipelineError:
    return PipelineError(
        ExitCode.WEIGHTS_UNAVAILABLE,
        f"there is no weights file {path}",
        "Check the path in the settings under `features:`",
    )


def _file_identity(path: Path) -> str:
    with path.open("rb") as file:
        return f"{path.name} sha256 {hashlib.file_digest(file, 'sha256').hexdigest()[:16]}"


class OnnxBackbone:
    """Any ONNX network with one picture input and named outputs as its taps.

    The input is float32 (batch, 3, s, s), RGB 0–255; normalisation belongs into the file.
    """

    def __init__(self, path: Path, taps: Sequence[str], size: int) -> None:
        import onnxruntime

        if not path.is_file():
            raise _no_weights_at(path)
        try:
            onnxruntime.set_default_logger_severity(3)
            self._session = onnxruntime.InferenceSession(
                path, providers=onnxruntime.get_available_providers()
            )
        except Exception as error:  # onnxruntime's exceptions share no public base
            raise PipelineError(
                ExitCode.INVALID_WEIGHTS,
                f"{path} is not an ONNX network ({' '.join(str(error).split())[:200]})",
                "Check the file under `features: backbone:`",
            ) from error
        outputs = [output.name for output in self._session.get_outputs()]
        for tap in taps:
            if tap not in outputs:
                raise _unknown_tap(tap, outputs, path.name)
        self.name = path.name
        self.weights = _file_identity(path)
        self._taps = list(taps)
        self._input = self._picture_input(path, size)
        sample = self(np.zeros((1, size, size, 3), np.uint8))
        self.shapes: Mapping[str, tuple[int, ...]] = {t: sample[t].shape[1:] for t in taps}

    def __call__(self, pictures: UInt8s) -> dict[str, Float16s]:
        """Map (n, s, s, 3) to (n, p, c) for outputs of four dimensions, else (n, c)."""
        batch = np.ascontiguousarray(pictures.transpose(0, 3, 1, 2), np.float32)
        values = self._session.run(self._taps, {self._input: batch})
        return {tap: _as_rows(value) for tap, value in zip(self._taps, values, strict=True)}

    def _picture_input(self, path: Path, size: int) -> str:
        (first, *more) = self._session.get_inputs()
        wanted = ["batch", 3, size, size]
        fits = len(first.shape) == 4 and all(
            have == want or not isinstance(have, int)
            for have, want in zip(first.shape, wanted, strict=True)
        )
        if more or not fits:
            raise PipelineError(
                ExitCode.INVALID_WEIGHTS,
                f"{path} takes {[i.shape for i in self._session.get_inputs()]}, not one {wanted}",
                "Set `frames: size:` to the network's, or export it with one such input",
            )
        return str(first.name)
