"""timm's classifiers, by ``timm:NAME``."""

from __future__ import annotations

import difflib
import hashlib
import importlib
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from torch import nn

from pipeline.pictures.backbones.choice import Choice
from pipeline.pictures.backbones.preprocessing import Normalization
from pipeline.pictures.backbones.taps import Layers, Opaque
from pipeline.pictures.backbones.torch_network import Pretrained
from pipeline.pictures.backbones.weights_file import own_weights
from pipeline.pictures.backbones.without_compiler import without_compiler
from pipeline.runtime.errors import ExitCode, PipelineError

# timm imports torchvision, which the import of torch_network has made possible on every machine.
with without_compiler():
    timm: Any = importlib.import_module("timm")

PREFIX = "timm:"


class Timm:
    """Builds classifiers by timm's names, such as ``timm:resnet50.a1_in1k``.

    Their weights are ``imagenet`` (those that the name stands for, downloaded once), ``random``, or
    the path of a checkpoint, also of one with other classes.
    """

    def require_known(self, name: str) -> None:
        """Raise PipelineError INVALID_SETTING unless timm has such a network."""
        plain = name.removeprefix(PREFIX)
        architecture, dot, _ = plain.partition(".")
        if not timm.is_model(plain) or (dot and not timm.is_model_pretrained(plain)):
            near = difflib.get_close_matches(architecture, timm.list_models(), 3)
            raise PipelineError(
                ExitCode.INVALID_SETTING,
                f"features.backbone: timm has no network {plain}",
                f"Did you mean {', '.join(near)}?" if near else "timm.list_models() names them all",
            )

    def build(self, choice: Choice) -> Pretrained:
        """Build a known network. Raises PipelineError: WEIGHTS_UNAVAILABLE, INVALID_WEIGHTS."""
        name = choice.name.removeprefix(PREFIX)
        if choice.weights == "imagenet":
            network = _published(name, choice.size)
            identity = f"imagenet {_origin(network)} sha256 {_digest(network)}"
        else:
            network, identity = own_weights(
                choice, partial(build_network, name, choice.size), _take_checkpoint
            )
        config = network.pretrained_cfg
        normalization = Normalization(mean=tuple(config["mean"]), std=tuple(config["std"]))
        return describe(network, identity, normalization)


def build_network(name: str, size: int, **options: Any) -> Any:
    """A network of timm's; one that takes pictures of a single size is built for ``size``."""
    if timm.get_pretrained_cfg(name).fixed_input_size:
        options["img_size"] = size
    return timm.create_model(name, **options)


def describe(network: Any, weights: str, normalization: Normalization) -> Pretrained:
    """What is to be known of a network of timm's, besides its weights."""
    return Pretrained(
        network,
        weights,
        normalization,
        aliases=_stages,
        opaque=Opaque(timm.layers.get_notrace_modules(), timm.layers.get_notrace_functions()),
        prefix_tokens=getattr(network, "num_prefix_tokens", 0),
    )


def _stages(layers: Layers) -> Mapping[str, str]:
    """timm's own list of stages: ``stage3`` by number, ``stride16`` by the last of that stride."""
    names = {}
    for number, info in enumerate(getattr(layers.network, "feature_info", [])):
        if info["module"] in layers.names:
            names[f"stage{info.get('stage', number)}"] = info["module"]
            names[f"stride{info['reduction']}"] = info["module"]
    return names


def _published(name: str, size: int) -> Any:
    hub: Any = importlib.import_module("huggingface_hub.utils")
    hub.logging.set_verbosity_error()  # it reports each of its attempts
    try:
        return build_network(name, size, pretrained=True)
    except Exception as error:  # the hub's client has errors of many kinds
        raise PipelineError(
            ExitCode.WEIGHTS_UNAVAILABLE,
            f"the weights of timm:{name} cannot be downloaded"
            f" ({' '.join(str(error).split())[:200]})",
            "Download their file from timm's model hub and give its path with `features: weights:`,"
            " or set `features: weights: random` to try things out",
            may_pass=True,
        ) from error


def _origin(network: Any) -> str:
    config = network.pretrained_cfg
    return ".".join(filter(None, (config["architecture"], config["tag"])))


def _digest(network: nn.Module) -> str:
    """The beginning of a digest of all weights: a hub may replace a file under the same name."""
    digest = hashlib.sha256()
    for key, values in network.state_dict().items():
        digest.update(key.encode())
        digest.update(values.numpy().tobytes())
    return digest.hexdigest()[:16]


def _take_checkpoint(network: Any, path: Path) -> None:
    """Load a checkpoint of timm's training script, or a plain state dict, with any classes."""
    state = timm.models.load_state_dict(str(path))
    head = state.get(f"{network.pretrained_cfg['classifier']}.weight")
    if head is not None and len(head) != network.num_classes:
        network.reset_classifier(len(head))
    network.load_state_dict(state)
