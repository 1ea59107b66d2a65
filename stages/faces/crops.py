"""Cut faces out of their pictures, with a margin, as a folder of pictures of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from msgspec import Meta

from pipeline.engine.settings import StageConfig
from pipeline.engine.stage import Amounts, Expected, Files, Stage


class Config(StageConfig, frozen=True):
    """What is cut out around a face."""

    margin: Annotated[float, Meta(ge=0, le=2)] = 0.25
    """Shares of the face's longer side that are added on each side."""
    square: bool = True
    """Whether crops are squares, as far as the picture has room for them."""
    min_side: Annotated[int, Meta(ge=1)] = 24
    """Pixels of a face's shorter side; smaller faces are left out."""


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write the folder ``faces``: a PNG file for each face, and ``crops.jsonl``."""
    from pipeline.faces.crops.crops_file import write_crops
    from pipeline.faces.crops.cutting import Cutter
    from pipeline.faces.crops.faces_found import read_faces
    from pipeline.runtime.atomic_files import published_folder
    from pipeline.runtime.errors import ExitCode, PipelineError
    from pipeline.runtime.progress import track
    from pipeline.runtime.quantities import counted
    from pipeline.sources.pointers import open_source

    source = open_source(inputs.one_of("source", "stills"))
    target = outputs["crops"]
    cutter = Cutter(source, config.margin, config.square, config.min_side)
    found = track(read_faces(inputs["faces"], inputs["frames"]), None, "crops", "pictures")
    with published_folder(target.parent) as folder:
        count = write_crops(folder / target.name, cutter.cut(found, folder))
        if not count:
            raise PipelineError(
                ExitCode.NOTHING_USABLE,
                f"{inputs['faces']} has no face of at least {config.min_side} pixels",
                "Lower `faces: crops: min_side:` or the detector's threshold, or draw boxes",
            )
    small = f"; {cutter.too_small:,} too small" if cutter.too_small else ""
    long = f"; {cutter.too_long:,} left out: shorten their pictures' names"
    return f"{counted(count, 'face')} in {target.parent}{small}{long if cutter.too_long else ''}"


def expect(amounts: Amounts, config: Config, sections: Mapping[str, Any]) -> Expected:
    """What two cores of a Xeon take for stills of a megapixel with a face each."""
    return Expected(seconds=amounts["pictures"] * 0.02, startup=1, bytes=amounts["pictures"] * 1e5)


STAGE = Stage(
    inputs={"faces": "{item}/faces.jsonl", "frames": "{item}/frames.h5"},
    optional={"source": "{item}/source.video.json", "stills": "{item}/source.stills.json"},
    outputs={"crops": "{item}/faces/crops.jsonl"},
    config=Config,
    run=run,
    expect=expect,
    whole_machine=True,
    memory_mb=2000,
)

if __name__ == "__main__":
    from pipeline.engine.stage_process import main

    main(STAGE)
