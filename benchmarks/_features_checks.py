"""The parts of ``benchmarks.features`` that check what the stages promise."""

from __future__ import annotations

import argparse
import filecmp
import time
from pathlib import Path

import h5py
import numpy as np

from benchmarks._features_forward import first_percentile
from benchmarks._features_speed import repeated
from benchmarks._measure import Rounds
from benchmarks._stages import run_stage, start_stage
from pipeline.pictures.frames_file import Frames
from pipeline.show.episode import make_episode
from pipeline.show.spec import EpisodeSpec

CLIP_SECONDS = 30
FILM_SECONDS = 2 * 60 * 60
FILM_PART = EpisodeSpec(seconds=120)
FILM_SAMPLED = 0.1  # pictures a second through the default network
KILLS = 20

Options = argparse.Namespace


def folding(folder: Path, options: Options) -> dict[str, Rounds]:
    """Each frame's own features compared with those of the picture that it shares."""
    clip = options.clip or make_episode(folder, EpisodeSpec(seconds=CLIP_SECONDS))
    settings = {"backbone": options.network, "taps": options.taps}
    stores = {}
    for dedupe in ("off", "near"):
        frames, store = folder / f"{dedupe}.frames.h5", folder / f"{dedupe}.h5"
        run_stage("frames", {"source": clip}, {"frames": frames}, {"dedupe": dedupe})
        run_stage("features", {"frames": frames}, {"features": store}, settings)
        stores[dedupe] = store
    row = Frames.load(folder / "near.frames.h5").row
    figures: dict[str, Rounds] = {"forwards": [(row.max() + 1) / len(row)]}
    with h5py.File(stores["off"]) as own, h5py.File(stores["near"]) as shared:
        for tap in own.keys() - {"done"}:
            figures[f"cosine_p1_{tap}"] = [first_percentile(own[tap][:], shared[tap][:][row])]
    return figures


def film(folder: Path, _: Options) -> dict[str, Rounds]:
    """Peak memory: of ``frames`` with every picture, of the network with one in ten seconds."""
    part = make_episode(folder, FILM_PART)
    whole = repeated(part, round(FILM_SECONDS / FILM_PART.seconds))
    frames, sampled = folder / "frames.h5", folder / "sampled.h5"
    figures = {}
    started = time.perf_counter()
    peak = run_stage("frames", {"source": whole}, {"frames": frames})
    seconds = time.perf_counter() - started
    with h5py.File(frames, "r") as file:
        figures["film_frames"] = [float(len(file["pts"]))]
        figures["film_frames_per_s"] = [len(file["pts"]) / seconds]
        figures["film_pictures"] = [float(len(file["pictures"]))]
    figures["frames_peak_mb"] = [peak]
    frames.unlink()
    run_stage("frames", {"source": whole}, {"frames": sampled}, {"fps": FILM_SAMPLED})
    features = {"features": folder / "features.h5"}
    peak = run_stage("features", {"frames": sampled}, features, {})
    figures["features_peak_mb"] = [peak]
    return figures


def kills(folder: Path, _: Options) -> dict[str, Rounds]:
    """How many killed runs, resumed, gave the bytes of an undisturbed one."""
    frames = folder / "frames.h5"
    clip = make_episode(folder, EpisodeSpec(seconds=CLIP_SECONDS))
    run_stage("frames", {"source": clip}, {"frames": frames})
    inputs = {"frames": frames}
    settings = {"backbone": "alexnet", "weights": "random", "taps": ["conv5", "relu7"], "batch": 4}
    whole = folder / "undisturbed" / "features.h5"
    started = time.perf_counter()
    run_stage("features", inputs, {"features": whole}, settings)
    seconds = time.perf_counter() - started
    draws = np.random.default_rng(2017)
    equal = in_the_middle = 0
    for number in range(KILLS):
        target = folder / str(number) / "features.h5"
        process = start_stage("features", inputs, {"features": target}, settings)
        time.sleep(draws.uniform(0.3, 0.95) * seconds)
        process.kill()
        process.wait()
        done = _done(target.with_name(".features.h5.partial"))
        in_the_middle += done > 0
        run_stage("features", inputs, {"features": target}, settings)
        equal += filecmp.cmp(whole, target, shallow=False)
        target.unlink()
    return {
        "kills": [float(KILLS)],
        "kills_with_rows_done": [float(in_the_middle)],
        "results_equal": [float(equal)],
    }


def _done(partial: Path) -> int:
    """The rows that a killed run had finished; its file must be readable."""
    if not partial.exists():
        return 0
    with h5py.File(partial, "r") as file:
        return int(file["done"][()]) if "done" in file else 0
