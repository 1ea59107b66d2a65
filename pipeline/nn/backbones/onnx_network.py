"""Any network in an ONNX file, its named outputs the taps."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from pipeline.errors import ExitCode, PipelineError
from pipeline.nn.backbones.backbone import Float16s, UInt8s, as_rows, unknown_tap
from pipeline.nn.backbones.preprocessing import Normalization
from pipeline.nn.backbones.weights import file_identity, no_weights_at

_COLOURS = 3
_REMOTE = {"AzureExecutionProvider"}  # for models that live elsewhere
_TYPES = {"tensor(float)": np.float32, "tensor(float16)": np.float16, "tensor(uint8)": np.uint8}
_NUMBERS = re.compile(r"tensor\((float|float16|double|u?int8|int16|int32|int64|bool)\)")
"""Outputs that numpy can hold and torch can turn into float16; bfloat16 is none."""


class OnnxNetwork:
    """One picture input, (n, 3, s, s) or (n, s, s, 3), of RGB values 0-255 unless normalised.

    n may be fixed: pictures are then taken so many at a time.
    """

    workers = 1

    def __init__(
        self, path: Path, taps: Sequence[str], size: int, normalization: Normalization | None
    ) -> None:
        import onnxruntime

        if not path.is_file():
            raise no_weights_at(path)
        try:
            onnxruntime.set_default_logger_severity(3)
            providers = [p for p in onnxruntime.get_available_providers() if p not in _REMOTE]
            self._session = onnxruntime.InferenceSession(path, providers=providers)
        except Exception as error:  # onnxruntime's exceptions share no public base
            raise PipelineError(
                ExitCode.INVALID_WEIGHTS,
                f"{path} is not an ONNX network ({' '.join(str(error).split())[:200]})",
                "Check the file under `features: backbone:`",
            ) from error
        outputs = {output.name: output.type for output in self._session.get_outputs()}
        for tap in taps:
            if tap not in outputs:
                raise unknown_tap(tap, list(outputs), path.name)
            if not _NUMBERS.fullmatch(outputs[tap]):
                raise PipelineError(
                    ExitCode.INVALID_WEIGHTS,
                    f"{path} gives {tap} as {outputs[tap]}, which cannot be kept as float16",
                    "Export it with a Cast to float behind that output, or choose other taps",
                )
        self.name = path.name
        self.weights = file_identity(path)
        self.preprocessing = str(normalization or "RGB 0-255")
        self.precision = f"as in the file, by {self._session.get_providers()[0]}"
        self._taps = list(taps)
        self._normalization = normalization
        self._input, self._type, fixed, self._colours_first = self._picture_input(path, size)
        self._at_once = fixed
        self.batch = fixed or 8
        sample = self(np.zeros((1, size, size, _COLOURS), np.uint8))
        self.shapes: Mapping[str, tuple[int, ...]] = {t: sample[t].shape[1:] for t in taps}

    def __call__(self, pictures: UInt8s) -> dict[str, Float16s]:
        """Map (n, s, s, 3) to (n, p, c) for outputs of four dimensions, else (n, c)."""
        step = self._at_once or len(pictures)
        parts = [
            self._run(pictures[start : start + step]) for start in range(0, len(pictures), step)
        ]
        rows = (np.concatenate(values) for values in zip(*parts, strict=True))
        return {
            tap: as_rows(tap, torch.from_numpy(values)).numpy()
            for tap, values in zip(self._taps, rows, strict=True)
        }

    def _run(self, pictures: UInt8s) -> list[npt.NDArray[Any]]:
        count = len(pictures)
        if self._at_once:
            missing = self._at_once - count
            pictures = np.pad(pictures, [(0, missing), (0, 0), (0, 0), (0, 0)])
        values: npt.NDArray[Any] = pictures
        if self._normalization:
            mean = np.array(self._normalization.mean, np.float32)
            std = np.array(self._normalization.std, np.float32)
            values = (pictures / np.float32(255) - mean) / std
        if self._colours_first:
            values = values.transpose(0, 3, 1, 2)
        batch = np.ascontiguousarray(values, self._type)
        return [output[:count] for output in self._session.run(self._taps, {self._input: batch})]

    def _picture_input(self, path: Path, size: int) -> tuple[str, Any, int | None, bool]:
        """Its name, type, how many pictures it takes if fixed, and whether colours come first."""
        (first, *more) = self._session.get_inputs()
        count, *picture = first.shape or [None]
        for wanted in ([_COLOURS, size, size], [size, size, _COLOURS]):
            fits = len(picture) == len(wanted) and all(
                have == want or not isinstance(have, int)
                for have, want in zip(picture, wanted, strict=True)
            )
            if fits and not more and first.type in _TYPES:
                fixed = count if isinstance(count, int) and count > 0 else None
                return str(first.name), _TYPES[first.type], fixed, wanted[0] == _COLOURS
        raise PipelineError(
            ExitCode.INVALID_WEIGHTS,
            f"{path} takes {[(i.type, i.shape) for i in self._session.get_inputs()]}, not one"
            f" tensor of pictures, (n, 3, {size}, {size}) or (n, {size}, {size}, 3)",
            "Set `frames: size:` to the network's, or export it with one such input",
        )
