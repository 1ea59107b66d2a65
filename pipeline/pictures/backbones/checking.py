"""A cheap check whether a network can be loaded."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline.pictures.backbones.onnx_file import open_session, picture_input


def check_backbone(name: str, weights: str, taps: Sequence[str], size: int) -> None:
    """Raise the PipelineError that ``load_backbone`` would; for an ONNX file without torch."""
    if name.endswith(".onnx"):
        path = Path(name).expanduser()
        picture_input(open_session(path, taps), path, size)
    else:
        from pipeline.pictures.backbones.classifier import check_classifier

        check_classifier(name, weights, taps, size)
