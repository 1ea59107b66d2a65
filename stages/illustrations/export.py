"""Write pictures' tags as csv, json, Danbooru's metadata, or text files beside the pictures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pipeline.engine.settings import StageConfig
from pipeline.engine.stage import Amounts, Expected, Files, Stage


class Config(StageConfig, frozen=True):
    """Which format, and which tags."""

    format: Literal["csv", "json", "danbooru.jsonl", "kohya.txt", "hydrus.txt"] = "csv"
    """The last two lay a text file beside each picture, but never over one by a person."""
    existing: Literal["replace", "append", "skip"] = "replace"
    """What becomes of such text files: of those that Yajiuma wrote, of all, or of none."""
    first: tuple[str, ...] = ()
    """Tags that every picture gets, before its own."""
    without: tuple[str, ...] = ()
    """Tags that no picture keeps."""
    spaces: bool = False
    """Whether underscores become spaces; those of faces such as ``>_<`` never do."""


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``exported/tags.FORMAT``; of text files that is a list of what was written."""
    from pipeline.illustrations.exporting import labels_of
    from pipeline.illustrations.picture_tags import read_picture_tags
    from pipeline.labels.writing import write_labels
    from pipeline.runtime.atomic_files import write_text
    from pipeline.sources.pointers import open_stills

    pictures = read_picture_tags(inputs["tags"])
    labels = labels_of(pictures, config.first, config.without, config.spaces)
    if not config.format.endswith(".txt"):
        return write_labels(outputs["export"], config.format, labels)
    folder = open_stills(inputs["stills"]).path
    summary = write_labels(folder, config.format, labels, config.existing)
    write_text(outputs["export"], f"{summary}\n")
    return summary


def expect(amounts: Amounts, config: Config, sections: Mapping[str, Any]) -> Expected:
    """What one core of a Xeon takes, for thirty tags a picture."""
    tags = amounts["stills"] * 30
    return Expected(seconds=tags * 2e-5, bytes=tags * 60, kind=config.format)


STAGE = Stage(
    inputs={"stills": "{item}/source.stills.json", "tags": "{item}/tags.jsonl"},
    outputs={"export": "{item}/exported/tags.{format}"},
    config=Config,
    run=run,
    expect=expect,
)

if __name__ == "__main__":
    from pipeline.engine.stage_process import main

    main(STAGE)
