"""Published detectors in ONNX files."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from pipeline.faces.detection.detector import Found
from pipeline.faces.detection.onnx_outputs import Boxes, UnknownOutputsError, boxes_of
from pipeline.faces.detection.overlaps import distinct
from pipeline.faces.detection.pyramid import find_in_pyramid
from pipeline.faces.detection.settings import OnnxSettings
from pipeline.media.pixels import Picture, resized
from pipeline.pictures.backbones.onnx_file import COLOURS, open_session
from pipeline.pictures.backbones.weights_file import file_identity
from pipeline.runtime.arrays import Float32s
from pipeline.runtime.errors import ExitCode, PipelineError

_SETTING = "faces: detect: detectors:"
_TYPES = {"tensor(float)": np.float32, "tensor(float16)": np.float16, "tensor(uint8)": np.uint8}
_LEAST_PROBABILITY = 0.02
_MOST_OVERLAP = 0.5
_TOLERANCE = 1e-3
"""Differences of scores that the order of sums makes; a broken export makes larger ones."""


class OnnxDetector:
    """A network that finds boxes; see ``onnx_outputs`` for which are understood."""

    def __init__(self, path: Path, settings: OnnxSettings, levels: int) -> None:
        """Load it, and try it.

        Raises PipelineError: WEIGHTS_UNAVAILABLE, INVALID_WEIGHTS.
        """
        self._path, self._settings, self._levels = path, settings, levels
        self._session = open_session(path, [], _SETTING)
        (first, *more) = self._session.get_inputs()
        shape = first.shape if len(first.shape or ()) == 4 else [0] * 4
        self._colours_first = shape[1] == COLOURS
        sides = shape[2:] if self._colours_first else shape[1:3]
        height, width = (side if isinstance(side, int) else settings.size for side in sides)
        self._size, self._batch = (width, height), shape[0]
        known = first.type in _TYPES and (self._colours_first or shape[3] == COLOURS)
        if more or not known:
            raise self._refused(
                f"takes {[(i.type, i.shape) for i in self._session.get_inputs()]}, not one tensor"
                " of pictures, (n, 3, h, w) or (n, h, w, 3)"
            )
        self._input, self._dtype = first.name, _TYPES[first.type]
        self._try()
        self.name = file_identity(path)

    def __call__(self, picture: Picture) -> Found:
        """See ``Detector``."""
        return find_in_pyramid(self._find, picture, max(self._size), self._levels)

    def _find(self, picture: Picture) -> Found:
        """On a piece that is no larger than what the network takes, on grey."""
        width, height = self._size
        down, across = picture.shape[:2]
        scale = min(width / across, height / down)
        size = max(1, round(across * scale)), max(1, round(down * scale))
        whole = np.full((height, width, COLOURS), 114, np.uint8)
        whole[: size[1], : size[0]] = picture if size == (across, down) else resized(picture, size)
        (found,) = self._run(whole[None])
        kept = np.flatnonzero(found.scores >= _LEAST_PROBABILITY)
        corners = found.corners[kept] * np.array([width, height] * 2, np.float32)
        corners = corners * np.array([across / size[0], down / size[1]] * 2, np.float32)
        best = distinct(corners, found.scores[kept], _MOST_OVERLAP)
        return Found(corners[best], found.scores[kept][best])

    def _run(self, pictures: np.ndarray) -> list[Boxes]:
        """What the network gives of some pictures (n, h, w, 3)."""
        outputs = self._session.run(None, {self._input: self._prepared(pictures)})
        return boxes_of(outputs, self._size)[: len(pictures)]

    def _prepared(self, pictures: np.ndarray) -> np.ndarray:
        values = pictures[..., ::-1] if self._settings.bgr else pictures
        if self._dtype != np.uint8:
            three = (np.array(v, np.float32) for v in (self._settings.mean, self._settings.std))
            mean, std = three
            values = (values.astype(np.float32) - mean) / std
        fixed = self._batch if isinstance(self._batch, int) else len(values)
        values = np.concatenate([values, *[values[-1:]] * (fixed - len(values))])
        ordered = values.transpose(0, 3, 1, 2) if self._colours_first else values
        return np.ascontiguousarray(ordered, self._dtype)

    def _try(self) -> None:
        """Run it on noise, alone and, where it takes several, beside other noise."""
        width, height = self._size
        noise = np.random.default_rng(0).integers(0, 256, (2, height, width, COLOURS))
        pair = noise.astype(np.uint8)
        try:
            (alone,) = self._run(pair[:1])
            fixed = isinstance(self._batch, int)
            together = self._run(pair) if not fixed or self._batch > 1 else [alone]
        except UnknownOutputsError:
            shapes = [(o.name, o.shape) for o in self._session.get_outputs()]
            raise self._refused(f"gives {shapes}, which is not known to be boxes") from None
        except Exception as error:  # onnxruntime's exceptions share no public base
            raise self._refused(f"fails ({' '.join(str(error).split())[:200]})") from error
        if not _alike(alone.scores, together[0].scores):
            raise self._refused("lets the pictures of a batch change one another's boxes")

    def _refused(self, why: str) -> PipelineError:
        return PipelineError(
            ExitCode.INVALID_WEIGHTS,
            f"{self._path} {why}",
            "docs/faces.md lists what is understood; export the network so, with a batch of one",
        )


def _alike(some: Float32s, others: Float32s) -> bool:
    return some.shape == others.shape and np.allclose(some, others, atol=_TOLERANCE)
