"""Papers' names of layers, and networks cut off after the deepest tap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from torch import fx, nn

from pipeline.pictures.backbones.faults import unknown_tap
from pipeline.pictures.backbones.torchvision_on_cpu import (
    create_feature_extractor,
    get_graph_node_names,
)

_ALIASES = {"pool5": "avgpool"}
"""Caffe's name of the last pooling of residual networks."""


def extractor(network: nn.Module, name: str, taps: Sequence[str]) -> fx.GraphModule:
    """The part of ``network`` that its ``taps`` need; it returns a dict by tap.

    A tap is one of ``paper_names``, or a node of torchvision's feature extraction
    (``layer4``, ``features.7``). Raises PipelineError INVALID_SETTING for any other.
    """
    nodes = get_graph_node_names(network)[1]
    layers = {prefix: None for node in nodes for prefix in _prefixes(node)}
    known = {**{layer: layer for layer in layers}, **paper_names(network, nodes)}
    for tap in taps:
        if tap not in known:
            raise unknown_tap(tap, _worth_listing(known), name)
    cut: fx.GraphModule = create_feature_extractor(network, {known[tap]: tap for tap in taps})
    _keep_taps_from_being_overwritten(cut)
    return cut


def paper_names(network: nn.Module, nodes: Sequence[str]) -> dict[str, str]:
    """Nodes by papers' names.

    For VGG these are ``conv5_3``, ``pool5``, ``fc6``, ``relu6`` …; for AlexNet ``conv5`` …
    Convolutions are taken after their ReLU, as in Show, Attend and Tell: Caffe's layers work in
    place. ``fc6`` is the layer before ``relu6``.
    """
    features, classifier = (getattr(network, part, None) for part in ("features", "classifier"))
    if not isinstance(features, nn.Sequential) or not isinstance(classifier, nn.Sequential):
        return {alias: node for alias, node in _ALIASES.items() if node in nodes}
    if not isinstance(features[0], nn.Conv2d) or len(classifier) < _FULLY_CONNECTED:
        return {}
    in_blocks = type(network).__name__ == "VGG"
    return _convolutions(features, in_blocks) | _fully_connected(classifier)


_FULLY_CONNECTED = 6
"""Layers of VGG's and AlexNet's classifiers; the first is fc6 in both."""


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


def _prefixes(node: str) -> list[str]:
    """``layer4.1.relu`` → itself, ``layer4.1`` and ``layer4``."""
    parts = node.split(".")
    return [".".join(parts[:length]) for length in range(len(parts), 0, -1)]


def _worth_listing(known: Mapping[str, str]) -> list[str]:
    named = [name for name in known if "." not in name and name not in ("x", "features")]
    return named or list(known)


def _keep_taps_from_being_overwritten(cut: fx.GraphModule) -> None:
    """Make the layers after a tap work out of place, so that they do not change its values."""
    (output,) = (node for node in cut.graph.nodes if node.op == "output")
    for tap in output.all_input_nodes:
        for user in tap.users:
            if user.op == "call_module":
                layer: Any = cut.get_submodule(str(user.target))
                if getattr(layer, "inplace", False):
                    layer.inplace = False
            elif user.kwargs.get("inplace"):
                user.update_kwarg("inplace", False)
    cut.recompile()
