"""Turn values of a network into vectors and bit codes that compare pictures, here and elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pipeline.engine.settings import Seed, StageConfig
from pipeline.engine.stage import Amounts, Expected, Files, Stage

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.runtime.arrays import Int64s


class Config(StageConfig, frozen=True):
    """Which values, and what is made of them."""

    taps: tuple[str, ...] = ()
    """Names of taps; none takes the first vector and the first grid."""
    whiten: bool = True
    """Whether directions in which all pictures differ count less than those of a few."""
    seed: Seed = 2017
    """For the planes of the bit codes."""


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``vectors.npz``."""
    import os.path

    import numpy as np

    from pipeline.illustrations.vectors.bit_codes import bit_codes, random_planes
    from pipeline.illustrations.vectors.values import compared_taps, read_values
    from pipeline.illustrations.vectors.vectors_file import PictureVectors, write_vectors
    from pipeline.illustrations.vectors.whitening import Whitening
    from pipeline.pictures.features_file import FeatureStore
    from pipeline.runtime.quantities import counted

    with FeatureStore(inputs["features"]) as store:
        taps = compared_taps(store, config.taps)
    names, frame, row = _pictures(inputs["frames"])
    distinct, place = np.unique(row, return_inverse=True)
    values = read_values(inputs["features"], taps, distinct)
    whitening = (Whitening.of if config.whiten else Whitening.none)(values)
    vectors = whitening(values)
    channels = vectors.shape[1]
    codes = bit_codes(vectors, random_planes(channels, config.seed))
    halves = vectors.astype(np.float16)
    features = os.path.relpath(inputs["features"], outputs.folder)
    found = PictureVectors(names, halves[place], codes[place], frame, whitening, taps, features)
    write_vectors(outputs["vectors"], found)
    return f"{counted(len(names), 'vector')} of {channels:,} values, from {' and '.join(taps)}"


def _pictures(frames_file: Path) -> tuple[list[str], Int64s, Int64s]:
    """(n,) each: names, frames and rows of the stills, or of a video's distinct pictures."""
    import numpy as np

    from pipeline.pictures.frames_file import Frames, read_names
    from pipeline.runtime.clock import clock_text

    frames, names = Frames.load(frames_file), read_names(frames_file)
    if names:
        return names, np.arange(len(names)), frames.row
    first = frames.first_frames()
    milliseconds = frames.times.milliseconds(first).round().astype(int).tolist()
    times = [clock_text(time, digits=1) for time in milliseconds]
    return times, first, np.arange(len(first))


def expect(amounts: Amounts, config: Config, sections: Mapping[str, Any]) -> Expected:
    """What one core of a Xeon takes for 1280 values."""
    pictures = amounts["pictures"]
    return Expected(seconds=4 + pictures * 3e-4, startup=2, bytes=6.5e6 + pictures * 3200)


STAGE = Stage(
    inputs={"frames": "{item}/frames.h5", "features": "{item}/features.h5"},
    outputs={"vectors": "{item}/vectors.npz"},
    config=Config,
    run=run,
    extra="learn",
    expect=expect,
    memory_mb=2000,
)

if __name__ == "__main__":
    from pipeline.engine.stage_process import main

    main(STAGE)
