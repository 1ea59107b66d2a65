"""The parts of ``benchmarks.features`` that compare speeds."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from functools import partial
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch

import h5py
import imageio.v3 as iio
import numpy as np
import numpy.typing as npt
import torch
from PIL import Image
from pipeline.pictures.backbones.loading import load_backbone

from benchmarks._measure import Rounds, interleaved, per_second, speed_ratio, timed
from pipeline.engine.stage import Files
from pipeline.learning.precision import Precision
from pipeline.media.ffmpeg import running
from pipeline.pictures.backbones.backbone import Backbone
from pipeline.pictures.backbones.taps import extractor
from pipeline.pictures.backbones.torchvision_on_cpu import models
from pipeline.pictures.feature_bank import FeatureBank
from pipeline.pictures.features_file import building_features
from pipeline.runtime.arrays import Float16s, Int64s, UInt8s
from pipeline.show.episode import make_episode
from pipeline.show.spec import EpisodeSpec
from stages.pictures import features, frames

SIZE = 224
CONFIG = features.Config(weights="random")
BATCHES = (4, 8)
SHORT = EpisodeSpec(seconds=5)  # 120 pictures: VGG-19 takes its time
FEW = 24  # of them by the slower ways
EVERY_FRAME = frames.Config(size=SIZE, dedupe="off")
LONG = EpisodeSpec(seconds=60, width=1280, height=720)
TIMES = 4  # so that starting and ending costs little beside the whole

ROWS = 1536  # 308 MB
ROW_SHAPE = (196, 512)  # conv5_3
BATCH_ROWS = 256
READS = 4
READ_ROUNDS = 15  # short ones

Options = argparse.Namespace


def forward(folder: Path, _: Options) -> dict[str, Rounds]:
    """End to end, the network alone, torchvision's own, and frame by frame."""
    video = make_episode(folder, SHORT)
    backbone, plain = _vgg19("auto"), _vgg19_of_torchvision()
    prepare = models.VGG19_Weights.DEFAULT.transforms(crop_size=SIZE, resize_size=SIZE)
    _both_stages(folder, video, EVERY_FRAME, backbone)
    with h5py.File(folder / "frames.h5", "r") as file:
        pictures: UInt8s = file["pictures"][:]
    count = len(pictures)

    def alone(batch: int) -> object:
        return [backbone(pictures[at : at + batch]) for at in range(0, count, batch)]

    def default() -> object:
        given = torch.from_numpy(pictures[:FEW]).permute(0, 3, 1, 2).contiguous()
        with torch.inference_mode():
            return [plain(prepare(part)) for part in torch.split(given, BATCHES[1])]

    def frame_by_frame() -> object:
        read = islice(iio.imiter(video, plugin="FFMPEG"), FEW)
        with torch.inference_mode():
            return [plain(prepare(Image.fromarray(frame)).unsqueeze(0)) for frame in read]

    seconds = interleaved(
        {
            "end_to_end": timed(lambda: _both_stages(folder, video, EVERY_FRAME, backbone)),
            **{f"forward_{batch}": timed(partial(alone, batch)) for batch in BATCHES},
            "default": timed(default),
            "frame_by_frame": timed(frame_by_frame),
        }
    )
    for name in ("default", "frame_by_frame"):
        seconds[name] = [spent * count / FEW for spent in seconds[name]]
    best = min((seconds[f"forward_{batch}"] for batch in BATCHES), key=median)
    return {
        **{f"{name}_per_s": per_second(count, spent) for name, spent in seconds.items()},
        "end_to_end_over_forward": speed_ratio(seconds["end_to_end"], over=best),
        "forward_over_default": speed_ratio(best, over=seconds["default"]),
        "end_to_end_over_frame_by_frame": speed_ratio(
            seconds["end_to_end"], over=seconds["frame_by_frame"]
        ),
        **_similarity(pictures[: BATCHES[0]], plain, prepare),
    }


def _vgg19(precision: Precision) -> Backbone:
    name, weights, taps, seed = CONFIG.backbone, CONFIG.weights, CONFIG.taps, CONFIG.seed
    return load_backbone(name, weights, taps, SIZE, seed, precision=precision)


def _vgg19_of_torchvision() -> Any:
    """In float32 and torchvision's memory layout, cut off behind the same taps."""
    torch.manual_seed(CONFIG.seed)
    return extractor(models.get_model(CONFIG.backbone).eval(), CONFIG.backbone, CONFIG.taps)


def _both_stages(folder: Path, video: Path, config: frames.Config, backbone: Backbone) -> None:
    between = Files({"frames": [folder / "frames.h5"]})
    with patch("pipeline.pictures.backbones.loading.load_backbone", return_value=backbone):
        frames.run(Files({"source": [video]}), between, config)
        features.run(between, Files({"features": [folder / "features.h5"]}), CONFIG)


