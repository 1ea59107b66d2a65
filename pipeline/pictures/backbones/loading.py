"""Loading the network that the settings name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline.learning.precision import Precision
from pipeline.pictures.backbones.backbone import Backbone
from pipeline.pictures.backbones.onnx_network import OnnxNetwork
from pipeline.pictures.backbones.preprocessing import Normalization


def load_backbone(
    name: str,
    weights: str,
    taps: Sequence[str],
    size: int,
    seed: int,
    *,
    precision: Precision = "auto",
    normalization: Normalization | None = None,
) -> Backbone:
    """Load a classifier of torchvision or an ONNX file for pictures of ``size`` pixels.

    ``normalization`` replaces the one that belongs to the weights; an ONNX file has none.
    Raises PipelineError: WEIGHTS_UNAVAILABLE, INVALID_WEIGHTS, INVALID_SETTING.
    """
    if name.endswith(".onnx"):
        return OnnxNetwork(Path(name), taps, size, normalization)
    # Importing torchvision takes longer than loading many an ONNX file.
    from pipeline.pictures.backbones.classifier import Classifier, require_known

    require_known(name)
    return Classifier(name, weights, taps, size, seed, precision, normalization)
