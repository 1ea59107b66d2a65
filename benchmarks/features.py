"""Features: the stage beside its network alone, and reading rows beside a plain memmap.

``end_to_end_over_forward`` is what remains of the network's speed after reading pictures from
frames.h5 and writing features.h5: the stage itself is run, but with a VGG-19 built beforehand,
and its ceiling is the same network over the same pictures in memory.

``rows_over_memmap`` compares random rows as training reads them, from features.h5, with rows
of a .npy file of the same bytes. Both files are in the page cache.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import h5py
import numpy as np
import numpy.typing as npt

from benchmarks._measure import Rounds, interleaved, per_second, report, speed_ratio, timed
from pipeline.artifacts.features import building_features
from pipeline.nn.backbones import load_backbone
from pipeline.nn.dataset import FeatureBank
from pipeline.show.episode import make_episode
from pipeline.show.spec import EpisodeSpec
from pipeline.stage import Files
from stages import features, frames

PICTURES = 16
CONFIG = features.Config(weights="random", batch=8)
SIZE = 224

ROWS = 1536  # 308 MB
ROW_SHAPE = (196, 512)  # conv5_3
BATCH_ROWS = 256
BATCHES = 4
READ_ROUNDS = 15  # short ones


def main() -> None:
    """Measure and report."""
    with tempfile.TemporaryDirectory() as folder:
        figures = _stage(Path(folder)) | _rows(Path(folder))
    report("features", figures)


def _stage(folder: Path) -> dict[str, Rounds]:
    inputs = Files({"frames": [_frames_file(folder)]})
    outputs = Files({"features": [folder / "features.h5"]})
    with h5py.File(inputs["frames"], "r") as file:
        pictures = file["pictures"][:]
    backbone = load_backbone(CONFIG.backbone, CONFIG.weights, CONFIG.taps, SIZE, CONFIG.seed)

    def forward() -> None:
        for start in range(0, len(pictures), CONFIG.batch):
            backbone(pictures[start : start + CONFIG.batch])

    with patch("pipeline.nn.backbones.load_backbone", return_value=backbone):
        seconds = interleaved(
            {
                "end_to_end": timed(lambda: features.run(inputs, outputs, CONFIG)),
                "forward": timed(forward),
            }
        )
    end_to_end, alone = seconds["end_to_end"], seconds["forward"]
    return {
        "end_to_end_pictures_per_s": per_second(len(pictures), end_to_end),
        "forward_pictures_per_s": per_second(len(pictures), alone),
        "end_to_end_over_forward": speed_ratio(end_to_end, over=alone),
    }


def _frames_file(folder: Path) -> Path:
    """A frames.h5 of ``PICTURES`` pictures, made by its stage."""
    spec = EpisodeSpec(seconds=2)
    video = make_episode(folder, spec)
    path = folder / "frames.h5"
    config = frames.Config(size=SIZE, fps=PICTURES / spec.seconds, dedupe="off")
    frames.run(Files({"source": [video]}), Files({"frames": [path]}), config)
    return path


def _rows(folder: Path) -> dict[str, Rounds]:
    draws = np.random.default_rng(2017)
    values = draws.integers(0, 2**14, (ROWS, *ROW_SHAPE), np.uint16).view(np.float16)
    store, plain = folder / "rows.h5", folder / "rows.npy"
    with building_features(store, ROWS, {"conv5_3": ROW_SHAPE}, {}) as builder:
        builder.append({"conv5_3": values})
    np.save(plain, values)
    bank = FeatureBank([store], "conv5_3")
    mapped = np.load(plain, mmap_mode="r")
    batches = [draws.choice(ROWS, BATCH_ROWS, replace=False) for _ in range(BATCHES)]

    def read(rows_at: Callable[[npt.NDArray[np.int64]], object]) -> None:
        for rows in batches:
            rows_at(rows)

    seconds = interleaved(
        {
            "gather": timed(lambda: read(bank.gather)),
            "memmap": timed(lambda: read(mapped.__getitem__)),
        },
        READ_ROUNDS,
    )
    return {
        **{
            f"{name}_rows_per_s": per_second(BATCHES * BATCH_ROWS, spent)
            for name, spent in seconds.items()
        },
        "rows_over_memmap": speed_ratio(seconds["gather"], over=seconds["memmap"]),
    }


if __name__ == "__main__":
    main()