def _similarity(pictures: UInt8s, plain: Any, prepare: Any) -> dict[str, Rounds]:
    """First percentile, over rows, of the cosines to what torchvision computes in float32."""
    with torch.inference_mode():
        exact = plain(prepare(torch.from_numpy(pictures).permute(0, 3, 1, 2)))
    precisions: tuple[Precision, ...] = ("auto", "bfloat16")
    cosines = {}
    for precision in precisions:
        ours = _vgg19(precision)(pictures)
        for tap in CONFIG.taps:
            theirs = exact[tap].flatten(2).mT if exact[tap].ndim == 4 else exact[tap]
            cosines[f"cosine_p1_{precision}_{tap}"] = [first_percentile(ours[tap], theirs.numpy())]
    return cosines


def first_percentile(one: npt.NDArray[Any], other: npt.NDArray[Any]) -> float:
    """First percentile of the cosines of rows, which may be grids."""
    a, b = (rows.reshape(len(rows), -1).astype(np.float64) for rows in (one, other))
    cosines = (a * b).sum(1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)
    return float(np.percentile(cosines, 1))


class Free:
    """A network that costs nothing: three values of a picture's corner."""

    def __init__(self) -> None:
        self.name, self.weights, self.preprocessing, self.precision = "free", "", "", ""
        self.shapes: Mapping[str, tuple[int, ...]] = {"corner": (3,)}
        self.batch, self.workers = BATCHES[0], 1

    def __call__(self, pictures: UInt8s) -> dict[str, Float16s]:
        """(n, s, s, 3) → (n, 3)."""
        return {"corner": pictures[:, 0, 0].astype(np.float16)}


def free(folder: Path, _: Options) -> dict[str, Rounds]:
    """The two stages without their network, compared with ffmpeg alone."""
    video = repeated(make_episode(folder, LONG), TIMES)

    def stages(config: frames.Config) -> Callable[[], object]:
        return lambda: _both_stages(folder, video, config, Free())

    seconds = interleaved(
        {
            "decode": timed(stages(frames.Config(size=SIZE))),
            "every_frame": timed(stages(EVERY_FRAME)),
            "ffmpeg": timed(lambda: _ffmpeg_alone(video)),
        }
    )
    return {
        **{
            f"{name}_frames_per_s": per_second(TIMES * LONG.frame_count, spent)
            for name, spent in seconds.items()
        },
        "decode_over_ffmpeg": speed_ratio(seconds["decode"], over=seconds["ffmpeg"]),
        "every_frame_over_ffmpeg": speed_ratio(seconds["every_frame"], over=seconds["ffmpeg"]),
    }


def _ffmpeg_alone(video: Path) -> None:
    arguments = [
        *("-i", str(video), "-map", "0:v:0", "-fps_mode", "passthrough"),
        *("-vf", f"scale={SIZE}:{SIZE}:flags=area", "-pix_fmt", "rgb24", "-f", "null", "-"),
    ]
    with running(arguments) as ffmpeg:
        ffmpeg.finish(f"decoding {video}")


def repeated(video: Path, times: int) -> Path:
    """A file that holds ``video`` ``times`` times."""
    film = video.with_stem(f"{video.stem}-{times}")
    more = ["-stream_loop", str(times - 1), "-i", str(video), "-c", "copy", str(film)]
    with running(more) as ffmpeg:
        ffmpeg.finish("making a film")
    return film


def rows(folder: Path, _: Options) -> dict[str, Rounds]:
    """Random rows as training reads them, compared with a plain memory map."""
    draws = np.random.default_rng(2017)
    values = draws.integers(0, 2**14, (ROWS, *ROW_SHAPE), np.uint16).view(np.float16)
    store, plain = folder / "rows.h5", folder / "rows.npy"
    with building_features(store, ROWS, {"conv5_3": ROW_SHAPE}, {}) as builder:
        builder.append({"conv5_3": values})
    np.save(plain, values)
    bank = FeatureBank([store], "conv5_3")
    mapped = np.load(plain, mmap_mode="r")
    batches = [draws.choice(ROWS, BATCH_ROWS, replace=False) for _ in range(READS)]

    def read(rows_at: Callable[[Int64s], object]) -> None:
        for batch in batches:
            rows_at(batch)

    seconds = interleaved(
        {
            "gather": timed(lambda: read(bank.gather)),
            "memmap": timed(lambda: read(mapped.__getitem__)),
        },
        READ_ROUNDS,
    )
    return {
        **{
            f"{name}_rows_per_s": per_second(READS * BATCH_ROWS, spent)
            for name, spent in seconds.items()
        },
        "rows_over_memmap": speed_ratio(seconds["gather"], over=seconds["memmap"]),
    }
