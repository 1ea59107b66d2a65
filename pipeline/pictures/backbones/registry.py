"""The one list of what networks there are: libraries of torch's and ONNX files, by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.pictures.backbones.backbone import Backbone
from pipeline.pictures.backbones.choice import Choice
from pipeline.pictures.backbones.onnx_file import check_onnx

if TYPE_CHECKING:
    from pipeline.pictures.backbones.torch_network import Library


def load_backbone(choice: Choice) -> Backbone:
    """Load a network.

    Raises PipelineError: WEIGHTS_UNAVAILABLE, INVALID_WEIGHTS, INVALID_SETTING.
    """
    if choice.is_onnx:
        from pipeline.pictures.backbones.onnx_network import OnnxNetwork

        return OnnxNetwork(choice)
    from pipeline.pictures.backbones.torch_network import TorchNetwork

    return TorchNetwork(choice, library_of(choice.name))


def check_backbone(choice: Choice) -> None:
    """Raise the PipelineError that ``load_backbone`` would, at less cost.

    It needs no torch for an ONNX file, and downloads published weights that are missing.
    """
    if choice.is_onnx:
        check_onnx(choice)
    else:
        from pipeline.pictures.backbones.torch_network import check_torch

        check_torch(choice, library_of(choice.name))


def library_of(name: str) -> Library:
    """Who builds the network of this name. Only what is needed is imported: it takes seconds."""
    if name == "efficientnet_lite0":
        from pipeline.pictures.backbones.efficientnet_lite0 import EfficientNetLite0

        return EfficientNetLite0()
    if name.startswith("timm:"):
        from pipeline.pictures.backbones.timm_networks import Timm

        return Timm()
    from pipeline.pictures.backbones.torchvision_networks import Torchvision

    return Torchvision()
