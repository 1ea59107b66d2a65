"""Show pictures with their boxes on an offline page, on which people correct them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.engine.settings import StageConfig
from pipeline.engine.stage import Amounts, Expected, Files, Stage


def run(inputs: Files, outputs: Files, config: StageConfig) -> str:
    """Write the folder ``faces-page``: ``index.html`` with the small pictures that it shows."""
    import numpy as np

    from pipeline.faces.detection.finding import named_pictures
    from pipeline.faces.detection.review import ToReview
    from pipeline.faces.detection.suggestions import beside, read_suggestions
    from pipeline.faces.page.correcting import FACTS, Known, pictures_shown, tiles_shown
    from pipeline.faces.page.writing import write_face_page
    from pipeline.labels.labels_file import read_labels_file
    from pipeline.pictures.frames_file import read_names
    from pipeline.runtime.atomic_files import published_folder
    from pipeline.runtime.json_lines import read_lines
    from pipeline.runtime.quantities import counted
    from pipeline.sources.pointers import open_stills

    frames, labels, page = inputs["frames"], inputs.get("labels"), outputs["page"]
    known = Known.gather(
        read_labels_file(inputs["faces"]),
        read_suggestions(beside(inputs["faces"])),
        read_labels_file(labels) if labels else (),
    )
    listed = list(read_lines(inputs["review"], ToReview))
    pictures = named_pictures(frames)
    shown = [one.name for one in pictures_shown(pictures, listed, known)]
    tiles = tiles_shown(shown, listed, known, open_stills(inputs["stills"]).path, page.parent)
    place = {name: frame for frame, name in enumerate(read_names(frames))}
    with published_folder(page.parent) as folder:
        write_face_page(
            folder / page.name,
            frames.parent.name,
            known.on_page(shown, frames),
            tiles,
            FACTS,
            frames,
            np.array([place[name] for name in shown], np.int64),
            len(pictures),
        )
    looked = sum(map(known.looked, shown))
    return f"{counted(len(shown), 'picture')} on {page}, {looked:,} of which a person looked at"


def expect(amounts: Amounts, config: StageConfig, sections: Mapping[str, Any]) -> Expected:
    """What one core of a Xeon takes."""
    pictures = min(amounts["pictures"], 5_000)
    return Expected(seconds=pictures * 2e-3, startup=2, bytes=pictures * 6e3)


STAGE = Stage(
    inputs={
        "stills": "{item}/source.stills.json",
        "frames": "{item}/frames.h5",
        "faces": "{item}/faces.jsonl",
        "review": "{item}/faces.review.jsonl",
    },
    optional={"labels": "{item}/labels.jsonl"},
    outputs={"page": "{item}/faces-page/index.html"},
    run=run,
    expect=expect,
    memory_mb=1000,
)

if __name__ == "__main__":
    from pipeline.engine.stage_process import main

    main(STAGE)
