"""Networks in ONNX files, whose named outputs are the taps."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from pipeline.pictures.backbones.backbone import as_rows
from pipeline.pictures.backbones.choice import Choice
from pipeline.pictures.backbones.onnx_file import COLOURS, open_session, picture_input
from pipeline.pictures.backbones.weights_file import file_identity
from pipeline.runtime.arrays import Float16s, UInt8s


class OnnxNetwork:
    """A network with one input, (n, 3, s, s) or (n, s, s, 3): RGB, 0–255 unless normalised.

    If n is fixed, pictures are processed so many at a time.
    """

    workers = 1

    def __init__(self, choice: Choice) -> None:
        path, taps, size = Path(choice.name), choice.taps, choice.size
        self._session = open_session(path, taps)
        self.name = path.name
        self.weights = file_identity(path)
        self.preprocessing = str(choice.normalization or "RGB 0-255")
        self.precision = f"as in the file, by {self._session.get_providers()[0]}"
        self._taps = list(taps)
        self._normalization = choice.normalization
        self._input = picture_input(self._session, path, size)
        self.batch = self._input.fixed_batch or 8
        sample = self(np.zeros((1, size, size, COLOURS), np.uint8))
        self.shapes: Mapping[str, tuple[int, ...]] = {t: sample[t].shape[1:] for t in taps}

    def __call__(self, pictures: UInt8s) -> dict[str, Float16s]:
        """Map (n, s, s, 3) to (n, p, c) for outputs of four dimensions, else (n, c)."""
        step = self._input.fixed_batch or len(pictures)
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
        if self._input.fixed_batch:
            missing = self._input.fixed_batch - count
            pictures = np.pad(pictures, [(0, missing), (0, 0), (0, 0), (0, 0)])
        values: npt.NDArray[Any] = pictures
        if self._normalization:
            mean = np.array(self._normalization.mean, np.float32)
            std = np.array(self._normalization.std, np.float32)
            values = (pictures / np.float32(255) - mean) / std
        if self._input.colours_first:
            values = values.transpose(0, 3, 1, 2)
        batch = np.ascontiguousarray(values, self._input.dtype)
        return [
            output[:count] for output in self._session.run(self._taps, {self._input.name: batch})
        ]
