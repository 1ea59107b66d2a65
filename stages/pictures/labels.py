"""Read what people said about the pictures of a collection, whatever form their files have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pipeline.engine.settings import StageConfig
from pipeline.engine.stage import Amounts, Expected, Files, Stage


class Config(StageConfig, frozen=True):
    """What the text files beside pictures hold."""

    sidecars: Literal["auto", "texts", "tags"] = "auto"
    """``auto`` takes them for tags if almost all look like tags; the report says so."""


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``labels.jsonl``, ``labels_report.json`` and ``labels_report.txt``."""
    from pipeline.labels.import_report_text import full_text, summary
    from pipeline.labels.importing import LabelImport
    from pipeline.labels.labels_file import write_labels_file
    from pipeline.pictures.frames_file import read_names, read_sizes
    from pipeline.runtime.atomic_files import write_text
    from pipeline.runtime.logs import log
    from pipeline.runtime.quantities import counted
    from pipeline.sources.pointers import label_files

    names = read_names(inputs["frames"])
    files, beside = label_files(inputs["source"], names, config.sidecars)
    labels = LabelImport(files, names, beside, read_sizes(inputs["frames"]))
    write_labels_file(outputs["labels"], labels)
    labels.report.save(outputs["report"])
    write_text(outputs["report_text"], full_text(labels.report))
    for line in summary(labels.report):
        log.info("%s", line)
    kept = counted(labels.report.kept, "label")
    return f"{kept} kept, of {len(labels.pictures):,} of {counted(len(names), 'picture')}"


def expect(amounts: Amounts, config: Config, sections: Mapping[str, Any]) -> Expected:
    """What one core of a Xeon takes for CSV, 60 bytes a label."""
    labels = amounts["label_bytes"] / 60
    return Expected(seconds=labels * 5e-5, bytes=labels * 150, amounts={"labels": labels})


def measure(outputs: Files) -> Amounts:
    """Count the labels."""
    from pipeline.runtime.json_lines import count_lines

    return {"labels": count_lines(outputs["labels"])}


STAGE = Stage(
    inputs={"source": "{item}/source.labels.json", "frames": "{item}/frames.h5"},
    outputs={
        "labels": "{item}/labels.jsonl",
        "report": "{item}/labels_report.json",
        "report_text": "{item}/labels_report.txt",
    },
    config=Config,
    run=run,
    expect=expect,
    measure=measure,
    editable=("labels",),
)

if __name__ == "__main__":
    from pipeline.engine.stage_process import main

    main(STAGE)
