"""A folder of pictures through the real commands: how fast, how much memory, and one more picture.

``python -m benchmarks.gather [PICTURES]`` makes a folder of 2,000 JPEG files, or as many as it is
told, from the emoji in the folder of samples or from random drawings. ``gather_over_forward`` is
the time of the bare network over the same pictures, over that of ``frames`` and ``features`` by
their own records. ``add_one_s`` is the whole command ``features`` after one picture was added.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import h5py
import numpy as np
from PIL import Image

from benchmarks._measure import report
from pipeline.engine.stage_record import records
from pipeline.pictures.backbones.registry import load_backbone
from pipeline.runtime.paths import PROJECT
from pipeline.runtime.prefetch import ordered_map
from stages.pictures.features import Config, choice_of
from stages.pictures.frames import Config as FramesConfig

PICTURES = 2_000
SAMPLES = PROJECT / ".." / "shared" / "samples" / "emoji"
SIDES = (160, 480)  # pixels
AT_ONCE = 512  # pictures in memory while the bare network is timed
OLD_S = 2.5  # after which a file's state tells for certain that it is unchanged


def main(count: int = PICTURES) -> None:
    """Measure and report."""
    report("gather", {name: [value] for name, value in measured(count).items()})


def measured(count: int) -> dict[str, float]:
    """The figures of a folder of ``count`` pictures."""
    with tempfile.TemporaryDirectory() as name:
        folder, workdir = Path(name, "album"), Path(name, "workdir")
        folder.mkdir()
        for number, image in zip(range(count), _images(random.Random(0)), strict=False):  # noqa: S311
            image.save(folder / f"{number:06}.jpg", quality=90)
        time.sleep(OLD_S)
        _features(folder, workdir)
        first = records(workdir / "album" / "logs")
        forward = _forward_seconds(workdir / "album" / "frames.h5")
        next(_images(random.Random(1))).save(folder / "one more.jpg")  # noqa: S311
        time.sleep(OLD_S)
        add_one = _features(folder, workdir)
        none_new = _features(folder, workdir)
    gather, network = first["frames"], first["features"]
    return {
        "pictures": count,
        "gather_over_forward": forward / (gather.seconds + network.seconds),
        "gathered_per_second": count / gather.seconds,
        "features_per_second": count / network.seconds,
        "forward_per_second": count / forward,
        "gather_mb": gather.memory_mb,
        "features_mb": network.memory_mb,
        "add_one_s": add_one,
        "nothing_new_s": none_new,
    }


def _features(folder: Path, workdir: Path) -> float:
    """Seconds that the command takes, from its start to its end."""
    command = [sys.executable, "-m", "pipeline", "features"]
    options = ["--pictures", str(folder), "--workdir", str(workdir)]
    started = time.perf_counter()
    subprocess.run([*command, *options], cwd=PROJECT, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def _forward_seconds(frames: Path) -> float:
    """Seconds of the network alone over all pictures, which lie in memory."""
    network = load_backbone(choice_of(Config(), FramesConfig().size))
    seconds = 0.0
    with h5py.File(frames) as file:
        for start in range(0, len(file["pictures"]), AT_ONCE):
            pictures = file["pictures"][start : start + AT_ONCE]
            batches = [
                pictures[at : at + network.batch] for at in range(0, len(pictures), network.batch)
            ]
            started = time.perf_counter()
            for _ in ordered_map(network, batches, network.workers):
                pass
            seconds += time.perf_counter() - started
    return seconds


def _images(rng: random.Random) -> Iterator[Image.Image]:
    """Pictures without end, none like another: emoji in other colours and sizes, or noise."""
    emoji = sorted(SAMPLES.rglob("*.png"))
    draws = np.random.default_rng(rng.randrange(2**32))
    while True:
        size = (rng.randint(*SIDES), rng.randint(*SIDES))
        if emoji:
            drawing = np.asarray(Image.open(rng.choice(emoji)).convert("RGB"), np.float32)
            light, shade = draws.uniform(0.4, 0.9, 3), draws.uniform(0, 60, 3)
            pixels = (drawing * light + shade).clip(0, 255).astype(np.uint8)
        else:
            pixels = draws.integers(0, 256, (16, 16, 3), np.uint8)
        yield Image.fromarray(pixels).resize(size, Image.Resampling.BICUBIC)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
