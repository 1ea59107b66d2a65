"""Find pictures that nearly equal others: encoded again, cut off a little, or mirrored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from pipeline.engine.settings import StageConfig
from pipeline.engine.stage import Amounts, Expected, Files, Stage

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.runtime.arrays import UInt8s


class Config(StageConfig, frozen=True):
    """How much duplicates may differ."""

    limit: Annotated[float, Meta(ge=0, le=100)] = 12.0
    """Grey levels by which the mean colour of any block of 14×14 may differ, once one picture is
    laid over the other."""


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``duplicates.jsonl``."""
    import numpy as np

    from pipeline.illustrations.duplicates.duplicates_file import duplicates_of, write_duplicates
    from pipeline.illustrations.duplicates.finding import aligned_pairs
    from pipeline.pictures.frames_file import Frames, read_names
    from pipeline.runtime.quantities import counted

    names, rows = read_names(inputs["frames"]), Frames.load(inputs["frames"]).row
    shown = np.unique(rows)
    pairs = [
        pair._replace(one=int(shown[pair.one]), other=int(shown[pair.other]))
        for pair in aligned_pairs(_shrunk(inputs["frames"])[shown], config.limit)
    ]
    found = list(duplicates_of(names, rows.tolist(), pairs))
    write_duplicates(outputs["duplicates"], found)
    count = len({duplicate.group for duplicate in found})
    return f"{counted(len(found), 'picture')} nearly equal others, in {counted(count, 'group')}"


def _shrunk(frames: Path) -> UInt8s:
    """(rows, 56, 56, 3) what of the pictures is compared."""
    import h5py
    import numpy as np

    from pipeline.illustrations.duplicates.finding import shrunk
    from pipeline.runtime.progress import track

    with h5py.File(frames, "r") as file:
        pictures = file["pictures"]
        each = (picture for at in range(0, len(pictures), 32) for picture in pictures[at : at + 32])
        return np.stack([shrunk(p) for p in track(each, len(pictures), "duplicates", "pictures")])


def expect(amounts: Amounts, config: Config, sections: Mapping[str, Any]) -> Expected:
    """What two cores of a Xeon take."""
    pictures = amounts["stills"]
    return Expected(seconds=pictures * 5e-3 + pictures**2 * 1e-8, startup=2, bytes=pictures * 10)


STAGE = Stage(
    inputs={"frames": "{item}/frames.h5", "stills": "{item}/source.stills.json"},
    outputs={"duplicates": "{item}/duplicates.jsonl"},
    config=Config,
    run=run,
    extra="learn",
    expect=expect,
    whole_machine=True,
    memory_mb=2000,
)

if __name__ == "__main__":
    from pipeline.engine.stage_process import main

    main(STAGE)
