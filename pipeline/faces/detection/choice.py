"""The detectors that the settings name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from pipeline.faces.detection.detector import Detector
from pipeline.faces.detection.overlaps import distinct
from pipeline.faces.detection.settings import OnnxSettings
from pipeline.runtime.errors import ExitCode, PipelineError

OWN = "own"


def load_detectors(
    names: Sequence[str], own: Path | None, *, levels: int, least: float, onnx: OnnxSettings
) -> list[Detector]:
    """Load detectors: ``own``, and the paths of cascades and of ONNX networks.

    ``own`` is the file of that one; ``levels`` are those of image pyramids, ``least`` is the
    smallest face in pixels. Raises PipelineError: NOT_INSTALLED, WEIGHTS_UNAVAILABLE,
    INVALID_WEIGHTS, BAD_ARTIFACT.
    """
    _test_suppression()
    return [_load(name, own, levels, least, onnx) for name in names]


def _load(name: str, own: Path | None, levels: int, least: float, onnx: OnnxSettings) -> Detector:
    if name == OWN and own is not None:
        from pipeline.faces.detection.own_detector import OwnDetector

        return OwnDetector(own, levels)
    path = Path(name)
    if path.suffix == ".onnx":
        from pipeline.faces.detection.onnx_detector import OnnxDetector

        return OnnxDetector(path, onnx, levels)
    from pipeline.faces.detection.cascade import Cascade

    return Cascade(path, least)


def _test_suppression() -> None:
    """Raise unless each thing is boxed once: libraries on a new machine have broken this before.

    A detector that suppresses nothing finds hundreds of faces where there is one.
    """
    boxes = np.array([[0, 0, 10, 10], [1, 0, 11, 10], [20, 0, 30, 10], [0, 0, 10, 9]], np.float32)
    scores = np.array([0.5, 0.9, 0.3, 0.5], np.float32)
    if distinct(boxes, scores, 0.5).tolist() != [1, 2]:
        raise PipelineError(
            ExitCode.INTERNAL,
            "boxes of one face are not told to be the same on this machine",
            "Install numpy anew",
        )
