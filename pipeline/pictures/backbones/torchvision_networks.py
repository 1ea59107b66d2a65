"""torchvision's classifiers of single pictures."""

from __future__ import annotations

import difflib
from functools import partial
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch

from pipeline.pictures.backbones.choice import Choice
from pipeline.pictures.backbones.paper_names import paper_names
from pipeline.pictures.backbones.preprocessing import Normalization
from pipeline.pictures.backbones.torch_network import Pretrained
from pipeline.pictures.backbones.torchvision_on_cpu import models
from pipeline.pictures.backbones.weights_file import own_weights, read_state_dict
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.runtime.file_digest import sha256


class Torchvision:
    """Builds classifiers by torchvision's names.

    Their weights are ``imagenet``, ``random``, the name of one of torchvision's sets of weights
    (``IMAGENET1K_V1``), or the path of a state dict.
    """

    def require_known(self, name: str) -> None:
        """Raise PipelineError INVALID_SETTING unless torchvision has such a classifier."""
        names = list(models.list_models(module=models))
        if name not in names:
            near = difflib.get_close_matches(name, [*names, "efficientnet_lite0"], 3)
            raise PipelineError(
                ExitCode.INVALID_SETTING,
                f"features.backbone: there is no backbone {name}",
                f"Use efficientnet_lite0, a classifier of torchvision such as"
                f" {', '.join(near or ['vgg19', 'resnet50', 'alexnet'])}, timm:NAME for one of"
                " timm's, or the path of an .onnx file",
            )

    def build(self, choice: Choice) -> Pretrained:
        """Build a classifier. Raises PipelineError: WEIGHTS_UNAVAILABLE, INVALID_WEIGHTS."""
        published: Any = models.get_model_weights(choice.name)
        by_name = {"imagenet": published.DEFAULT, **published.__members__}
        chosen = by_name.get(choice.weights, published.DEFAULT)
        if choice.weights in by_name:
            network = _published(choice.name, chosen)
            identity = f"imagenet {Path(chosen.url).stem}"
        else:
            network, identity = own_weights(
                choice, partial(models.get_model, choice.name, weights=None), _take_state_dict
            )
        return Pretrained(
            network,
            identity,
            _trained_on(chosen),
            paper_names,
            prefix_tokens=1 if hasattr(network, "class_token") else 0,
        )


def _take_state_dict(network: Any, path: Path) -> None:
    network.load_state_dict(read_state_dict(path), assign=True)


def _trained_on(chosen: Any) -> Normalization:
    prepare = chosen.transforms()
    return Normalization(mean=tuple(prepare.mean), std=tuple(prepare.std))


def _published(name: str, chosen: Any) -> Any:
    place = Path(torch.hub.get_dir()) / "checkpoints" / Path(chosen.url).name
    if place.exists():
        _compare_with_name(place)  # torch itself does so after the download only
    try:
        return models.get_model(name, weights=chosen, progress=False)
    except (OSError, RuntimeError) as error:
        size = chosen.meta["_file_size"] * (1 << 20) / 1e6
        raise PipelineError(
            ExitCode.WEIGHTS_UNAVAILABLE,
            f"the ImageNet weights of {name} cannot be downloaded ({error})",
            f"Put {place.name} ({size:.0f} MB, from torchvision's model zoo) at {place}, give its"
            " path with `features: weights:`, or set `features: weights: random` to try things out",
            may_pass=True,
        ) from error
    except UnpicklingError as error:
        raise _not_as_published(place, "holds something other than weights") from error


def _compare_with_name(place: Path) -> None:
    """Raise INVALID_WEIGHTS unless a file's digest begins with the end of its name."""
    if not sha256(place).startswith(place.stem.rpartition("-")[2]):
        raise _not_as_published(place, "is not the file that torchvision published")


def _not_as_published(place: Path, problem: str) -> PipelineError:
    return PipelineError(
        ExitCode.INVALID_WEIGHTS,
        f"{place} {problem}: it is damaged or was replaced",
        "Delete it, and it will be downloaded again",
    )
