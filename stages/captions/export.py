"""Write a model's lines as csv, jsonl, COCO json, Flickr text, or a text file for each picture."""

from __future__ import annotations

from collections.abc import Mapping
from errno import EACCES, EPERM, EROFS
from typing import TYPE_CHECKING, Annotated, Any, Literal

from msgspec import Meta

from pipeline.engine.settings import StageConfig
from pipeline.engine.stage import Amounts, Expected, Files, Stage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pipeline.labels.record import Label


class Config(StageConfig, frozen=True):
    """Which format, and how many lines of each picture."""

    format: Literal["csv", "jsonl", "coco.json", "flickr.txt", "sidecars"] = "csv"
    """``sidecars`` lays a text file beside each picture, but never over one by a person."""
    lines: Annotated[int, Meta(ge=1)] = 1
    """Of each picture, the best ones."""


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``exported/captions.FORMAT``; of sidecars that is a list of what was written."""
    from pipeline.labels.writing import write_labels
    from pipeline.runtime.atomic_files import write_text
    from pipeline.runtime.errors import ExitCode, PipelineError
    from pipeline.sources.pointers import open_stills

    labels = _labels(inputs["captions"], config.lines)
    if config.format != "sidecars":
        return write_labels(outputs["export"], config.format, labels)
    folder = open_stills(inputs["stills"]).path
    try:
        summary = write_labels(folder, "sidecars", labels)
    except OSError as error:
        if error.errno not in (EACCES, EPERM, EROFS):
            raise
        raise PipelineError(
            ExitCode.NOT_WRITABLE,
            f"no text can be written beside the pictures in {folder}: {error.strerror}",
            "Copy the pictures to a folder of your own, or choose another FORMAT",
        ) from error
    summary += f"; beside the pictures in {folder}"
    write_text(outputs["export"], f"{summary}\n")
    return summary


def _labels(captions: Path, count: int) -> Iterator[Label]:
    """The best lines of each picture; the first is as somebody may have edited it."""
    from pipeline.captions.captions_file import read_captions
    from pipeline.labels.record import Label

    for line in read_captions(captions):
        others = [one.text for one in line.candidates if one.text != line.text]
        scores = {one.text: one.score for one in line.candidates}
        for text in [line.text, *others][:count]:
            by: Literal["person", "model"] = "model" if text in scores else "person"
            yield Label(
                picture=line.picture, kind="text", value=text, weight=scores.get(text), by=by
            )


def expect(amounts: Amounts, config: Config, sections: Mapping[str, Any]) -> Expected:
    """What one core of a Xeon takes."""
    lines = amounts["lines"] * config.lines
    return Expected(seconds=lines * 5e-5, bytes=lines * 80, kind=config.format)


STAGE = Stage(
    inputs={"stills": "{item}/source.stills.json", "captions": "{item}/captions.jsonl"},
    outputs={"export": "{item}/exported/captions.{format}"},
    config=Config,
    run=run,
    expect=expect,
)

if __name__ == "__main__":
    from pipeline.engine.stage_process import main

    main(STAGE)
