"""Count the comments, words and busiest frames of a commented episode, for the report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.engine.stage import Amounts, Expected, Files, Stage


def run(inputs: Files, outputs: Files, config: object) -> str:
    """Write ``statistics.json``."""
    from functools import partial

    import msgspec

    from pipeline.danmaku.alignment.delay_file import Delay
    from pipeline.danmaku.statistics.counting import Statistics
    from pipeline.pictures.frames_file import Frames, read_thumbnail
    from pipeline.reading.import_report_file import ImportReport
    from pipeline.runtime.atomic_files import write_text
    from pipeline.runtime.quantities import counted

    statistics = Statistics.count(
        outputs.folder.name,
        Frames.load(inputs["frames"]),
        inputs["comments"],
        inputs["aligned"],
        ImportReport.load(inputs["import_report"]),
        Delay.load(inputs["delay"]),
        partial(read_thumbnail, inputs["frames"]),
    )
    write_text(outputs["figures"], msgspec.json.format(msgspec.json.encode(statistics)).decode())
    split = statistics.split
    return (
        f"{counted(split.comments, 'comment')}, {split.unique:,} of them different, of"
        f" {counted(statistics.words.distinct, 'different word')}"
    )


def expect(amounts: Amounts, config: object, sections: Mapping[str, Any]) -> Expected:
    """What one core of a Xeon takes; most bytes are those of a few pictures."""
    return Expected(seconds=amounts["comments"] * 1e-4, bytes=75_000)


STAGE = Stage(
    inputs={
        "import_report": "{item}/import_report.json",
        "frames": "{item}/frames.h5",
        "comments": "{item}/comments.jsonl",
        "aligned": "{item}/aligned.h5",
        "delay": "{item}/delay.json",
    },
    outputs={"figures": "{item}/statistics.json"},
    run=run,
    expect=expect,
    memory_mb=2000,
)

if __name__ == "__main__":
    from pipeline.engine.stage_process import main

    main(STAGE)
