"""The parts of ``benchmarks.features`` that compare speeds."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from unittest.mock import patch

import numpy as np

from benchmarks._measure import Rounds, interleaved, per_second, speed_ratio, timed
from pipeline.engine.stage import Files
from pipeline.media.ffmpeg import running
from pipeline.pictures.backbones.backbone import Backbone
from pipeline.pictures.feature_bank import FeatureBank
from pipeline.pictures.features_file import building_features
from pipeline.runtime.arrays import Float16s, Int64s, UInt8s
from pipeline.show.episode import make_episode
from pipeline.show.spec import EpisodeSpec
from stages.pictures import features, frames

SIZE = 224
EVERY_FRAME = frames.Config(size=SIZE, dedupe="off")
LONG = EpisodeSpec(seconds=60, width=1280, height=720)
TIMES = 4  # so that starting and ending costs little beside the whole

ROWS = 1536  # 308 MB
ROW_SHAPE = (196, 512)  # conv5_3
BATCH_ROWS = 256
READS = 4
READ_ROUNDS = 15  # short ones

Options = argparse.Namespace


def both_stages(
    folder: Path,
    video: Path,
    frames_config: frames.Config,
    features_config: features.Config,
    backbone: Backbone,
) -> None:
    """From the video file to ``features.h5``, by a network that is loaded."""
    between = Files({"frames": [folder / "frames.h5"]})
    with patch("pipeline.pictures.backbones.registry.load_backbone", return_value=backbone):
        frames.run(Files({"source": [video]}), between, frames_config)
        features.run(between, Files({"features": [folder / "features.h5"]}), features_config)


class Free:
    """A network that costs nothing: three values of a picture's corner."""

    def __init__(self) -> None:
        self.name, self.weights, self.preprocessing, self.precision = "free", "", "", ""
        self.shapes: Mapping[str, tuple[int, ...]] = {"corner": (3,)}
        self.batch, self.workers = 4, 1

    def __call__(self, pictures: UInt8s) -> dict[str, Float16s]:
        """(n, s, s, 3) → (n, 3)."""
        return {"corner": pictures[:, 0, 0].astype(np.float16)}


def free(folder: Path, _: Options) -> dict[str, Rounds]:
    """The two stages without their network, compared with ffmpeg alone."""
    video = repeated(make_episode(folder, LONG), TIMES)

    def stages(config: frames.Config) -> Callable[[], object]:
        return lambda: both_stages(folder, video, config, features.Config(), Free())

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
