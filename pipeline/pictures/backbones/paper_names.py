"""Papers' names of layers of torchvision's classifiers."""

from __future__ import annotations

from torch import nn

from pipeline.pictures.backbones.taps import Layers

_FULLY_CONNECTED = 6
"""Layers of VGG's and AlexNet's classifiers; the first is fc6 in both."""


def paper_names(layers: Layers) -> dict[str, str]:
    """Layers by papers' names.

    For VGG these are ``conv5_3``, ``pool5``, ``fc6``, ``relu6`` …; for AlexNet ``conv5`` …
    Convolutions are taken after their ReLU, as in Show, Attend and Tell: Caffe's layers work in
    place. ``fc6`` is the layer before ``relu6``. ``pool5`` of residual networks is Caffe's name of
    their last pooling.
    """
    network = layers.network
    features, classifier = (getattr(network, part, None) for part in ("features", "classifier"))
    if not isinstance(features, nn.Sequential) or not isinstance(classifier, nn.Sequential):
        return {"pool5": "avgpool"} if "avgpool" in layers.names else {}
    if not isinstance(features[0], nn.Conv2d) or len(classifier) < _FULLY_CONNECTED:
        return {}
    in_blocks = type(network).__name__ == "VGG"
    return _convolutions(features, in_blocks) | _fully_connected(classifier)


def _convolutions(features: nn.Sequential, in_blocks: bool) -> dict[str, str]:
    names = {}
    block, within = 1, 0
    for index, layer in enumerate(features):
        if isinstance(layer, nn.Conv2d):
            within += 1
        elif isinstance(layer, nn.ReLU):
            names[f"conv{block}_{within}" if in_blocks else f"conv{within}"] = f"features.{index}"
        elif isinstance(layer, nn.MaxPool2d):
            names[f"pool{block if in_blocks else within}"] = f"features.{index}"
            block, within = (block + 1, 0) if in_blocks else (block, within)
    return names


def _fully_connected(classifier: nn.Sequential) -> dict[str, str]:
    names = {}
    number = _FULLY_CONNECTED - 1
    for index, layer in enumerate(classifier):
        if isinstance(layer, nn.Linear):
            number += 1
            names[f"fc{number}"] = f"classifier.{index}"
        elif isinstance(layer, nn.ReLU):
            names[f"relu{number}"] = f"classifier.{index}"
    return names
