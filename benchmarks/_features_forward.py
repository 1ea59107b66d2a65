"""The part of ``benchmarks.features`` that measures networks."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import h5py
import imageio.v3 as iio
import numpy as np
import numpy.typing as npt
import torch
from PIL import Image
from torch import Tensor, nn

from benchmarks._features_speed import EVERY_FRAME, SIZE, both_stages
from benchmarks._measure import Rounds, interleaved, per_second, speed_ratio, timed
from pipeline.learning.precision import Precision
from pipeline.pictures.backbones.backbone import Backbone
from pipeline.pictures.backbones.choice import Choice
from pipeline.pictures.backbones.registry import library_of, load_backbone
from pipeline.pictures.backbones.torch_network import cut_off
from pipeline.runtime.arrays import UInt8s
from pipeline.runtime.prefetch import ordered_map
from pipeline.show.episode import make_episode
from pipeline.show.spec import EpisodeSpec
from stages.pictures import features

BATCHES = (4, 8)
FEW = 24  # pictures of those that slower ways take


class Network(NamedTuple):
    """A network to measure, and pictures for it."""

    config: features.Config
    episode: EpisodeSpec

    @property
    def choice(self) -> Choice:
        """What the stage loads."""
        return features.choice_of(self.config, SIZE)


DEFAULT = Network(features.Config(), EpisodeSpec(seconds=30))
VGG19 = Network(
    features.Config(backbone="vgg19", weights="random", taps=("conv5_3", "relu7")),
    EpisodeSpec(seconds=5),
)


def forward(folder: Path, _: argparse.Namespace) -> dict[str, Rounds]:
    """The default network, and VGG-19 with its figures under names of its own."""
    vgg19 = {f"vgg19_{name}": rounds for name, rounds in _forward(folder, VGG19).items()}
    return vgg19 | _forward(folder, DEFAULT)


def _forward(folder: Path, network: Network) -> dict[str, Rounds]:
    """End to end, the network alone, its library's own, onnxruntime, and frame by frame."""
    video = make_episode(folder, network.episode)
    backbone, plain = load_backbone(network.choice), Plain(network.choice)
    end_to_end = partial(both_stages, folder, video, EVERY_FRAME, network.config, backbone)
    end_to_end()
    with h5py.File(folder / "frames.h5", "r") as file:
        pictures: UInt8s = file["pictures"][:]
    count = len(pictures)
    onnx = plain.by_onnxruntime(folder / "network.onnx", network.choice)

    def alone(network: Backbone, pictures: UInt8s, batch: int) -> object:
        parts = (pictures[at : at + batch] for at in range(0, len(pictures), batch))
        return list(ordered_map(network, parts, network.workers))

    def default() -> object:
        return [plain(part) for part in np.split(pictures[:FEW], FEW // BATCHES[1])]

    def frame_by_frame() -> object:
        read = islice(iio.imiter(video, plugin="FFMPEG"), FEW)
        resized = (Image.fromarray(frame).resize((SIZE, SIZE)) for frame in read)
        return [plain(np.asarray(picture)[None]) for picture in resized]

    seconds = interleaved(
        {
            "end_to_end": timed(end_to_end),
            **{
                f"forward_{batch}": timed(partial(alone, backbone, pictures, batch))
                for batch in BATCHES
            },
            "onnxruntime": timed(partial(alone, onnx, pictures[:FEW], BATCHES[1])),
            "default": timed(default),
            "frame_by_frame": timed(frame_by_frame),
        }
    )
    for name in ("onnxruntime", "default", "frame_by_frame"):
        seconds[name] = [spent * count / FEW for spent in seconds[name]]
    best = min((seconds[f"forward_{batch}"] for batch in BATCHES), key=median)
    return {
        **{f"{name}_per_s": per_second(count, spent) for name, spent in seconds.items()},
        "end_to_end_over_forward": speed_ratio(seconds["end_to_end"], over=best),
        "forward_over_default": speed_ratio(best, over=seconds["default"]),
        "forward_over_onnxruntime": speed_ratio(best, over=seconds["onnxruntime"]),
        "end_to_end_over_frame_by_frame": speed_ratio(
            seconds["end_to_end"], over=seconds["frame_by_frame"]
        ),
        **_similarity(network.choice, pictures[: BATCHES[0]], plain),
    }


class Plain:
    """A network as its library builds it: float32, its own memory layout, a batch at a time."""

    def __init__(self, choice: Choice) -> None:
        pretrained = library_of(choice.name).build(choice)
        self._normalization = pretrained.normalization
        self._network = cut_off(pretrained, choice).eval()

    def __call__(self, pictures: UInt8s) -> dict[str, Tensor]:
        """Map (n, s, s, 3) to (n, c, h, w) or (n, c) for each tap."""
        normalization = self._normalization
        mean, std = torch.tensor(normalization.mean), torch.tensor(normalization.std)
        normalized = (torch.from_numpy(pictures) / 255 - mean) / std
        with torch.inference_mode():
            taps: dict[str, Tensor] = self._network(normalized.permute(0, 3, 1, 2).contiguous())
        return taps

    def by_onnxruntime(self, path: Path, choice: Choice) -> Backbone:
        """The same network exported to ``path``."""
        torch.onnx.export(
            _InOrder(self._network, choice.taps).eval(),  # or the export leaves it training
            (torch.zeros(1, 3, SIZE, SIZE),),
            path,
            dynamo=False,
            input_names=["pictures"],
            output_names=list(choice.taps),
            dynamic_axes={name: {0: "n"} for name in ("pictures", *choice.taps)},
        )
        return load_backbone(choice._replace(name=str(path), normalization=self._normalization))


class _InOrder(nn.Module):
    """Gives taps as a tuple, which ONNX has, instead of a dict."""

    def __init__(self, network: nn.Module, taps: Sequence[str]) -> None:
        super().__init__()
        self._network, self._taps = network, taps

    def forward(self, pictures: Tensor) -> tuple[Tensor, ...]:
        values = self._network(pictures)
        return tuple(values[tap] for tap in self._taps)


def _similarity(choice: Choice, pictures: UInt8s, plain: Plain) -> dict[str, Rounds]:
    """First percentile, over rows, of the cosines to what the library computes in float32."""
    exact = plain(pictures)
    precisions: tuple[Precision, ...] = ("auto", "bfloat16")
    cosines = {}
    for precision in precisions:
        ours = load_backbone(choice._replace(precision=precision))(pictures)
        for tap, theirs in exact.items():
            rows = theirs.flatten(2).mT if theirs.ndim == 4 else theirs
            cosines[f"cosine_p1_{precision}_{tap}"] = [first_percentile(ours[tap], rows.numpy())]
    return cosines


def first_percentile(one: npt.NDArray[Any], other: npt.NDArray[Any]) -> float:
    """First percentile of the cosines of rows, which may be grids."""
    a, b = (rows.reshape(len(rows), -1).astype(np.float64) for rows in (one, other))
    cosines = (a * b).sum(1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)
    return float(np.percentile(cosines, 1))
